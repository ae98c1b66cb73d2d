#include "Pages.h"

#include <stdlib.h>

typedef struct {
    const uint8_t *bytes;
    uint64_t count;
    int big_endian, big;
} source;

// A number of `size` bytes; 0 beyond the end.
static uint64_t number(const source *from, uint64_t at, unsigned size) {
    if (from->count < size || at > from->count - size) return 0;
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) value = value << 8 | from->bytes[at + (from->big_endian ? i : size - 1 - i)];
    return value;
}

enum { subfileTag = 254, subDirectoriesTag = 330, rawTag = 50706 };
enum { reduced = 1, mask = 4 };

typedef struct {
    uint64_t kind;
    int has_sub_directories, is_raw;
} directory;

// Reads the directory at `at`; returns where the next one is, 0 where there is none.
static uint64_t read_directory(const source *from, uint64_t at, uint64_t *entries, directory *found) {
    *entries = number(from, at, from->big ? 8 : 2);
    uint64_t size = from->big ? 20 : 12, start = at + (from->big ? 8 : 2);
    *found = (directory){0};
    if (*entries > from->count / size) return 0;
    for (uint64_t i = 0; i < *entries; i++) {
        uint64_t entry = start + i * size;
        uint64_t tag = number(from, entry, 2), type = number(from, entry + 2, 2);
        if (tag == subfileTag) found->kind = number(from, entry + (from->big ? 12 : 8), type == 3 ? 2 : 4);
        if (tag == subDirectoriesTag) found->has_sub_directories = 1;
        if (tag == rawTag) found->is_raw = 1;
    }
    return number(from, start + *entries * size, from->big ? 8 : 4);
}

// Counts the pages from the directory at `at` on; `visited` holds a bit for each byte of the file.
static int walk(const source *from, uint64_t at, uint8_t *visited, uint32_t wanted, akin_picture *picture,
                uint64_t *place) {
    uint64_t first = at, read = 0;
    int has_sub_directories = 0;
    while (at && at < from->count && !(visited[at / 8] >> at % 8 & 1)) {
        visited[at / 8] |= (uint8_t)(1 << at % 8);
        directory found;
        uint64_t entries, next = read_directory(from, at, &entries, &found);
        if (found.is_raw) return akin_decoding_failed(picture, AKIN_DECODING_UNSUPPORTED, "a camera's raw data (DNG)");
        if (!(found.kind & (reduced | mask)) && picture->pages++ == wanted) *place = at;
        has_sub_directories |= found.has_sub_directories;
        // An entry belongs to one directory: more of them than there is room for, and they lie over each other.
        read += entries;
        if (read > from->count / 12) break;
        at = next;
    }
    if (picture->pages == 0 && has_sub_directories)
        return akin_decoding_failed(picture, AKIN_DECODING_UNSUPPORTED,
                                    "only a reduced copy, as in a camera's raw data");
    if (picture->pages == 0) {
        // A program that calls its only picture a reduced one.
        picture->pages = 1;
        *place = first;
    }
    if (wanted >= picture->pages)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has %u pages", (unsigned)picture->pages);
    return AKIN_DECODING_OK;
}

int akin_tiff_find_page(const akin_encoded *file, akin_picture *picture, uint64_t *place) {
    source from = {.bytes = file->bytes, .count = file->count};
    from.big_endian = file->count > 0 && file->bytes[0] == 'M';
    from.big = number(&from, 2, 2) == 43;
    uint64_t first = number(&from, from.big ? 8 : 4, from.big ? 8 : 4);
    if (first < 8 && file->count >= 16)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has no directory");
    if (first < 8 || first >= from.count)
        return akin_decoding_failed(picture, AKIN_DECODING_TRUNCATED, "it ends before its directory");
    uint8_t *visited = calloc(file->count / 8 + 1, 1);
    if (!visited) return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    picture->pages = 0;
    int code = walk(&from, first, visited, file->page, picture, place);
    free(visited);
    return code;
}
