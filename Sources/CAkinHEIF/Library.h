#pragma once

#include <stddef.h>
#include <stdint.h>

// As much of libheif 1.x as is used here, declared as its header does, which need not be there to build. The numbers
// are part of its binary interface.

typedef struct heif_context heif_context;
typedef struct heif_image_handle heif_image_handle;
typedef struct heif_image heif_image;

typedef struct {
    int code, subcode;
    const char *message;
} heif_error;

enum {
    heif_error_Unsupported_filetype = 3,
    heif_error_Unsupported_feature = 4,
    heif_error_Memory_allocation_error = 6,
    heif_suberror_End_of_data = 100,
    heif_suberror_Security_limit_exceeded = 1000,
    heif_colorspace_RGB = 1,
    heif_chroma_interleaved_RGB = 10,
    heif_chroma_interleaved_RGBA = 11,
    heif_chroma_interleaved_RRGGBB_BE = 12,
    heif_chroma_interleaved_RRGGBBAA_BE = 13,
    heif_chroma_interleaved_RRGGBB_LE = 14,
    heif_chroma_interleaved_RRGGBBAA_LE = 15,
    heif_channel_interleaved = 10,
};

#define HEIF_FUNCTIONS(EACH)                                                                                           \
    EACH(const char *, heif_get_version, (void))                                                                       \
    EACH(heif_context *, heif_context_alloc, (void))                                                                   \
    EACH(void, heif_context_free, (heif_context *))                                                                    \
    EACH(void, heif_context_set_maximum_image_size_limit, (heif_context *, int))                                       \
    EACH(heif_error, heif_context_read_from_memory_without_copy, (heif_context *, const void *, size_t, const void *)) \
    EACH(heif_error, heif_context_get_primary_image_handle, (heif_context *, heif_image_handle **))                    \
    EACH(void, heif_image_handle_release, (const heif_image_handle *))                                                 \
    EACH(int, heif_image_handle_get_width, (const heif_image_handle *))                                                \
    EACH(int, heif_image_handle_get_height, (const heif_image_handle *))                                               \
    EACH(int, heif_image_handle_get_ispe_width, (const heif_image_handle *))                                           \
    EACH(int, heif_image_handle_get_ispe_height, (const heif_image_handle *))                                          \
    EACH(int, heif_image_handle_has_alpha_channel, (const heif_image_handle *))                                        \
    EACH(int, heif_image_handle_is_premultiplied_alpha, (const heif_image_handle *))                                   \
    EACH(int, heif_image_handle_get_luma_bits_per_pixel, (const heif_image_handle *))                                  \
    EACH(heif_error, heif_decode_image, (const heif_image_handle *, heif_image **, int, int, const void *))            \
    EACH(void, heif_image_release, (const heif_image *))                                                               \
    EACH(int, heif_image_get_width, (const heif_image *, int))                                                         \
    EACH(int, heif_image_get_height, (const heif_image *, int))                                                        \
    EACH(int, heif_image_get_bits_per_pixel_range, (const heif_image *, int))                                          \
    EACH(const uint8_t *, heif_image_get_plane_readonly, (const heif_image *, int, int *))

#define HEIF_POINTER(RESULT, NAME, PARAMETERS) RESULT(*NAME) PARAMETERS;
typedef struct {
    HEIF_FUNCTIONS(HEIF_POINTER)
    // Newer than the others; NULL where the library is older.
    void (*heif_context_set_max_decoding_threads)(heif_context *, int);
} heif_library;

// The library, opened at the first call; NULL where it is not installed.
const heif_library *akin_heif_library(void);
