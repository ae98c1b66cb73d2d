#pragma once

#include <CAkinDecoding.h>

// JPEG 2000 by OpenJPEG: JP2 files and bare codestreams. Where the picture will be reduced, the finest resolutions are
// left out.

int akin_openjpeg_measure(const akin_encoded *file, akin_picture *picture);
int akin_openjpeg_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);

// "2.5.0"
const char *akin_openjpeg_version(void);
