#include "CAkinHEIF.h"
#include "Library.h"

#include <stddef.h>
#include <string.h>

static int failed(heif_error error, akin_picture *picture) {
    if (error.code == 0) return AKIN_DECODING_OK;
    enum akin_decoding_code code = AKIN_DECODING_DAMAGED;
    if (error.code == heif_error_Memory_allocation_error || error.subcode == heif_suberror_Security_limit_exceeded)
        code = AKIN_DECODING_OUT_OF_MEMORY;
    else if (error.code == heif_error_Unsupported_filetype || error.code == heif_error_Unsupported_feature)
        code = AKIN_DECODING_UNSUPPORTED;
    else if (error.subcode == heif_suberror_End_of_data) code = AKIN_DECODING_TRUNCATED;
    akin_decoding_failed(picture, code, "%s", error.message ? error.message : "not as its format says");
    picture->message[strcspn(picture->message, "\n")] = 0;
    return code;
}

static int measure(const heif_library *heif, const heif_image_handle *handle, const akin_encoded *file,
                   akin_picture *picture) {
    int width = heif->heif_image_handle_get_width(handle), height = heif->heif_image_handle_get_height(handle);
    int bits = heif->heif_image_handle_get_luma_bits_per_pixel(handle);
    if (width <= 0 || height <= 0) return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has no pixels");
    picture->width = picture->row_width = (uint32_t)width;
    picture->height = picture->rows = (uint32_t)height;
    picture->channels = heif->heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
    picture->bits = bits > 8 ? 16 : 8;
    // Before it was cropped. As it is stored, as it comes out, and one that the coder may look back to.
    int whole_width = heif->heif_image_handle_get_ispe_width(handle);
    int whole_height = heif->heif_image_handle_get_ispe_height(handle);
    if (whole_width <= 0 || whole_height <= 0)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "it has no pixels");
    picture->memory =
        (4 << 20) + 2 * (uint64_t)file->count +
        (uint64_t)whole_width * (uint64_t)whole_height * (uint64_t)(picture->bits / 8 * 3 * picture->channels);
    return AKIN_DECODING_OK;
}

// Colours that were multiplied by alpha become what they were.
static void undo_alpha(uint16_t *pixel, uint32_t top) {
    uint32_t alpha = pixel[3];
    for (int c = 0; c < 3; c++) {
        uint32_t whole = alpha ? (pixel[c] * top + alpha / 2) / alpha : 0;
        pixel[c] = (uint16_t)(whole > top ? top : whole);
    }
}

// `line` has `bits` in a sample, 8 or fewer in a byte, more in two.
static void convert(const uint8_t *line, int bits, int multiplied, const akin_picture *picture, void *samples) {
    uint32_t most = (1u << bits) - 1, top = picture->bits == 16 ? 65535 : 255;
    for (uint32_t x = 0; x < picture->row_width; x++) {
        uint16_t pixel[4];
        for (int c = 0; c < picture->channels; c++) {
            size_t at = (size_t)x * (size_t)picture->channels + (size_t)c;
            uint32_t value = bits > 8 ? ((const uint16_t *)(const void *)line)[at] : line[at];
            pixel[c] = (uint16_t)(most == top ? value : ((value > most ? most : value) * top + most / 2) / most);
        }
        if (multiplied) undo_alpha(pixel, top);
        for (int c = 0; c < picture->channels; c++) {
            size_t at = (size_t)x * (size_t)picture->channels + (size_t)c;
            if (picture->bits == 16) ((uint16_t *)samples)[at] = pixel[c];
            else ((uint8_t *)samples)[at] = (uint8_t)pixel[c];
        }
    }
}

