// Codes of one byte, for each instruction set.
#include "CodeRows.h"
#include "KernelTable.h"

#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

static inline void fetch_with_norm(const akin_code_rows *rows, uint32_t number) {
    __builtin_prefetch(norm_of(rows, number));
    fetch_row(rows, number);
}

static inline __attribute__((always_inline)) int32_t encode_one(float y, float offset, float step, int squared,
                                                                uint8_t *code, double *missed) {
    const float steps = __builtin_fminf(127, __builtin_fmaxf(-127, __builtin_rintf((y - offset) / step)));
    const double rest = (double)y - (double)offset - (double)steps * (double)step;
    const int32_t number = (int32_t)steps;
    *code = (uint8_t)(number + 128);
    *missed += squared ? rest * rest : __builtin_fabs(rest);
    return number * number;
}

// Plain C; on arm64 the compiler makes NEON of it.
#define VARIANT(name) name##_baseline
static inline int32_t VARIANT(product)(const int8_t *query, const uint8_t *row, size_t n) {
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += query[i] * row[i];
    return sum;
}
static inline void VARIANT(products_of_four)(const int8_t *queries, const uint8_t *row, size_t n, int32_t *sums) {
    for (size_t j = 0; j < 4; j++) sums[j] = VARIANT(product)(queries + j * n, row, n);
}
static inline int32_t VARIANT(difference)(const uint8_t *query, const uint8_t *row, size_t n) {
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += abs(query[i] - row[i]);
    return sum;
}
#include "CodeBodies.h"
#undef VARIANT

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define VARIANT(name) name##_avx2
static inline int32_t VARIANT(total)(__m256i v) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}
static inline int32_t VARIANT(product)(const int8_t *query, const uint8_t *row, size_t n) {
    // Widened first: the instruction that multiplies bytes would saturate.
    __m256i a = _mm256_setzero_si256(), b = a;
    for (size_t i = 0; i < n; i += 32) {
        const __m256i q0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + i)));
        const __m256i q1 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + i + 16)));
        const __m256i r0 = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + i)));
        const __m256i r1 = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + i + 16)));
        a = _mm256_add_epi32(a, _mm256_madd_epi16(q0, r0));
        b = _mm256_add_epi32(b, _mm256_madd_epi16(q1, r1));
    }
    return VARIANT(total)(_mm256_add_epi32(a, b));
}
static inline void VARIANT(products_of_four)(const int8_t *queries, const uint8_t *row, size_t n, int32_t *sums) {
    for (size_t j = 0; j < 4; j++) sums[j] = VARIANT(product)(queries + j * n, row, n);
}
static inline int32_t VARIANT(difference)(const uint8_t *query, const uint8_t *row, size_t n) {
    __m256i a = _mm256_setzero_si256(), b = a;
    for (size_t i = 0; i < n; i += 64) {
        a = _mm256_add_epi32(a, _mm256_sad_epu8(_mm256_loadu_si256((const __m256i *)(query + i)),
                                                _mm256_loadu_si256((const __m256i *)(row + i))));
        b = _mm256_add_epi32(b, _mm256_sad_epu8(_mm256_loadu_si256((const __m256i *)(query + i + 32)),
                                                _mm256_loadu_si256((const __m256i *)(row + i + 32))));
    }
    return VARIANT(total)(_mm256_add_epi32(a, b));
}
#include "CodeBodies.h"
#undef VARIANT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"))),                 \
                             apply_to = function)
#define VARIANT(name) name##_vnni
static inline int32_t VARIANT(product)(const int8_t *query, const uint8_t *row, size_t n) {
    __m512i a = _mm512_setzero_si512(), b = a;
    size_t i = 0;
    for (; i + 128 <= n; i += 128) {
        a = _mm512_dpbusd_epi32(a, _mm512_loadu_si512(row + i), _mm512_loadu_si512(query + i));
        b = _mm512_dpbusd_epi32(b, _mm512_loadu_si512(row + i + 64), _mm512_loadu_si512(query + i + 64));
    }
    if (i < n) a = _mm512_dpbusd_epi32(a, _mm512_loadu_si512(row + i), _mm512_loadu_si512(query + i));
    return _mm512_reduce_add_epi32(_mm512_add_epi32(a, b));
}
static inline void VARIANT(products_of_four)(const int8_t *queries, const uint8_t *row, size_t n, int32_t *sums) {
    __m512i s[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (size_t i = 0; i < n; i += 64) {
        const __m512i codes = _mm512_loadu_si512(row + i);
        for (int j = 0; j < 4; j++) s[j] = _mm512_dpbusd_epi32(s[j], codes, _mm512_loadu_si512(queries + j * n + i));
    }
    for (int j = 0; j < 4; j++) sums[j] = _mm512_reduce_add_epi32(s[j]);
}
static inline int32_t VARIANT(difference)(const uint8_t *query, const uint8_t *row, size_t n) {
    __m512i a = _mm512_setzero_si512();
    for (size_t i = 0; i < n; i += 64)
        a = _mm512_add_epi64(a, _mm512_sad_epu8(_mm512_loadu_si512(query + i), _mm512_loadu_si512(row + i)));
    return (int32_t)_mm512_reduce_add_epi64(a);
}
#include "CodeBodies.h"
#undef VARIANT
#pragma clang attribute pop

#elif defined(__aarch64__)

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define VARIANT(name) name##_dotprod
// The products are of two signed bytes: with 128 taken from each code, 128 times the query's sum is missing.
static inline int32_t VARIANT(product)(const int8_t *query, const uint8_t *row, size_t n) {
    const uint8x16_t sign = vdupq_n_u8(0x80);
    const int8x16_t half = vdupq_n_s8(64);
    int32x4_t a = vdupq_n_s32(0), b = a, missing = a;
    for (size_t i = 0; i < n; i += 32) {
        const int8x16_t q0 = vld1q_s8(query + i), q1 = vld1q_s8(query + i + 16);
        a = vdotq_s32(a, q0, vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row + i), sign)));
        b = vdotq_s32(b, q1, vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row + i + 16), sign)));
        missing = vdotq_s32(vdotq_s32(missing, q0, half), q1, half);
    }
    return vaddvq_s32(vaddq_s32(vaddq_s32(a, b), vaddq_s32(missing, missing)));
}
static inline void VARIANT(products_of_four)(const int8_t *queries, const uint8_t *row, size_t n, int32_t *sums) {
    for (size_t j = 0; j < 4; j++) sums[j] = VARIANT(product)(queries + j * n, row, n);
}
static inline int32_t VARIANT(difference)(const uint8_t *query, const uint8_t *row, size_t n) {
    const uint8x16_t one = vdupq_n_u8(1);
    uint32x4_t a = vdupq_n_u32(0), b = a;
    for (size_t i = 0; i < n; i += 32) {
        a = vdotq_u32(a, vabdq_u8(vld1q_u8(query + i), vld1q_u8(row + i)), one);
        b = vdotq_u32(b, vabdq_u8(vld1q_u8(query + i + 16), vld1q_u8(row + i + 16)), one);
    }
    return (int32_t)vaddvq_u32(vaddq_u32(a, b));
}
#include "CodeBodies.h"
#undef VARIANT
#pragma clang attribute pop
#endif
