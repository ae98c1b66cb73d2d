#include "CAkinPNG.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

int akin_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **bytes,
                    size_t *count, char message[200]) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *written = malloc(size);
    if (!written) return AKIN_DECODING_OUT_OF_MEMORY;
    if (!png_image_write_to_memory(&image, written, &size, 0, pixels, 0, NULL)) {
        snprintf(message, 200, "%s", image.message);
        free(written);
        return AKIN_DECODING_DAMAGED;
    }
    *bytes = written;
    *count = size;
    return AKIN_DECODING_OK;
}
