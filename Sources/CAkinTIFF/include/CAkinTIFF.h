#pragma once

#include <CAkinDecoding.h>

// TIFF and BigTIFF by libtiff, a row or a row of tiles at a time. Reduced copies and masks beside a page are no pages.

int akin_tiff_measure(const akin_encoded *file, akin_picture *picture);
int akin_tiff_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);
