#include "CodeRows.h"
#include "Lanes.h"
#include "Widest.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Two codes in a word of 32 bits, the first in its lower half: a bfloat16 is the upper half of a float.
typedef uint32_t words __attribute__((vector_size(LANES * sizeof(uint32_t))));
typedef uint32_t words_anywhere __attribute__((vector_size(LANES * sizeof(uint32_t)), aligned(1), may_alias));
#define WORDS(p) (*(const words_anywhere *)(p))
#define FIRST(w) ((floats)((w) << 16))
#define SECOND(w) ((floats)((w) & 0xffff0000u))

// Bytes of a row that a step of the loops takes.
#define STEP ((size_t)(2 * LANES * sizeof(uint16_t)))

static inline float float_of(uint32_t bits) {
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of(float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

#define NAME(name) name##_plain
#include "BFloat16Bodies.h"
#undef NAME

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(name) name##_avx2
#include "BFloat16Bodies.h"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#define NAME(name) name##_avx512
#include "BFloat16Bodies.h"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma,avx512bf16"))), \
                             apply_to = function)
#define NAME(name) name##_bf16
#define HAS_BF16
#include "BFloat16Bodies.h"
#undef HAS_BF16
#undef NAME
#pragma clang attribute pop

#define CALL(name, ...)                                                                                        \
    (akin_widest > 1 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&            \
             __builtin_cpu_supports("avx512dq")                                                                \
         ? akin_widest > 2 && __builtin_cpu_supports("avx512bf16") ? name##_bf16(__VA_ARGS__)                  \
                                                                   : name##_avx512(__VA_ARGS__)                \
     : akin_widest > 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_avx2(__VA_ARGS__) \
                                                                                          : name##_plain(__VA_ARGS__))
#else
#define CALL(name, ...) name##_plain(__VA_ARGS__)
#endif

void akin_bf16_products(
    const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count, int32_t *out) {
    CALL(products, rows, query, numbers, count, out);
}

void akin_bf16_squares(
    const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count, int32_t *out) {
    CALL(squares, rows, query, numbers, count, out);
}

void akin_bf16_differences(
    const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count, int32_t *out) {
    CALL(differences, rows, query, numbers, count, out);
}

void akin_bf16_encode(
    const float *x, float scale, const float *offsets, size_t n, int squared, uint16_t *codes, double *missed) {
    CALL(encode, x, scale, offsets, n, squared, codes, missed);
}
