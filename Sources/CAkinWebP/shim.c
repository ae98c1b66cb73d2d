#include "CAkinWebP.h"

#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

static int failed(VP8StatusCode status, akin_picture *picture) {
    switch (status) {
    case VP8_STATUS_OK: return AKIN_DECODING_OK;
    case VP8_STATUS_OUT_OF_MEMORY:
        return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: return akin_decoding_failed(picture, AKIN_DECODING_TRUNCATED, "it ends too early");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        return akin_decoding_failed(picture, AKIN_DECODING_UNSUPPORTED,
                                    "a variant that libwebp does not know; export it again");
    default: return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "its data are not as the format says");
    }
}

// Where a frame lies on the canvas, and its data.
typedef struct {
    WebPData data;
    WebPBitstreamFeatures features;
    uint32_t left, top;
} frame;

static int find_frame(frame *first, akin_picture *picture) {
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(&first->data, &state);
    if (!demuxer)
        return akin_decoding_failed(
            picture, state == WEBP_DEMUX_PARSING_HEADER ? AKIN_DECODING_TRUNCATED : AKIN_DECODING_DAMAGED,
            "the animation has no frame that can be read");
    picture->width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    picture->height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    WebPIterator found;
    int has_one = WebPDemuxGetFrame(demuxer, 1, &found);
    if (has_one) {
        first->data = found.fragment;
        first->left = (uint32_t)found.x_offset;
        first->top = (uint32_t)found.y_offset;
        WebPDemuxReleaseIterator(&found);
    }
    WebPDemuxDelete(demuxer);
    if (!has_one)
        return akin_decoding_failed(picture, state == WEBP_DEMUX_DONE ? AKIN_DECODING_DAMAGED : AKIN_DECODING_TRUNCATED,
                                    "the animation has no frame that can be read");
    return failed(WebPGetFeatures(first->data.bytes, first->data.size, &first->features), picture);
}

// 6 and 7 eighths would save little and blur.
static const uint32_t scales[] = {1, 2, 3, 4, 5, 8};

static uint32_t scaled(uint32_t side, uint32_t eighths) { return (side * eighths + 7) / 8; }

static int measure(const akin_encoded *file, frame *first, akin_picture *picture) {
    memset(first, 0, sizeof *first);
    picture->bits = 8;
    picture->whole = 1;
    first->data.bytes = file->bytes;
    first->data.size = file->count;
    int code = failed(WebPGetFeatures(file->bytes, file->count, &first->features), picture);
    if (code) return code;
    picture->width = (uint32_t)first->features.width;
    picture->height = (uint32_t)first->features.height;
    int animated = first->features.has_animation;
    if (animated && (code = find_frame(first, picture))) return code;
    uint32_t width = (uint32_t)first->features.width, height = (uint32_t)first->features.height;
    int covers = width == picture->width && height == picture->height;
    if (width > picture->width || first->left > picture->width - width || height > picture->height ||
        first->top > picture->height - height)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "its first frame leaves the canvas");
    picture->channels = covers && !first->features.has_alpha ? 3 : 4;

    picture->row_width = picture->width;
    picture->rows = picture->height;
    for (size_t i = 0; covers && file->target_width && i < sizeof scales / sizeof *scales; i++) {
        picture->row_width = scaled(width, scales[i]);
        picture->rows = scaled(height, scales[i]);
        if (picture->row_width >= file->target_width && picture->rows >= file->target_height) break;
    }
    // By the library's two coders: some rows, and all of the opacity; or the whole picture once more.
    uint64_t pixels = (uint64_t)width * height;
    uint64_t whole = first->features.format == 1 ? (first->features.has_alpha ? pixels * 6 : 0) : pixels * 4;
    picture->memory = (1 << 20) + whole + (uint64_t)width * 256;
    return AKIN_DECODING_OK;
}

static VP8StatusCode decode(const frame *first, const akin_picture *picture, uint8_t *samples, size_t stride) {
    WebPDecoderConfig config;
    // Fails where the headers are of another version than the library.
    if (!WebPInitDecoderConfig(&config)) return VP8_STATUS_UNSUPPORTED_FEATURE;
    size_t start = first->top * stride + (size_t)first->left * (size_t)picture->channels;
    config.output.colorspace = picture->channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = samples + start;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * picture->rows - start;
    if (picture->row_width < picture->width) {
        config.options.use_scaling = 1;
        config.options.scaled_width = (int)picture->row_width;
        config.options.scaled_height = (int)picture->rows;
    }
    VP8StatusCode status = WebPDecode(first->data.bytes, first->data.size, &config);
    WebPFreeDecBuffer(&config.output);
    return status;
}

int akin_webp_measure(const akin_encoded *file, akin_picture *picture) {
    frame first;
    return measure(file, &first, picture);
}

int akin_webp_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    frame first;
    int code = measure(file, &first, picture);
    if (code) return code;
    if (!akin_rows_fit(rows, picture))
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "unexpected row length");
    size_t stride = rows->stride ? rows->stride : rows->bytes;
    uint8_t *own = NULL;
    if (picture->memory > file->memory || (!rows->stride && !(own = malloc(stride * picture->rows))))
        return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    uint8_t *samples = own ? own : rows->room;
    // Nothing where no frame covers the canvas.
    for (uint32_t y = 0; y < picture->rows; y++) memset(samples + y * stride, 0, rows->bytes);
    code = failed(decode(&first, picture, samples, stride), picture);
    for (uint32_t y = 0; !code && y < picture->rows; y++)
        if (rows->take(rows, samples + y * stride)) code = AKIN_DECODING_STOPPED;
    free(own);
    return code;
}

int akin_webp_version(void) { return WebPGetDecoderVersion(); }
