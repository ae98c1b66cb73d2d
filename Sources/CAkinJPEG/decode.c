#include "failure.h"

#include <string.h>

#include <jerror.h>

// A progressive file may hold any number of scans, each of which costs a pass over the whole picture.
enum { mostScans = 100 };

static void count_scans(j_common_ptr codec) {
    if (((j_decompress_ptr)codec)->input_scan_number > mostScans) {
        failure *state = (failure *)codec->err;
        state->code = AKIN_DECODING_DAMAGED;
        snprintf(state->message, 200, "more than %d scans", mostScans);
        longjmp(state->exit, 1);
    }
}

// The scales, in eighths, that save time: 6 and 7 take longer than the whole, as libjpeg has no vector code for them.
static unsigned scale(const struct jpeg_decompress_struct *codec, const akin_encoded *file) {
    static const unsigned scales[] = {1, 2, 3, 4, 5};
    if (!file->target_width || !file->target_height) return 8;
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        uint64_t width = ((uint64_t)codec->image_width * scales[i] + 7) / 8;
        uint64_t height = ((uint64_t)codec->image_height * scales[i] + 7) / 8;
        if (width >= file->target_width && height >= file->target_height) return scales[i];
    }
    return 8;
}

// Where there are several scans, libjpeg keeps the coefficients of all of them, of 16 bits.
static uint64_t memory(struct jpeg_decompress_struct *codec) {
    uint64_t bytes = (uint64_t)codec->image_width * (uint64_t)codec->num_components * 64 + (64 << 10);
    if (!jpeg_has_multiple_scans(codec)) return bytes;
    for (int i = 0; i < codec->num_components; i++) {
        const jpeg_component_info *component = codec->comp_info + i;
        bytes += (uint64_t)(component->width_in_blocks + 3) * (component->height_in_blocks + 3) * 128;
    }
    return bytes;
}

static void read_header(struct jpeg_decompress_struct *codec, const akin_encoded *file, akin_picture *picture) {
    failure *state = (failure *)codec->err;
    // An older libjpeg takes the source without `const`, and writes to it no more than a newer one.
    jpeg_mem_src(codec, (unsigned char *)file->bytes, (unsigned long)file->count);
    state->reads_header = 1;
    jpeg_read_header(codec, TRUE);
    state->reads_header = 0;
    // A newer libjpeg reads other precisions, by other functions.
    if (codec->data_precision != 8) ERREXIT1(codec, JERR_BAD_PRECISION, codec->data_precision);
    switch (codec->jpeg_color_space) {
    case JCS_GRAYSCALE: codec->out_color_space = JCS_GRAYSCALE; break;
    case JCS_CMYK:
    case JCS_YCCK: codec->out_color_space = JCS_CMYK; break;
    default: codec->out_color_space = JCS_RGB;
    }
    codec->scale_num = scale(codec, file);
    codec->scale_denom = 8;
    picture->width = codec->image_width;
    picture->height = codec->image_height;
    picture->row_width = (uint32_t)(((uint64_t)codec->image_width * codec->scale_num + 7) / 8);
    picture->rows = (uint32_t)(((uint64_t)codec->image_height * codec->scale_num + 7) / 8);
    picture->channels = codec->out_color_space == JCS_GRAYSCALE ? 1 : 3;
    picture->bits = 8;
    picture->memory = memory(codec);
}

// Whether the scans of a file without an end marker are all there: each component has had one, and where they refine
// each other no bit of a coefficient is still to come.
static int is_complete(const struct jpeg_decompress_struct *codec) {
    for (int i = 0; i < codec->num_components; i++) {
        if (!codec->comp_info[i].quant_table) return 0;
        if (codec->coef_bits)
            for (int k = 0; k < DCTSIZE2; k++)
                if (codec->coef_bits[i][k] != 0) return 0;
    }
    return 1;
}

// Adobe's programs write inks inverted, 255 for none, and say so with their marker; others as they are.
static void rgb_from_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t count, int inverted) {
    uint8_t flip = inverted ? 0 : 255;
    for (size_t i = 0; i < count; i++, cmyk += 4, rgb += 3) {
        unsigned light = cmyk[3] ^ flip;
        for (int c = 0; c < 3; c++) rgb[c] = (uint8_t)(((cmyk[c] ^ flip) * light + 127) / 255);
    }
}

static enum akin_decoding_code read_rows(struct jpeg_decompress_struct *codec, akin_rows *rows) {
    JSAMPARRAY inks = NULL;
    if (codec->out_color_space == JCS_CMYK)
        inks = codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, codec->output_width * 4, 1);
    while (codec->output_scanline < codec->output_height) {
        uint8_t *row = rows->room;
        jpeg_read_scanlines(codec, inks ? inks : &row, 1);
        if (inks) rgb_from_cmyk(inks[0], row, codec->output_width, codec->saw_Adobe_marker);
        if (rows->take(rows, row)) return AKIN_DECODING_STOPPED;
    }
    jpeg_finish_decompress(codec);
    return AKIN_DECODING_OK;
}

// Without `rows`, the header only.
static int decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    failure state;
    struct jpeg_decompress_struct codec;
    struct jpeg_progress_mgr progress;
    memset(&codec, 0, sizeof codec);
    memset(&progress, 0, sizeof progress);
    progress.progress_monitor = count_scans;
    akin_jpeg_prepare(&state, picture->message);
    codec.err = &state.manager;
    if (setjmp(state.exit) == 0) {
        jpeg_create_decompress(&codec);
        codec.progress = &progress;
        read_header(&codec, file, picture);
        if (rows) {
            jpeg_start_decompress(&codec);
            if (codec.output_width != picture->row_width || codec.output_height != picture->rows ||
                !akin_rows_fit(rows, picture))
                ERREXIT(&codec, JERR_BUFFER_SIZE);
            if (state.ended && jpeg_has_multiple_scans(&codec) && !is_complete(&codec)) ERREXIT(&codec, JERR_INPUT_EOF);
            state.code = read_rows(&codec, rows);
        }
    }
    jpeg_destroy_decompress(&codec);
    return state.code;
}

int akin_jpeg_measure(const akin_encoded *file, akin_picture *picture) { return decode(file, picture, NULL); }

int akin_jpeg_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    return decode(file, picture, rows);
}
