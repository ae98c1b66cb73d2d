// Rows of codes: where each lies, and the fetching that runs ahead of their use.
#pragma once

#include "CAkinKernelsCodes.h"

#define AHEAD 8

static inline const uint8_t *row_at(const akin_code_rows *rows, uint32_t number) {
    return rows->blocks[number >> rows->shift] + (number & ((1u << rows->shift) - 1)) * rows->stride;
}

static inline const int32_t *norm_of(const akin_code_rows *rows, uint32_t number) {
    return rows->norms[number >> rows->shift] + (number & ((1u << rows->shift) - 1));
}

static inline void fetch_row(const akin_code_rows *rows, uint32_t number) {
    akin_fetch(row_at(rows, number), rows->stride);
}
