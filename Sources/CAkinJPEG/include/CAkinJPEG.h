#pragma once

#include <stddef.h>
#include <stdint.h>

// libjpeg behind functions that return: its error exits (longjmp) are caught in here and become a code.

enum akin_jpeg_code { AKIN_JPEG_OK = 0, AKIN_JPEG_DAMAGED, AKIN_JPEG_TRUNCATED, AKIN_JPEG_OUT_OF_MEMORY };

typedef struct {
    int width, height;
    /// 1 (grey) or 3 (RGB) as decoded.
    int channels;
    /// libjpeg's words, where the code is not AKIN_JPEG_OK.
    char message[200];
} akin_jpeg_info;

/// Reads the header. Returns an `akin_jpeg_code`.
int akin_jpeg_measure(const uint8_t *bytes, size_t count, akin_jpeg_info *info);

/// Decodes at `eighths`/8 of the size (1 to 8) into `pixels`, which holds `capacity` bytes:
/// ceil(width * eighths / 8) * ceil(height * eighths / 8) * channels.
int akin_jpeg_decode(const uint8_t *bytes, size_t count, int eighths, uint8_t *pixels, size_t capacity,
                     akin_jpeg_info *info);

/// Encodes 1 or 3 channels into memory that the caller has to `free`.
int akin_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **bytes,
                     size_t *count, akin_jpeg_info *info);
