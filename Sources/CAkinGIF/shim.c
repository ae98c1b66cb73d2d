#include "CAkinGIF.h"

#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
    int ended;
} source;

static int read_bytes(GifFileType *gif, GifByteType *to, int count) {
    source *from = gif->UserData;
    if ((size_t)count > from->left) {
        from->ended = 1;
        if (from->left || count != 1) return 0;
        // The mark behind the last row, where a file lacks only that; before it, an error to giflib.
        *to = 0;
        return 1;
    }
    memcpy(to, from->bytes, (size_t)count);
    from->bytes += count;
    from->left -= (size_t)count;
    return count;
}

static int failed(const source *from, int error, akin_picture *picture) {
    if (error == D_GIF_ERR_NOT_ENOUGH_MEM)
        return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    const char *words = GifErrorString(error);
    return akin_decoding_failed(picture, from->ended ? AKIN_DECODING_TRUNCATED : AKIN_DECODING_DAMAGED, "%s",
                                words ? words : "not as its format says");
}

// What is said of the first frame before its rows.
typedef struct {
    uint32_t left, top, width, height;
    int interlaced;
    // A place in the palette, or NO_TRANSPARENT_COLOR.
    int transparent;
} frame;

// Reads as far as the first frame's rows.
static int find_frame(GifFileType *gif, const source *from, frame *first, akin_picture *picture) {
    first->transparent = NO_TRANSPARENT_COLOR;
    for (;;) {
        GifRecordType kind;
        if (DGifGetRecordType(gif, &kind) == GIF_ERROR) return failed(from, gif->Error, picture);
        if (kind == IMAGE_DESC_RECORD_TYPE) break;
        if (kind != EXTENSION_RECORD_TYPE)
            return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "there is no frame in it");
        int function;
        GifByteType *block;
        if (DGifGetExtension(gif, &function, &block) == GIF_ERROR) return failed(from, gif->Error, picture);
        GraphicsControlBlock control;
        // A block begins with its length.
        if (block && function == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
            first->transparent = control.TransparentColor;
        while (block)
            if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return failed(from, gif->Error, picture);
    }
    if (DGifGetImageDesc(gif) == GIF_ERROR) return failed(from, gif->Error, picture);
    first->left = (uint32_t)gif->Image.Left;
    first->top = (uint32_t)gif->Image.Top;
    first->width = (uint32_t)gif->Image.Width;
    first->height = (uint32_t)gif->Image.Height;
    first->interlaced = gif->Image.Interlace;
    if (first->width == 0 || first->height == 0)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "the first frame has no pixels");
    return AKIN_DECODING_OK;
}

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

static int measure(GifFileType *gif, const source *from, frame *first, akin_picture *picture) {
    int code = find_frame(gif, from, first, picture);
    if (code) return code;
    // Some programs write a canvas that is smaller than the frame.
    picture->width = larger((uint32_t)gif->SWidth, first->left + first->width);
    picture->height = larger((uint32_t)gif->SHeight, first->top + first->height);
    picture->row_width = picture->width;
    picture->rows = picture->height;
    int covers = first->width == picture->width && first->height == picture->height;
    picture->channels = covers && first->transparent == NO_TRANSPARENT_COLOR ? 3 : 4;
    picture->bits = 8;
    // The library's tables of codes, and the places in the palette.
    picture->memory = (64 << 10) + (uint64_t)first->width * (first->interlaced ? first->height : 1);
    return AKIN_DECODING_OK;
}

// An interlaced frame holds every eighth row, those half between, and so on.
static int read_interlaced(GifFileType *gif, const frame *first, uint8_t *places) {
    static const uint32_t starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    for (int pass = 0; pass < 4; pass++)
        for (uint32_t y = starts[pass]; y < first->height; y += steps[pass])
            if (DGifGetLine(gif, places + (size_t)y * first->width, (int)first->width) == GIF_ERROR) return GIF_ERROR;
    return GIF_OK;
}

static void fill_in(const ColorMapObject *colours, int transparent, const uint8_t *places, uint32_t count, int channels,
                    uint8_t *to) {
    for (uint32_t x = 0; x < count; x++, to += channels) {
        int place = places[x];
        if (!colours) {
            // Without a palette, the numbers are greys.
            to[0] = to[1] = to[2] = (uint8_t)place;
        } else if (place < colours->ColorCount) {
            to[0] = colours->Colors[place].Red;
            to[1] = colours->Colors[place].Green;
            to[2] = colours->Colors[place].Blue;
        } else {
            to[0] = to[1] = to[2] = 0;
        }
        if (channels == 4) to[3] = place == transparent ? 0 : 255;
    }
}

static int hand_on(GifFileType *gif, const source *from, const frame *first, akin_picture *picture, uint8_t *places,
                   akin_rows *rows) {
    if (first->interlaced && read_interlaced(gif, first, places) == GIF_ERROR) return failed(from, gif->Error, picture);
    const ColorMapObject *colours = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
    for (uint32_t y = 0; y < picture->height; y++) {
        uint8_t *samples = rows->room;
        memset(samples, 0, rows->bytes);
        if (y >= first->top && y - first->top < first->height) {
            uint8_t *line = places;
            if (first->interlaced) line += (size_t)(y - first->top) * first->width;
            else if (DGifGetLine(gif, places, (int)first->width) == GIF_ERROR) return failed(from, gif->Error, picture);
            fill_in(colours, first->transparent, line, first->width, picture->channels,
                    samples + (size_t)first->left * (size_t)picture->channels);
        }
        if (rows->take(rows, samples)) return AKIN_DECODING_STOPPED;
    }
    return AKIN_DECODING_OK;
}

// Without `rows`, the header only.
static int decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    source from = {.bytes = file->bytes, .left = file->count, .ended = 0};
    int error = 0;
    GifFileType *gif = DGifOpen(&from, read_bytes, &error);
    if (!gif) return failed(&from, error, picture);
    frame first;
    int code = measure(gif, &from, &first, picture);
    if (!code && rows) {
        size_t count = (size_t)first.width * (first.interlaced ? first.height : 1);
        uint8_t *places = picture->memory <= file->memory ? calloc(count, 1) : NULL;
        if (!places) code = akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
        else if (!akin_rows_fit(rows, picture))
            code = akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "unexpected row length");
        else code = hand_on(gif, &from, &first, picture, places, rows);
        free(places);
    }
    DGifCloseFile(gif, NULL);
    return code;
}

int akin_gif_measure(const akin_encoded *file, akin_picture *picture) { return decode(file, picture, NULL); }

int akin_gif_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    return decode(file, picture, rows);
}

#define AKIN_TEXT(MAJOR, MINOR, RELEASE) #MAJOR "." #MINOR "." #RELEASE
#define AKIN_TEXT_OF(MAJOR, MINOR, RELEASE) AKIN_TEXT(MAJOR, MINOR, RELEASE)

const char *akin_gif_version(void) { return AKIN_TEXT_OF(GIFLIB_MAJOR, GIFLIB_MINOR, GIFLIB_RELEASE); }
