#pragma once

#include <CAkinDecoding.h>

// WebP by libwebp; of an animation the first frame, laid on its canvas. Where the picture will be reduced, it is
// decoded at the smallest of a few eighths of its size that is large enough.

int akin_webp_measure(const akin_encoded *file, akin_picture *picture);
int akin_webp_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);

// 0x010204 is 1.2.4.
int akin_webp_version(void);
