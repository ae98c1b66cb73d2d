#pragma once

#include <CAkinDecoding.h>

#include <tiffio.h>

// A file in memory, as libtiff reads it.
typedef struct {
    const akin_encoded *file;
    uint64_t position;
    akin_picture *picture;
    // Whether libjpeg said that it made up what was missing.
    int is_made_up;
} akin_tiff_source;

// Opens the file without reading a directory. No single piece of memory that the library takes is larger than `most`.
TIFF *akin_tiff_open(akin_tiff_source *from, uint64_t most);
