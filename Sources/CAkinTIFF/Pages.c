#include "Pages.h"

#include <stdlib.h>

// A file, in memory or read in parts.
typedef struct {
    const uint8_t *bytes;
    akin_tiff_read read;
    void *context;
    // Set where a part could not be read.
    int *has_failed;
    uint64_t count;
    int big_endian, big;
} source;

// A number of `size` bytes, 8 at most; 0 beyond the end, or where it cannot be read.
static uint64_t number(const source *from, uint64_t at, unsigned size) {
    if (from->count < size || at > from->count - size) return 0;
    uint8_t part[8];
    const uint8_t *bytes = part;
    if (from->bytes) bytes = from->bytes + at;
    else if (!from->read(from->context, part, size, at)) {
        *from->has_failed = 1;
        return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) value = value << 8 | bytes[from->big_endian ? i : size - 1 - i];
    return value;
}

enum { subfileTag = 254 };
enum { reduced = 1, mask = 4 };

// Reads the directory at `at`: how many entries it has, and what kind of picture it says. Returns where the next one
// is, 0 where there is none, a place beyond the file where that is cut off.
static uint64_t read_directory(const source *from, uint64_t at, uint64_t *entries, uint64_t *kind) {
    *entries = number(from, at, from->big ? 8 : 2);
    uint64_t size = from->big ? 20 : 12, start = at + (from->big ? 8 : 2);
    *kind = 0;
    if (start > from->count || *entries > (from->count - start) / size) return UINT64_MAX;
    for (uint64_t i = 0; i < *entries; i++) {
        uint64_t entry = start + i * size, type = number(from, entry + 2, 2);
        if (number(from, entry, 2) == subfileTag) *kind = number(from, entry + (from->big ? 12 : 8), type == 3 ? 2 : 4);
    }
    uint64_t end = start + *entries * size;
    return from->count - end < (from->big ? 8 : 4) ? UINT64_MAX : number(from, end, from->big ? 8 : 4);
}

// Counts the pages from the directory at `at` on; `visited` holds a bit for each byte of the file. Whether the last
// directory says that it is the last.
static int walk(const source *from, uint64_t at, uint8_t *visited, uint32_t wanted, akin_picture *picture,
                 uint64_t *place) {
    uint64_t read = 0;
    *place = at;
    while (at && at < from->count && !(visited[at / 8] >> at % 8 & 1)) {
        visited[at / 8] |= (uint8_t)(1 << at % 8);
        uint64_t entries, kind, next = read_directory(from, at, &entries, &kind);
        if (!(kind & (reduced | mask)) && picture->pages++ == wanted) *place = at;
        // An entry belongs to one directory: more of them than there is room for, and they lie over each other.
        read += entries;
        if (read > from->count / 12) break;
        at = next;
    }
    // Where a program calls its only picture a reduced one, it is the page.
    if (!picture->pages) picture->pages = 1;
    return !at;
}

static int find_page(source *from, uint32_t wanted, akin_picture *picture, uint64_t *place, int *is_whole) {
    from->big_endian = number(from, 0, 1) == 'M';
    from->big = number(from, 2, 2) == 43;
    uint64_t first = number(from, from->big ? 8 : 4, from->big ? 8 : 4);
    if (first < 8 && from->count >= 16)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has no directory");
    if (first < 8 || first >= from->count)
        return akin_decoding_failed(picture, AKIN_DECODING_TRUNCATED, "it ends before its directory");
    uint8_t *visited = calloc(from->count / 8 + 1, 1);
    if (!visited) return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    *is_whole = walk(from, first, visited, wanted, picture, place);
    free(visited);
    uint64_t entries = number(from, *place, from->big ? 8 : 2), size = from->big ? 20 : 12;
    if (entries > (from->count - *place) / size)
        return akin_decoding_failed(picture, AKIN_DECODING_TRUNCATED, "it ends within its directory");
    return AKIN_DECODING_OK;
}

int akin_tiff_find_page(const akin_encoded *file, akin_picture *picture, uint64_t *place) {
    source from = {.bytes = file->bytes, .count = file->count};
    int is_whole;
    return find_page(&from, file->page, picture, place, &is_whole);
}

int akin_tiff_count_pages(akin_tiff_read read, void *context, uint64_t count, akin_picture *picture, int *is_whole) {
    int has_failed = 0;
    source from = {.read = read, .context = context, .has_failed = &has_failed, .count = count};
    uint64_t place;
    int code = find_page(&from, 0, picture, &place, is_whole);
    if (!code && (!number(&from, place, from.big ? 8 : 2) || has_failed)) *is_whole = 0;
    return code;
}
