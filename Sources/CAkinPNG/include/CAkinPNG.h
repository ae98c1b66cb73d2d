#pragma once

#include <stddef.h>
#include <stdint.h>

// libpng behind functions that return: its error exits (longjmp) are caught in here and become a code.

enum akin_png_code { AKIN_PNG_OK = 0, AKIN_PNG_DAMAGED, AKIN_PNG_TRUNCATED, AKIN_PNG_OUT_OF_MEMORY };

typedef struct {
    uint32_t width, height;
    /// 1 (grey) or 3 (RGB) as decoded.
    int channels;
    /// libpng's words, where the code is not AKIN_PNG_OK.
    char message[200];
} akin_png_info;

/// Reads the header. Returns an `akin_png_code`.
int akin_png_measure(const uint8_t *bytes, size_t count, akin_png_info *info);

/// Decodes into `pixels`, which holds `capacity` bytes: width * height * channels. 16 bits become 8, palettes
/// RGB, and what is transparent is laid over white.
int akin_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity, akin_png_info *info);

/// Encodes 1 or 3 channels into memory that the caller has to `free`.
int akin_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **bytes,
                    size_t *count, akin_png_info *info);
