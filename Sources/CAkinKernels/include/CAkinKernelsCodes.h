#pragma once
#include <stddef.h>
#include <stdint.h>

// Vectors of one byte a component, or of a bfloat16 each (codes), in blocks of a power of two rows. A row has `stride`
// bytes, a multiple of 64; what is not used of it does not count where query and code are both zero. Sums of bytes are
// exact integers, the same whatever the instruction set.

typedef struct {
    /// Where row 0 of each block lies.
    const uint8_t *const *blocks;
    /// A number for each row of each block.
    const int32_t *const *norms;
    size_t stride;
    /// A block has `1 << shift` rows.
    unsigned shift;
} akin_code_rows;

/// `norm - 2 * sum(query * code)` of the rows of these numbers, which may lie anywhere: they are fetched ahead of their
/// use.
void akin_code_products(const akin_code_rows *rows, const int8_t *query, const uint32_t *numbers, size_t count,
                        int32_t *out);
/// `sum(|query - code|)`, likewise.
void akin_code_differences(const akin_code_rows *rows, const uint8_t *query, const uint32_t *numbers, size_t count,
                           int32_t *out);

/// `norm - 2 * sum(query * code)` of `count` rows that lie one after the other, for several queries, `stride` apart as
/// the rows are; row `r` of query `q` goes to `out[q * count + r]`.
void akin_code_products_of_run(const uint8_t *rows, const int32_t *norms, size_t stride, size_t count,
                               const int8_t *queries, size_t queryCount, int32_t *out);
/// `sum(|query - code|)`, likewise.
void akin_code_differences_of_run(const uint8_t *rows, size_t stride, size_t count, const uint8_t *query, int32_t *out);

/// The first position from `from` on with `values[i] <= bound`; `count` if there is none.
size_t akin_next_within(const int32_t *values, int32_t bound, size_t from, size_t count);

/// Codes of `n` components: `steps = clamp(round((x[i] * scale - offsets[i]) / step), -127, 127)` with 128 added. Gives
/// the sum of the squared steps, and adds to `missed` how far the codes lie from `x[i] * scale`: squared if `squared`,
/// in a fixed order, the same whatever the instruction set.
int32_t akin_encode(const float *x, float scale, const float *offsets, float step, size_t n, int squared,
                    uint8_t *codes, double *missed);
/// `codes[i] ^ 0x80` of `n` codes; their sum as signed numbers.
int32_t akin_signed_codes(const uint8_t *codes, size_t n, int8_t *out);

// Codes of bfloat16: what a float's upper half holds. Sums are of floats, in a fixed order, and given as integers in
// the order of the floats. Where no term is smaller than the smallest normal float they are the same whatever the
// instruction set, and wrong by no more than `(stride / 64 + 8) * 2^-23` of the sum of the terms' magnitudes.

/// Maps a float to an integer, keeping the order; and back, bit by bit.
static inline int32_t akin_ordered(float value) {
    int32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 31 & 0x7fffffff);
}
static inline float akin_unordered(int32_t bits) {
    float value;
    bits ^= bits >> 31 & 0x7fffffff;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

/// `-sum(query * code)` of the rows of these numbers, as akin_code_products; the norms are not looked at.
void akin_bf16_products(const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count,
                        int32_t *out);
/// `sum((query - code)^2)`, likewise.
void akin_bf16_squares(const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count,
                       int32_t *out);
/// `sum(|query - code|)`, likewise.
void akin_bf16_differences(const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count,
                           int32_t *out);

/// Codes of `n` components, `x[i] * scale - offsets[i]` rounded to the nearest; `missed` as akin_encode's.
void akin_bf16_encode(const float *x, float scale, const float *offsets, size_t n, int squared, uint16_t *codes,
                      double *missed);

/// Asks for memory that will be read soon.
static inline void akin_fetch(const void *memory, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)memory + i);
}
