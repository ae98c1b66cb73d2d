#include "CAkinPNG.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
    int ended;
    akin_png_info *info;
} source;

static void on_error(png_structp png, png_const_charp message) {
    source *from = png_get_error_ptr(png);
    snprintf(from->info->message, sizeof from->info->message, "%s", message);
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

static void read_header(png_structp png, png_infop header, source *from) {
    png_set_read_fn(png, from, read_bytes);
    // The caller has a limit of its own, with a clearer message.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Compressed texts and profiles are of no use here and can unfold to gigabytes.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, header);
}

static int is_colour(png_structp png, png_infop header) {
    return (png_get_color_type(png, header) & PNG_COLOR_MASK_COLOR) != 0;
}

static void read_pixels(png_structp png, png_infop header, uint8_t *pixels, size_t capacity, uint32_t width,
                        uint32_t height) {
    // Palette to RGB, 1, 2 and 4 bits to 8, a transparent colour to alpha.
    png_set_expand(png);
    // In 8 bits, as the result.
    png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
    png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    png_set_scale_16(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, header);

    size_t stride = (size_t)width * (is_colour(png, header) ? 3 : 1);
    if (png_get_rowbytes(png, header) != stride || stride * height != capacity) png_error(png, "unexpected row length");
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++) png_read_row(png, pixels + y * stride, NULL);
    png_read_end(png, NULL);
}

static int decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity, akin_png_info *info) {
    source from = {.bytes = bytes, .left = count, .ended = 0, .info = info};
    info->message[0] = 0;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &from, on_error, on_warning);
    if (!png) return AKIN_PNG_OUT_OF_MEMORY;
    png_infop header = png_create_info_struct(png);
    if (!header) {
        png_destroy_read_struct(&png, NULL, NULL);
        return AKIN_PNG_OUT_OF_MEMORY;
    }
    int code = AKIN_PNG_OK;
    if (setjmp(png_jmpbuf(png)) == 0) {
        read_header(png, header, &from);
        info->width = png_get_image_width(png, header);
        info->height = png_get_image_height(png, header);
        info->channels = is_colour(png, header) ? 3 : 1;
        if (pixels) read_pixels(png, header, pixels, capacity, info->width, info->height);
    } else {
        code = from.ended ? AKIN_PNG_TRUNCATED : AKIN_PNG_DAMAGED;
    }
    png_destroy_read_struct(&png, &header, NULL);
    return code;
}

int akin_png_measure(const uint8_t *bytes, size_t count, akin_png_info *info) {
    return decode(bytes, count, NULL, 0, info);
}

int akin_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity, akin_png_info *info) {
    return decode(bytes, count, pixels, capacity, info);
}

int akin_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **bytes,
                    size_t *count, akin_png_info *info) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *written = malloc(size);
    if (!written) return AKIN_PNG_OUT_OF_MEMORY;
    if (!png_image_write_to_memory(&image, written, &size, 0, pixels, 0, NULL)) {
        snprintf(info->message, sizeof info->message, "%s", image.message);
        free(written);
        return AKIN_PNG_DAMAGED;
    }
    *bytes = written;
    *count = size;
    return AKIN_PNG_OK;
}
