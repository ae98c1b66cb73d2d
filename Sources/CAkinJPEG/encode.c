#include "failure.h"

#include <stdlib.h>
#include <string.h>

// In a function of its own, so that what libjpeg changes lives outside the frame that longjmp returns to.
static int encode(const uint8_t *pixels, int width, int height, int channels, int quality, unsigned char **bytes,
                  unsigned long *count, char *message) {
    failure state;
    struct jpeg_compress_struct codec;
    memset(&codec, 0, sizeof codec);
    akin_jpeg_prepare(&state, message);
    codec.err = &state.manager;
    if (setjmp(state.exit) == 0) {
        jpeg_create_compress(&codec);
        jpeg_mem_dest(&codec, bytes, count);
        codec.image_width = (JDIMENSION)width;
        codec.image_height = (JDIMENSION)height;
        codec.input_components = channels;
        codec.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_set_defaults(&codec);
        jpeg_set_quality(&codec, quality, TRUE);
        jpeg_start_compress(&codec, TRUE);
        while (codec.next_scanline < codec.image_height) {
            JSAMPROW row = (JSAMPROW)(pixels + (size_t)codec.next_scanline * (size_t)width * (size_t)channels);
            jpeg_write_scanlines(&codec, &row, 1);
        }
        jpeg_finish_compress(&codec);
    }
    jpeg_destroy_compress(&codec);
    return state.code;
}

int akin_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **bytes,
                     size_t *count, char message[200]) {
    unsigned char *written = NULL;
    unsigned long size = 0;
    int code = encode(pixels, width, height, channels, quality, &written, &size, message);
    // After an error `written` may point to what libjpeg has freed: better leak it.
    *bytes = code == AKIN_DECODING_OK ? written : NULL;
    *count = code == AKIN_DECODING_OK ? size : 0;
    return code;
}
