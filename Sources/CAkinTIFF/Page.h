#pragma once

#include "Samples.h"
#include "Source.h"

enum { mostPlanes = 5 };

// A page, and its rows in blocks: tiles, strips or single rows.
typedef struct {
    TIFF *tiff;
    layout layout;
    uint16_t compression;
    int is_tiled, is_separate;
    uint32_t block_width, block_height;
    // Of a row of a block, and of a block.
    uint64_t row_bytes, block_bytes;
    int planes;
} page;

// Fills in `page` and `picture` from the directory that `page->tiff` has read.
int akin_tiff_read_page(page *page, const akin_encoded *file, akin_picture *picture);
