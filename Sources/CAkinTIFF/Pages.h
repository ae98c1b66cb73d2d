#pragma once

#include "CAkinTIFF.h"

// Goes through the file's directories: how many pages there are, into `picture`, and where the asked one's is, or the
// first's where there are fewer.
int akin_tiff_find_page(const akin_encoded *file, akin_picture *picture, uint64_t *directory);
