#pragma once

#include <CAkinDecoding.h>

// libjpeg behind functions that return: its error exits (longjmp) are caught in here and become a code.

int akin_jpeg_measure(const akin_encoded *file, akin_picture *picture);
int akin_jpeg_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);

// Encodes 1 or 3 channels into memory that the caller has to `free`. Returns 0, or other than 0 and writes libjpeg's
// words to `message`.
int akin_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **bytes,
                     size_t *count, char message[200]);

// "2.1.5", of the library whose headers this was built with; the library itself does not tell. NULL where it is not
// libjpeg-turbo.
const char *akin_jpeg_version(void);
