#pragma once

#include <CAkinDecoding.h>

// TIFF and BigTIFF by libtiff, a row or a row of tiles at a time. Reduced copies and masks beside a page are no pages.

int akin_tiff_measure(const akin_encoded *file, akin_picture *picture);
int akin_tiff_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);

// Reads `count` bytes of a file from `at` on; 0 where it fails.
typedef int (*akin_tiff_read)(void *context, uint8_t *to, uint64_t count, uint64_t at);

// How many pages a file of `count` bytes has, into `picture`, and whether these are all: a file that was cut off has
// others that cannot be found. Of the file, only the directories are read.
int akin_tiff_count_pages(akin_tiff_read read, void *context, uint64_t count, akin_picture *picture, int *is_whole);

// "LIBTIFF, Version 4.5.0" and lines about who has written it.
const char *akin_tiff_version(void);
