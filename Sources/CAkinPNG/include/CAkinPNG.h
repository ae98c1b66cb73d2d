#pragma once

#include <CAkinDecoding.h>

// libpng behind functions that return: its error exits (longjmp) are caught in here and become a code.

int akin_png_measure(const akin_encoded *file, akin_picture *picture);
int akin_png_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);

// Encodes 1 or 3 channels into memory that the caller has to `free`. Returns 0, or other than 0 and writes libpng's
// words to `message`.
int akin_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **bytes,
                    size_t *count, char message[200]);

// "1.6.39"
const char *akin_png_version(void);
