#include "Header.h"

#include <stdlib.h>
#include <string.h>

static uint32_t two(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }
static uint32_t four(const uint8_t *at) { return two(at) << 16 | two(at + 2); }

static int damaged(akin_picture *picture, const char *words) {
    return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "%s", words);
}

static int truncated(akin_picture *picture) {
    return akin_decoding_failed(picture, AKIN_DECODING_TRUNCATED, "it ends too early");
}

// MARK: Boxes

static void read_box(const uint8_t *content, size_t count, const uint8_t *kind, header *header) {
    if (!memcmp(kind, "colr", 4)) {
        // Of several, the first counts.
        if (count >= 7 && content[0] == 1 && !header->space) header->space = four(content + 3);
    } else if (!memcmp(kind, "pclr", 4)) {
        if (count < 3 || count - 3 < content[2]) return;
        header->palette = 1;
        header->channels = content[2];
        for (uint32_t i = 0; i < header->channels; i++) {
            uint32_t depth = (content[3 + i] & 0x7F) + 1u;
            if (depth > header->depth) header->depth = depth;
        }
    } else if (!memcmp(kind, "cdef", 4) && count >= 2) {
        header->has_definitions = 1;
        for (size_t at = 2; count - at >= 6; at += 6) {
            uint32_t type = two(content + at + 2);
            if ((type == 1 || type == 2) && !header->alpha) header->alpha = (int)type;
        }
    }
}

// Walks through the boxes, into the header box as if what it holds lay beside it, as far as the codestream.
static int find_codestream(const akin_encoded *file, header *header, akin_picture *picture) {
    header->codestream = 0;
    header->boxed = file->count < 2 || file->bytes[0] != 0xFF || file->bytes[1] != 0x4F;
    if (!header->boxed) return AKIN_DECODING_OK;
    size_t at = 0;
    while (file->count - at >= 8) {
        uint64_t length = four(file->bytes + at), start = 8;
        const uint8_t *kind = file->bytes + at + 4;
        if (length == 1 && file->count - at >= 16) {
            length = (uint64_t)four(file->bytes + at + 8) << 32 | four(file->bytes + at + 12);
            start = 16;
        }
        if (!memcmp(kind, "jp2c", 4)) {
            header->codestream = at + start;
            return AKIN_DECODING_OK;
        }
        if (length < start) return damaged(picture, "a box has a wrong length");
        if (length > file->count - at) return truncated(picture);
        if (memcmp(kind, "jp2h", 4)) {
            read_box(file->bytes + at + start, (size_t)(length - start), kind, header);
            start = length;
        }
        at += start;
    }
    return truncated(picture);
}

// MARK: The codestream

