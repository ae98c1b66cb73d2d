#pragma once

#include <CAkinDecoding.h>

// HEIC and AVIF by libheif, which is opened when the first such picture comes and need not be there. It turns pictures
// upright itself.

int akin_heif_measure(const akin_encoded *file, akin_picture *picture);
int akin_heif_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);

// libheif's version, such as "1.15.1"; NULL where it is not installed.
const char *akin_heif_version(void);
