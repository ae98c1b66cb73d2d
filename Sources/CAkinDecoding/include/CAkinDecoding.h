#pragma once

#include <stddef.h>
#include <stdint.h>

// What every decoder of pictures takes and gives. Each is a shim over one library, with two functions:
//
//     int akin_FORMAT_measure(const akin_encoded *file, akin_picture *picture);
//     int akin_FORMAT_decode(const akin_encoded *file, akin_picture *picture, akin_rows *rows);
//
// `measure` reads no more than what is needed to fill in `picture`; `decode` does the same and hands on the rows, from
// the top as they are stored, each once. `decode` is called with the `file` that was measured, and has to come to the
// same `row_width`, `rows`, `channels` and `bits`: `akin_rows_fit` looks after that. Both return an
// `akin_decoding_code` and never leave by `longjmp`. What was allocated is free again when they return, whatever they
// return. `picture` comes zeroed.

enum akin_decoding_code {
    AKIN_DECODING_OK = 0,
    // The picture's data are not what its format says.
    AKIN_DECODING_DAMAGED,
    // The file ends before its last row.
    AKIN_DECODING_TRUNCATED,
    AKIN_DECODING_OUT_OF_MEMORY,
    // A variant of the format that cannot be read; `message` names it, and what makes one that can ("12 bits a sample;
    // convert it with ..."). It stands behind "the JPEG file cannot be read: ".
    AKIN_DECODING_UNSUPPORTED,
    // The library is not installed; `message` names the package.
    AKIN_DECODING_UNAVAILABLE,
    // `take` asked to stop.
    AKIN_DECODING_STOPPED,
};

typedef struct {
    const uint8_t *bytes;
    size_t count;
    // Which of several pages, from 0.
    uint32_t page;
    // The size to which the stored picture will be reduced, before it is turned upright; 0 where it is wanted whole. A
    // library that can decode at a smaller scale takes the smallest that is at least that wide and high.
    uint32_t target_width, target_height;
    // Bytes that the library may take while it decodes, besides the rows handed on. `measure` takes no notice of it.
    uint64_t memory;
} akin_encoded;

typedef struct {
    // Of the whole picture. 0 is no error of the decoder's: whoever called it says so.
    uint32_t width, height;
    // Of the rows that `decode` hands on, smaller where the library decodes at a smaller scale.
    uint32_t row_width, rows;
    // 1 grey, 2 grey and alpha, 3 red, green, blue, 4 these and alpha. Interleaved; colours are not multiplied by
    // alpha.
    int channels;
    // 8 or 16 a channel; 16 as uint16_t in the machine's order. Both use their whole range, whatever the file's depth.
    int bits;
    // How many bits of 16 count, where the file says so (sBIT, MaxSampleValue) and the rows are as they stand in it; 0
    // where it does not. Samples that all fit into so many bits were never brought to the whole range.
    int depth;
    // How the rows have to be turned, 1 to 8 as TIFF and EXIF count; 1 or 0 where it is not said or has been done.
    int orientation;
    // 0 and 1 are both one.
    uint32_t pages;
    // What the library will take at most while it decodes, in bytes, besides the rows handed on.
    uint64_t memory;
    // 1 where the decoder needs the whole picture at once: it takes the place that `akin_rows` has for it, and where
    // that has none (`stride` 0) as many bytes itself, which `memory` does not count.
    int whole;
    // The library's words, where the code is not AKIN_DECODING_OK.
    char message[200];
} akin_picture;

// Who takes the rows.
typedef struct akin_rows akin_rows;
struct akin_rows {
    // Takes the next row: anywhere, or at `room`, which costs no copy where nothing has to be changed. Returns 0, or
    // other than 0 to stop. Moves `room` on.
    int (*take)(akin_rows *rows, const void *samples);
    // Room for the next row, for a decoder that can write it where it is told.
    void *room;
    // How many, and the bytes of each.
    uint32_t count;
    size_t bytes;
    // From `room` to the room of the row after it, where there is already room for all of them, so that they can be
    // written in any order before they are taken; 0 where there is room for one only.
    size_t stride;
    void *context;
};

// Writes the message and returns the code.
int akin_decoding_failed(akin_picture *picture, enum akin_decoding_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Of a row of the picture, in bytes.
size_t akin_row_bytes(const akin_picture *picture);

// Whether the picture's rows are those that are expected; a decoder asks before it writes or hands on the first.
int akin_rows_fit(const akin_rows *rows, const akin_picture *picture);
