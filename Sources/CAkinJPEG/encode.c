#include "CAkinJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// A progressive file may hold any number of scans, each of which costs a pass over the whole picture.
enum { mostScans = 100 };

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf exit;
    enum akin_jpeg_code code;
    akin_jpeg_info *info;
} failure;

static _Noreturn void leave(j_common_ptr codec, enum akin_jpeg_code code) {
    failure *state = (failure *)codec->err;
    state->code = code;
    char message[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, message);
    snprintf(state->info->message, sizeof state->info->message, "%s", message);
    longjmp(state->exit, 1);
}

static void on_error(j_common_ptr codec) {
    leave(codec, codec->err->msg_code == JERR_OUT_OF_MEMORY ? AKIN_JPEG_OUT_OF_MEMORY : AKIN_JPEG_DAMAGED);
}

// libjpeg goes on after a warning and fills what is missing with grey; to us that is an error. Others are
// harmless: stray bytes between segments, which some cameras write, or an unknown version of a header.
static void on_message(j_common_ptr codec, int level) {
    if (level >= 0) return;
    switch (codec->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER: leave(codec, AKIN_JPEG_TRUNCATED);
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_MUST_RESYNC: leave(codec, AKIN_JPEG_DAMAGED);
    }
}

static void ignore(j_common_ptr codec) { (void)codec; }

static void count_scans(j_common_ptr codec) {
    if (((j_decompress_ptr)codec)->input_scan_number > mostScans) {
        failure *state = (failure *)codec->err;
        state->code = AKIN_JPEG_DAMAGED;
        snprintf(state->info->message, sizeof state->info->message, "more than %d scans", mostScans);
        longjmp(state->exit, 1);
    }
}

static void prepare(failure *state, akin_jpeg_info *info) {
    jpeg_std_error(&state->manager);
    state->manager.error_exit = on_error;
    state->manager.emit_message = on_message;
    state->manager.output_message = ignore;
    state->code = AKIN_JPEG_OK;
    state->info = info;
    info->message[0] = 0;
}

static void read_header(struct jpeg_decompress_struct *codec, const uint8_t *bytes, size_t count) {
    // An older libjpeg takes the source without `const`, and writes to it no more than a newer one.
    jpeg_mem_src(codec, (unsigned char *)bytes, (unsigned long)count);
    jpeg_read_header(codec, TRUE);
    switch (codec->jpeg_color_space) {
    case JCS_GRAYSCALE: codec->out_color_space = JCS_GRAYSCALE; break;
    case JCS_CMYK:
    case JCS_YCCK: codec->out_color_space = JCS_CMYK; break;
    default: codec->out_color_space = JCS_RGB;
    }
}

int akin_jpeg_measure(const uint8_t *bytes, size_t count, akin_jpeg_info *info) {
    failure state;
    struct jpeg_decompress_struct codec;
    memset(&codec, 0, sizeof codec);
    prepare(&state, info);
    codec.err = &state.manager;
    if (setjmp(state.exit) == 0) {
        jpeg_create_decompress(&codec);
        read_header(&codec, bytes, count);
        info->width = (int)codec.image_width;
        info->height = (int)codec.image_height;
        info->channels = codec.out_color_space == JCS_GRAYSCALE ? 1 : 3;
    }
    jpeg_destroy_decompress(&codec);
    return state.code;
}

// Adobe's programs write inks inverted, 255 for none, and say so with their marker; others as they are.
static void rgb_from_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t count, int inverted) {
    uint8_t flip = inverted ? 0 : 255;
    for (size_t i = 0; i < count; i++, cmyk += 4, rgb += 3) {
        unsigned light = cmyk[3] ^ flip;
        for (int c = 0; c < 3; c++) rgb[c] = (uint8_t)(((cmyk[c] ^ flip) * light + 127) / 255);
    }
}

int akin_jpeg_decode(const uint8_t *bytes, size_t count, int eighths, uint8_t *pixels, size_t capacity,
                     akin_jpeg_info *info) {
    failure state;
    struct jpeg_decompress_struct codec;
    struct jpeg_progress_mgr progress;
    memset(&codec, 0, sizeof codec);
    memset(&progress, 0, sizeof progress);
    progress.progress_monitor = count_scans;
    prepare(&state, info);
    codec.err = &state.manager;
    if (setjmp(state.exit) == 0) {
        jpeg_create_decompress(&codec);
        codec.progress = &progress;
        read_header(&codec, bytes, count);
        codec.scale_num = (unsigned)eighths;
        codec.scale_denom = 8;
        jpeg_start_decompress(&codec);

        int cmyk = codec.out_color_space == JCS_CMYK;
        size_t stride = (size_t)codec.output_width * (codec.out_color_space == JCS_GRAYSCALE ? 1 : 3);
        if (stride * codec.output_height != capacity) ERREXIT(&codec, JERR_BUFFER_SIZE);
        JSAMPARRAY inks = NULL;
        if (cmyk) inks = codec.mem->alloc_sarray((j_common_ptr)&codec, JPOOL_IMAGE, codec.output_width * 4, 1);
        while (codec.output_scanline < codec.output_height) {
            uint8_t *row = pixels + codec.output_scanline * stride;
            jpeg_read_scanlines(&codec, cmyk ? inks : &row, 1);
            if (cmyk) rgb_from_cmyk(inks[0], row, codec.output_width, codec.saw_Adobe_marker);
        }
        jpeg_finish_decompress(&codec);
    }
    jpeg_destroy_decompress(&codec);
    return state.code;
}

// In a function of its own, so that what libjpeg changes lives outside the frame that longjmp returns to.
static enum akin_jpeg_code encode(const uint8_t *pixels, int width, int height, int channels, int quality,
                                  unsigned char **bytes, unsigned long *count, akin_jpeg_info *info) {
    failure state;
    struct jpeg_compress_struct codec;
    memset(&codec, 0, sizeof codec);
    prepare(&state, info);
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
                     size_t *count, akin_jpeg_info *info) {
    unsigned char *written = NULL;
    unsigned long size = 0;
    enum akin_jpeg_code code = encode(pixels, width, height, channels, quality, &written, &size, info);
    // After an error `written` may point to what libjpeg has freed: better leak it.
    *bytes = code == AKIN_JPEG_OK ? written : NULL;
    *count = code == AKIN_JPEG_OK ? size : 0;
    return code;
}