static uint64_t up(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

// The segment SIZ, behind its length.
static int read_size(const uint8_t *at, size_t count, header *header, akin_picture *picture) {
    if (count < 36) return damaged(picture, "its size is not said");
    header->right = four(at + 2);
    header->bottom = four(at + 6);
    header->left = four(at + 10);
    header->top = four(at + 14);
    uint32_t tile_left = four(at + 26), tile_top = four(at + 30);
    header->tile_width = four(at + 18);
    header->tile_height = four(at + 22);
    header->components = two(at + 34);
    if (header->right > INT32_MAX || header->bottom > INT32_MAX || header->left >= header->right ||
        header->top >= header->bottom || !header->tile_width || !header->tile_height || tile_left > header->left ||
        tile_top > header->top || !header->components)
        return damaged(picture, "its size makes no sense");
    uint64_t across = up(header->right - tile_left, header->tile_width);
    uint64_t down = up(header->bottom - tile_top, header->tile_height);
    if (across * down > 65535) return damaged(picture, "it has more than 65,535 tiles");
    header->tiles_across = (uint32_t)across;
    header->tiles_down = (uint32_t)down;
    if (count < 36 + 3 * (size_t)header->components) return damaged(picture, "its components are not said");
    if (header->palette) return AKIN_DECODING_OK;
    header->channels = header->components;
    for (uint32_t i = 0; i < header->components; i++) {
        uint32_t depth = (at[36 + 3 * i] & 0x7F) + 1u;
        if (depth > header->depth) header->depth = depth;
    }
    return AKIN_DECODING_OK;
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

// How a component is coded, in COD and COC: levels, code blocks, precincts where `precincts` says so.
static void read_coding(const uint8_t *at, size_t count, int precincts, header *header) {
    if (count < 5) return;
    uint32_t levels = at[0];
    header->levels = least(header->levels, levels);
    uint64_t width = least(header->tile_width, header->right - header->left);
    uint64_t height = least(header->tile_height, header->bottom - header->top);
    unsigned across = (at[1] & 15u) + 2, down = (at[2] & 15u) + 2;
    uint64_t blocks = 0, parts = 0;
    for (uint32_t i = 0; i <= levels && i <= 32; i++) {
        unsigned wide = 15, high = 15;
        if (precincts && 5 + i < count) {
            wide = at[5 + i] & 15;
            high = at[5 + i] >> 4;
        }
        uint32_t halved = least(levels - i, 63);
        uint64_t w = (width >> halved) + 1, h = (height >> halved) + 1;
        // A part of the grid may begin anywhere, so there is one more.
        parts += 3 * (up(w, 1u << wide) + 1) * (up(h, 1u << high) + 1);
        unsigned block_wide = across < wide ? across : wide, block_high = down < high ? down : high;
        blocks += 3 * (up(w, 1u << block_wide) + 1) * (up(h, 1u << block_high) + 1);
    }
    if (parts > header->precincts) header->precincts = parts;
    if (blocks > header->blocks) header->blocks = blocks;
}

enum { SOC = 0xFF4F, SIZ = 0xFF51, COD = 0xFF52, COC = 0xFF53, SOT = 0xFF90, EOC = 0xFFD9 };

// Where the tiles begin, or 0.
static size_t walk_main_header(const akin_encoded *file, header *header, akin_picture *picture, int *code) {
    size_t at = header->codestream;
    int has_size = 0, has_coding = 0;
    *code = AKIN_DECODING_OK;
    if (file->count - at < 2 || two(file->bytes + at) != SOC) {
        *code = file->count - at < 2 ? truncated(picture) : damaged(picture, "its codestream does not begin as one");
        return 0;
    }
    at += 2;
    while (file->count - at >= 4) {
        uint32_t marker = two(file->bytes + at), length = two(file->bytes + at + 2);
        if (marker == SOT) {
            if (!has_size || !has_coding) *code = damaged(picture, "its codestream lacks a part of its header");
            return at;
        }
        if (marker < 0xFF00 || length < 2) {
            *code = damaged(picture, "its codestream's header is broken");
            return 0;
        }
        if (file->count - at - 2 < length) break;
        const uint8_t *content = file->bytes + at + 4;
        size_t count = length - 2;
        if (marker == SIZ && !has_size) {
            has_size = 1;
            if ((*code = read_size(content, count, header, picture))) return 0;
        }
        if (marker == COD && has_size && count >= 5) {
            has_coding = 1;
            header->layers = two(content + 2);
            read_coding(content + 5, count - 5, content[0] & 1, header);
        }
        size_t number = header->components < 257 ? 1 : 2;
        if (marker == COC && has_size && count > number)
            read_coding(content + number + 1, count - number - 1, content[number] & 1, header);
        at += 2 + length;
    }
    *code = truncated(picture);
    return 0;
}

int akin_openjpeg_read_header(const akin_encoded *file, header *header, akin_picture *picture) {
    memset(header, 0, sizeof *header);
    header->levels = 32;
    int code = find_codestream(file, header, picture);
    if (!code) walk_main_header(file, header, picture, &code);
    if (!code && !header->channels) code = damaged(picture, "its palette has no colours");
    return code;
}

int akin_openjpeg_check_tiles(const akin_encoded *file, const header *known, akin_picture *picture, int *lacks_end) {
    header again = *known;
    int code;
    size_t at = walk_main_header(file, &again, picture, &code);
    if (code) return code;
    uint32_t tiles = known->tiles_across * known->tiles_down, found = 0;
    uint8_t *seen = calloc(tiles, 1);
    if (!seen) return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    while (file->count - at >= 12 && two(file->bytes + at) == SOT) {
        uint32_t tile = two(file->bytes + at + 4), length = four(file->bytes + at + 6);
        if (tile < tiles && !seen[tile]) {
            seen[tile] = 1;
            found++;
        }
        // The last may leave it open.
        if (length == 0) break;
        if (length < 12) {
            code = damaged(picture, "a tile has a wrong length");
            break;
        }
        if (length > file->count - at) {
            code = truncated(picture);
            break;
        }
        at += length;
    }
    free(seen);
    *lacks_end = file->count - at < 2;
    if (!code && found < tiles) code = truncated(picture);
    return code;
}
