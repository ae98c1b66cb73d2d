#pragma once

#include <CAkinDecoding.h>

// What a JPEG 2000 file says before its data: of its boxes and of the codestream's main header.
typedef struct {
    // The codestream, where it begins in the file.
    size_t codestream;
    int boxed;
    // The picture lies between these on the grid of its samples.
    uint32_t left, top, right, bottom;
    uint32_t tile_width, tile_height, tiles_across, tiles_down;
    uint32_t components;
    // How often the resolution can be halved: the least of all components.
    uint32_t levels;
    uint32_t layers;
    // Code blocks and precincts of a component of a tile, at most.
    uint64_t blocks, precincts;
    // Of the channels: the components, or what the palette makes of them.
    uint32_t channels, depth;
    // The colour space by its number in the standard; 0 where it is not said.
    uint32_t space;
    int palette;
    // What the channels are, where it is said: whether one is opacity (1), by which the colours were multiplied (2).
    int has_definitions, alpha;
} header;

enum { spaceCMYK = 12, spaceYCC = 18, spaceEYCC = 24 };

int akin_openjpeg_read_header(const akin_encoded *file, header *header, akin_picture *picture);

// Whether each tile is there as long as it says; the library decodes what there is and leaves the rest black.
// `lacks_end`: whether the file ends where the mark of its end has to be.
int akin_openjpeg_check_tiles(const akin_encoded *file, const header *header, akin_picture *picture, int *lacks_end);
