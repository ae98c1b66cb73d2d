// What Tools/fuzz-decoders calls with each input: a decoder as the library calls it, with room for the rows.

#include HEADER

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Pictures that take more are left out, as the library leaves out what exceeds its limit. Large ones find no more than
// small ones do, and slowly.
enum { mostMemory = 64 << 20, mostBytes = 1 << 20 };

// Each byte counts, so that AddressSanitizer sees one that is not there.
static volatile uint8_t sum;

static uint32_t taken;

static int take(akin_rows *rows, const void *samples) {
    if (taken++ == rows->count) abort();
    for (size_t i = 0; i < rows->bytes; i++) sum ^= ((const uint8_t *)samples)[i];
    rows->room = (uint8_t *)rows->room + rows->stride;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    if (!count) return 0;
    akin_encoded file = {.bytes = bytes, .count = count, .memory = mostMemory};
    // The last byte says which of the ways to be called is tried.
    uint8_t way = bytes[count - 1];
    if (way & 1) file.target_width = file.target_height = 7;
    if (way & 2) file.page = 1;
    akin_picture measured = {0}, picture = {0};
    if (MEASURE(&file, &measured) || !measured.width || !measured.height) return 0;
    uint64_t row = akin_row_bytes(&measured), all = row * measured.rows;
    if (!row || row > mostBytes || measured.rows > mostBytes || all > mostBytes || measured.memory > mostMemory)
        return 0;
    // All rows at once, or one.
    int is_whole = way & 4;
    uint8_t *room = malloc(is_whole ? all : row);
    akin_rows rows = {.take = take, .room = room, .count = measured.rows, .bytes = row, .stride = is_whole ? row : 0};
    taken = 0;
    if (DECODE(&file, &picture, &rows) == AKIN_DECODING_OK && taken < measured.rows) abort();
    free(room);
    return 0;
}
