// Codes of bfloat16, for each instruction set.
#include "CodeRows.h"
#include "KernelTable.h"
#include "Lanes.h"

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

#define VARIANT(name) name##_baseline
#include "BFloat16Bodies.h"
#undef VARIANT

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define VARIANT(name) name##_avx2
#include "BFloat16Bodies.h"
#undef VARIANT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#define VARIANT(name) name##_avx512
#include "BFloat16Bodies.h"
#undef VARIANT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma,avx512bf16"))),             \
                             apply_to = function)
#define VARIANT(name) name##_native
#define HAS_BF16
#include "BFloat16Bodies.h"
#undef HAS_BF16
#undef VARIANT
#pragma clang attribute pop
#endif
