#include "CAkinDecoding.h"

#include <stdarg.h>
#include <stdio.h>

int akin_decoding_failed(akin_picture *picture, enum akin_decoding_code code, const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(picture->message, sizeof picture->message, format, values);
    va_end(values);
    return code;
}

size_t akin_row_bytes(const akin_picture *picture) {
    return (size_t)picture->row_width * (size_t)picture->channels * (size_t)(picture->bits / 8);
}

int akin_rows_fit(const akin_rows *rows, const akin_picture *picture) {
    return rows->count == picture->rows && rows->bytes == akin_row_bytes(picture);
}
