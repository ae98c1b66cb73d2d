#include "CAkinTIFF.h"
#include "Page.h"
#include "Pages.h"

#include <stdlib.h>

// A page while it is decoded.
typedef struct {
    page page;
    // One for each plane that is read by rows, so that none has to begin a strip again; else all the same.
    TIFF *readers[mostPlanes];
    uint8_t *blocks[mostPlanes];
    // Finished rows, as high as a block; NULL where a block is a row.
    uint8_t *band;
    uint16_t *scratch;
} decoder;

// MARK: Blocks

static int is_read_by_rows(const page *page) { return !page->is_tiled && !page->layout.converted; }

static int read_block(const decoder *decoder, uint32_t x, uint32_t y) {
    const page *page = &decoder->page;
    if (page->layout.converted) {
        uint32_t *raster = (uint32_t *)(void *)decoder->blocks[0];
        return page->is_tiled ? TIFFReadRGBATileExt(page->tiff, x, y, raster, 1)
                              : TIFFReadRGBAStripExt(page->tiff, y, raster, 1);
    }
    for (int plane = 0; plane < page->planes; plane++) {
        uint16_t sample = (uint16_t)(plane < page->layout.colours ? (unsigned)plane : page->layout.alpha);
        if (!page->is_separate) sample = 0;
        if (page->is_tiled ? TIFFReadTile(page->tiff, decoder->blocks[plane], x, y, 0, sample) < 0
                           : TIFFReadScanline(decoder->readers[plane], decoder->blocks[plane], y, sample) < 0)
            return 0;
    }
    return 1;
}

// Where the samples of a block's row begin, of `rows` that it has.
static void find_row(const decoder *decoder, uint32_t row, uint32_t rows, const uint8_t **planes) {
    const page *page = &decoder->page;
    // libtiff's own pictures begin with the lowest row.
    if (page->layout.converted) row = (page->is_tiled ? page->block_height : rows) - 1 - row;
    for (int plane = 0; plane < mostPlanes; plane++)
        planes[plane] = decoder->blocks[plane < page->planes ? plane : 0] + row * page->row_bytes;
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

// Goes through all blocks, to hand on their rows; or, without `rows`, to find the range of their samples.
static int read_blocks(decoder *decoder, const akin_picture *picture, akin_rows *rows) {
    page *page = &decoder->page;
    size_t pixel = (size_t)(picture->channels * picture->bits / 8), stride = picture->width * pixel;
    for (uint32_t y = 0; y < picture->height; y += page->block_height) {
        uint32_t high = least(page->block_height, picture->height - y);
        // A block that is a row needs no place of its own.
        uint8_t *band = decoder->band ? decoder->band : rows ? rows->room : NULL;
        for (uint32_t x = 0; x < picture->width; x += page->block_width) {
            uint32_t columns = least(page->block_width, picture->width - x);
            if (!read_block(decoder, x, y)) return AKIN_DECODING_DAMAGED;
            for (uint32_t i = 0; i < high; i++) {
                const uint8_t *planes[mostPlanes];
                find_row(decoder, i, high, planes);
                if (rows)
                    akin_tiff_convert(&page->layout, planes, columns, decoder->scratch, band + i * stride + x * pixel);
                else akin_tiff_widen_range(&page->layout, planes, columns);
            }
        }
        for (uint32_t i = 0; rows && i < high; i++)
            if (rows->take(rows, band + i * stride)) return AKIN_DECODING_STOPPED;
        // A side may end where the number does.
        if (picture->height - y <= page->block_height) break;
    }
    return AKIN_DECODING_OK;
}

// MARK: The page

// Whether a strip or tile that the page's directory names is not within the file.
static int is_cut_off(const page *page, const akin_encoded *file) {
    uint32_t count = page->is_tiled ? TIFFNumberOfTiles(page->tiff) : TIFFNumberOfStrips(page->tiff);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t start = TIFFGetStrileOffset(page->tiff, i), length = TIFFGetStrileByteCount(page->tiff, i);
        if (start > file->count || length > file->count - start) return 1;
    }
    return 0;
}

