#include "CAkinPNG.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
    // The file has no more bytes than were asked for.
    int ended;
    akin_picture *picture;
    // Those taken.
    uint32_t rows;
    uint8_t *whole;
} source;

static void on_error(png_structp png, png_const_charp message) {
    source *from = png_get_error_ptr(png);
    akin_decoding_failed(from->picture, AKIN_DECODING_DAMAGED, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void read_bytes(png_structp png, png_bytep to, size_t count) {
    source *from = png_get_io_ptr(png);
    if (count > from->left) {
        from->ended = 1;
        png_error(png, "the file ends too early");
    }
    memcpy(to, from->bytes, count);
    from->bytes += count;
    from->left -= count;
}

static int is_interlaced(png_structp png, png_infop header) {
    return png_get_interlace_type(png, header) != PNG_INTERLACE_NONE;
}

// How many bits the file says that count; 0 where it does not.
static int significant_bits(png_structp png, png_infop header) {
    png_color_8p bits = NULL;
    if (!png_get_sBIT(png, header, &bits)) return 0;
    if (!(png_get_color_type(png, header) & PNG_COLOR_MASK_COLOR)) return bits->gray;
    int most = bits->red > bits->green ? bits->red : bits->green;
    return most > bits->blue ? most : bits->blue;
}

static void read_header(png_structp png, png_infop header, source *from) {
    png_set_read_fn(png, from, read_bytes);
    // The caller has a limit of its own, with a clearer message.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Compressed texts and profiles are of no use here and can unfold to gigabytes.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, (png_const_bytep) "sBIT", 1);
    png_read_info(png, header);

    akin_picture *picture = from->picture;
    int colour = png_get_color_type(png, header);
    int has_alpha = (colour & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, header, PNG_INFO_tRNS);
    picture->width = picture->row_width = png_get_image_width(png, header);
    picture->height = picture->rows = png_get_image_height(png, header);
    picture->channels = (colour & PNG_COLOR_MASK_COLOR ? 3 : 1) + (has_alpha ? 1 : 0);
    picture->bits = png_get_bit_depth(png, header) == 16 ? 16 : 8;
    if (picture->bits == 16) picture->depth = significant_bits(png, header);
    picture->whole = is_interlaced(png, header);
    // libpng's rows, before and after it has changed them, and zlib's window.
    picture->memory = (uint64_t)picture->row_width * 8 * 3 + (256 << 10);
}

static enum akin_decoding_code hand_on(source *from, akin_rows *rows, const void *row) {
    from->rows++;
    return rows->take(rows, row) ? AKIN_DECODING_STOPPED : AKIN_DECODING_OK;
}

static enum akin_decoding_code hand_on_all(source *from, akin_rows *rows, const uint8_t *first, size_t stride) {
    for (uint32_t y = 0; y < from->picture->rows; y++)
        if (hand_on(from, rows, first + y * stride)) return AKIN_DECODING_STOPPED;
    return AKIN_DECODING_OK;
}

// Every pass of an interlaced picture goes over all of it.
static enum akin_decoding_code read_passes(png_structp png, source *from, akin_rows *rows, int passes) {
    size_t stride = rows->stride ? rows->stride : rows->bytes;
    if (!rows->stride) {
        from->whole = malloc(stride * from->picture->rows);
        if (!from->whole) return AKIN_DECODING_OUT_OF_MEMORY;
    }
    uint8_t *first = from->whole ? from->whole : rows->room;
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < from->picture->rows; y++) png_read_row(png, first + y * stride, NULL);
    png_read_end(png, NULL);
    return hand_on_all(from, rows, first, stride);
}

static enum akin_decoding_code read_rows(png_structp png, png_infop header, source *from, akin_rows *rows) {
    // Palette to RGB, 1, 2 and 4 bits to 8, a transparent colour to alpha.
    png_set_expand(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(png);
#endif
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, header);
    if (png_get_rowbytes(png, header) != akin_row_bytes(from->picture) || !akin_rows_fit(rows, from->picture))
        png_error(png, "unexpected row length");
    if (passes > 1) return read_passes(png, from, rows, passes);
    for (uint32_t y = 0; y < from->picture->rows; y++) {
        png_read_row(png, rows->room, NULL);
        if (hand_on(from, rows, rows->room)) return AKIN_DECODING_STOPPED;
    }
    png_read_end(png, NULL);
    return AKIN_DECODING_OK;
}

// What is left to do where the file ends too early: nothing if only what stands behind the last row is missing.
static enum akin_decoding_code finish(png_structp png, png_infop header, source *from, akin_rows *rows) {
    int is_complete = is_interlaced(png, header) ? png_get_current_pass_number(png) == 7
                                                 : png_get_current_row_number(png) == from->picture->rows;
    if (!is_complete) return AKIN_DECODING_TRUNCATED;
    if (is_interlaced(png, header)) {
        const uint8_t *first = from->whole ? from->whole : rows->room;
        return hand_on_all(from, rows, first, rows->stride ? rows->stride : rows->bytes);
    }
    // The last row lies in its place when libpng looks at what follows it.
    return from->rows < from->picture->rows ? hand_on(from, rows, rows->room) : AKIN_DECODING_OK;
}

// Without `rows`, the header only.
static int decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    source from = {.bytes = file->bytes, .left = file->count, .picture = picture};
    // libpng calls a size of zero an error without telling it from others.
    static const uint8_t zero[4];
    if (file->count >= 24 && (!memcmp(file->bytes + 16, zero, 4) || !memcmp(file->bytes + 20, zero, 4)))
        return AKIN_DECODING_OK;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &from, on_error, on_warning);
    if (!png) return AKIN_DECODING_OUT_OF_MEMORY;
    png_infop header = png_create_info_struct(png);
    if (!header) {
        png_destroy_read_struct(&png, NULL, NULL);
        return AKIN_DECODING_OUT_OF_MEMORY;
    }
    volatile int reads_rows = 0;
    int code = AKIN_DECODING_OK;
    if (setjmp(png_jmpbuf(png)) == 0) {
        read_header(png, header, &from);
        reads_rows = rows != NULL;
        if (rows) code = read_rows(png, header, &from, rows);
    } else if (!from.ended) {
        code = AKIN_DECODING_DAMAGED;
    } else {
        code = reads_rows ? finish(png, header, &from, rows) : AKIN_DECODING_TRUNCATED;
    }
    free(from.whole);
    png_destroy_read_struct(&png, &header, NULL);
    return code;
}

int akin_png_measure(const akin_encoded *file, akin_picture *picture) { return decode(file, picture, NULL); }

int akin_png_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    return decode(file, picture, rows);
}

const char *akin_png_version(void) { return png_get_libpng_ver(NULL); }