static int hand_on(const heif_library *heif, const heif_image *image, int multiplied, akin_picture *picture,
                   akin_rows *rows) {
    int stride = 0, bits = heif->heif_image_get_bits_per_pixel_range(image, heif_channel_interleaved);
    const uint8_t *plane = heif->heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    size_t sample = bits > 8 ? 2 : 1;
    if (!plane || bits < 1 || bits > 16 || (bits > 8) != (picture->bits == 16) ||
        heif->heif_image_get_width(image, heif_channel_interleaved) != (int)picture->width ||
        heif->heif_image_get_height(image, heif_channel_interleaved) != (int)picture->height || stride <= 0 ||
        (size_t)stride < (size_t)picture->width * (size_t)picture->channels * sample)
        return akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "its picture is not as large as it says");
    for (uint32_t y = 0; y < picture->rows; y++) {
        convert(plane + (size_t)y * (size_t)stride, bits, multiplied, picture, rows->room);
        if (rows->take(rows, rows->room)) return AKIN_DECODING_STOPPED;
    }
    return AKIN_DECODING_OK;
}

static int decode(const heif_library *heif, heif_context *library, const heif_image_handle *handle,
                  akin_picture *picture, akin_rows *rows) {
    // What is put together of tiles must not come out larger than was measured.
    int width = heif->heif_image_handle_get_ispe_width(handle),
        height = heif->heif_image_handle_get_ispe_height(handle);
    heif->heif_context_set_maximum_image_size_limit(library, (width > height ? width : height) + 1);
    int chroma;
    if (picture->bits == 8)
        chroma = picture->channels == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
    else if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        chroma = picture->channels == 4 ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE;
    else chroma = picture->channels == 4 ? heif_chroma_interleaved_RRGGBBAA_BE : heif_chroma_interleaved_RRGGBB_BE;
    heif_image *image = NULL;
    int code = failed(heif->heif_decode_image(handle, &image, heif_colorspace_RGB, chroma, NULL), picture);
    if (!code) {
        int multiplied = picture->channels == 4 && heif->heif_image_handle_is_premultiplied_alpha(handle);
        code = hand_on(heif, image, multiplied, picture, rows);
    }
    if (image) heif->heif_image_release(image);
    return code;
}

// Without `rows`, the header only.
static int open_and_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    const heif_library *heif = akin_heif_library();
    if (!heif)
        return akin_decoding_failed(picture, AKIN_DECODING_UNAVAILABLE,
                                    "libheif is not installed: Debian's package is libheif1, Homebrew's libheif");
    heif_context *library = heif->heif_context_alloc();
    if (!library) return akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    // Pictures are decoded beside each other already.
    if (heif->heif_context_set_max_decoding_threads) heif->heif_context_set_max_decoding_threads(library, 0);
    // The limit is on memory, and checked below; this is the widest for which libheif's sums hold.
    heif->heif_context_set_maximum_image_size_limit(library, 0xFFFF);
    heif_image_handle *handle = NULL;
    int code =
        failed(heif->heif_context_read_from_memory_without_copy(library, file->bytes, file->count, NULL), picture);
    if (!code) code = failed(heif->heif_context_get_primary_image_handle(library, &handle), picture);
    if (!code) code = measure(heif, handle, file, picture);
    if (!code && rows && picture->memory > file->memory)
        code = akin_decoding_failed(picture, AKIN_DECODING_OUT_OF_MEMORY, "not enough memory");
    if (!code && rows && !akin_rows_fit(rows, picture))
        code = akin_decoding_failed(picture, AKIN_DECODING_DAMAGED, "unexpected row length");
    if (!code && rows) code = decode(heif, library, handle, picture, rows);
    // A limit of libheif's own, before there is a size that could be too large.
    if (code == AKIN_DECODING_OUT_OF_MEMORY && !picture->width) code = AKIN_DECODING_UNSUPPORTED;
    if (handle) heif->heif_image_handle_release(handle);
    heif->heif_context_free(library);
    return code;
}

int akin_heif_measure(const akin_encoded *file, akin_picture *picture) { return open_and_decode(file, picture, NULL); }

int akin_heif_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows) {
    return open_and_decode(file, picture, rows);
}

const char *akin_heif_version(void) {
    const heif_library *heif = akin_heif_library();
    return heif ? heif->heif_get_version() : NULL;
}
