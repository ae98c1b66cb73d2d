#pragma once

#include <CAkinDecoding.h>

// GIF by giflib: the first frame, laid on its canvas. What it does not cover or says is transparent has no opacity.

int akin_gif_measure(const akin_encoded *file, akin_picture *picture);
int akin_gif_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);

// "5.2.1", of the headers that this was built with; the library itself does not tell.
const char *akin_gif_version(void);
