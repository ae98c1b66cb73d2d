#pragma once

#include "CAkinJPEG.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

// What an error exit of libjpeg leaves behind; `codec.err` points to it.
typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf exit;
    enum akin_decoding_code code;
    // Of 200 characters.
    char *message;
    // While a header is read, nothing may be missing.
    int reads_header;
    // libjpeg found the end of the file before the end of the picture, and went on with an end marker of its own.
    int ended;
} failure;

// Sets up `codec.err`; what goes wrong from then on returns to `exit`.
void akin_jpeg_prepare(failure *state, char *message);
