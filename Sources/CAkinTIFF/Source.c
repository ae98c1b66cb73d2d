#include "Source.h"

#include <stdio.h>
#include <string.h>

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t count) {
    akin_tiff_source *from = handle;
    if (count <= 0 || from->position >= from->file->count) return 0;
    uint64_t left = from->file->count - from->position;
    if ((uint64_t)count > left) count = (tmsize_t)left;
    memcpy(to, from->file->bytes + from->position, (size_t)count);
    from->position += (uint64_t)count;
    return count;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t count) {
    (void)handle;
    (void)bytes;
    (void)count;
    return 0;
}

static toff_t seek_to(thandle_t handle, toff_t offset, int whence) {
    akin_tiff_source *from = handle;
    uint64_t start = whence == SEEK_CUR ? from->position : whence == SEEK_END ? from->file->count : 0;
    from->position = start + offset;
    return from->position;
}

static int close_file(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t size_of_file(thandle_t handle) { return ((akin_tiff_source *)handle)->file->count; }

static int map_file(thandle_t handle, void **start, toff_t *size) {
    // The library only reads from it.
    *start = (void *)((akin_tiff_source *)handle)->file->bytes;
    *size = ((akin_tiff_source *)handle)->file->count;
    return 1;
}

static void unmap_file(thandle_t handle, void *start, toff_t size) {
    (void)handle;
    (void)start;
    (void)size;
}

// The first message says what is wrong, those after it what could not be done therefore.
static void keep_message(akin_tiff_source *from, const char *format, va_list arguments) {
    akin_picture *picture = from->picture;
    if (!picture->message[0]) vsnprintf(picture->message, sizeof picture->message, format, arguments);
}

// From 4.5 on, messages and limits belong to a file; before, to the process, which must not print.
#if TIFFLIB_VERSION >= 20221213
static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)module;
    keep_message(context, format, arguments);
    return 1;
}

static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    // libjpeg fills what it cannot decode with something, and only warns.
    if (module && !strcmp(module, "JPEGLib")) {
        ((akin_tiff_source *)context)->is_made_up = 1;
        keep_message(context, format, arguments);
    }
    return 1;
}
#endif

TIFF *akin_tiff_open(akin_tiff_source *from, uint64_t most) {
    TIFF *tiff = NULL;
    // The library begins to read where another may have stopped.
    from->position = 0;
#if TIFFLIB_VERSION >= 20221213
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, from);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, from);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, most > INT64_MAX ? INT64_MAX : (tmsize_t)most);
#if TIFFLIB_VERSION >= 20240911
    TIFFOpenOptionsSetMaxCumulatedMemAlloc(options, most > INT64_MAX ? INT64_MAX : (tmsize_t)most);
#endif
    tiff = TIFFClientOpenExt("file", "rh", from, read_bytes, write_bytes, seek_to, close_file, size_of_file, map_file,
                             unmap_file, options);
    TIFFOpenOptionsFree(options);
#else
    (void)most;
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    tiff = TIFFClientOpen("file", "rh", from, read_bytes, write_bytes, seek_to, close_file, size_of_file, map_file,
                          unmap_file);
#endif
    return tiff;
}