static int open_readers(decoder *decoder, akin_tiff_source *from, uint64_t directory) {
    for (int plane = 0; plane < mostPlanes; plane++) decoder->readers[plane] = decoder->page.tiff;
    if (!is_read_by_rows(&decoder->page)) return 1;
    for (int plane = 1; plane < decoder->page.planes; plane++) {
        decoder->readers[plane] = akin_tiff_open(from, from->file->memory);
        if (!decoder->readers[plane] || !TIFFSetSubDirectory(decoder->readers[plane], directory)) return 0;
    }
    return 1;
}

static int allocate(decoder *decoder, const akin_picture *picture) {
    const page *page = &decoder->page;
    // What the library leaves out of a block is not to be what lay there.
    for (int plane = 0; plane < page->planes; plane++)
        if (!(decoder->blocks[plane] = calloc(1, (size_t)page->block_bytes))) return 0;
    decoder->scratch = malloc((size_t)page->block_width * mostPlanes * sizeof *decoder->scratch);
    if (!decoder->scratch || is_read_by_rows(page)) return decoder->scratch != NULL;
    decoder->band = malloc(akin_row_bytes(picture) * page->block_height);
    return decoder->band != NULL;
}

static int decode(decoder *decoder, akin_tiff_source *from, uint64_t directory, akin_rows *rows) {
    akin_picture *picture = from->picture;
    if (picture->memory > from->file->memory || !allocate(decoder, picture))
        return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    if (!akin_rows_fit(rows, picture))
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "unexpected row length");
    // libtiff is to give the rows as they are stored.
    if (decoder->page.layout.converted) TIFFSetField(decoder->page.tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    int code = open_readers(decoder, from, directory) ? AKIN_DECODING_OK : AKIN_DECODING_DAMAGED;
    if (!code && decoder->page.layout.is_ranged && !decoder->page.layout.converted) {
        code = read_blocks(decoder, picture, NULL);
        akin_tiff_choose_range(&decoder->page.layout);
    }
    if (!code) code = read_blocks(decoder, picture, rows);
    if (!code && from->is_made_up) code = AKIN_DECODING_DAMAGED;
    if (code == AKIN_DECODING_DAMAGED && is_cut_off(&decoder->page, from->file)) code = AKIN_DECODING_TRUNCATED;
    return code;
}

static void close(decoder *decoder) {
    for (int plane = 0; plane < mostPlanes; plane++) {
        free(decoder->blocks[plane]);
        if (decoder->readers[plane] && decoder->readers[plane] != decoder->page.tiff)
            TIFFClose(decoder->readers[plane]);
    }
    free(decoder->band);
    free(decoder->scratch);
    TIFFClose(decoder->page.tiff);
}

// Without `rows`, the header only.
static int open_and_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    uint64_t directory = 0;
    int code = akin_tiff_find_page(file, picture, &directory);
    if (code) return code;
    akin_tiff_source from = {.file = file, .picture = picture};
    decoder decoder = {0};
    // A directory is not larger than its file, except for the places of strips, which are at most a million.
    decoder.page.tiff = akin_tiff_open(&from, rows ? file->memory : (32 << 20) + 8 * (uint64_t)file->count);
    if (!decoder.page.tiff) return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "not as its format says");
    code = TIFFSetSubDirectory(decoder.page.tiff, directory) ? akin_tiff_read_page(&decoder.page, file, picture)
                                                             : AKIN_DECODING_DAMAGED;
    if (!code && rows) code = decode(&decoder, &from, directory, rows);
    close(&decoder);
    if (code == AKIN_DECODING_OK || code == AKIN_DECODING_STOPPED) picture->message[0] = 0;
    else if (!picture->message[0]) akin_decoding_failed(picture, code, "not as its format says");
    return code;
}

int akin_tiff_measure(const akin_encoded *file, akin_picture *picture) { return open_and_decode(file, picture, NULL); }

int akin_tiff_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    return open_and_decode(file, picture, rows);
}

const char *akin_tiff_version(void) { return TIFFGetVersion(); }
