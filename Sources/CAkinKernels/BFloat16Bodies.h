// The loops of BFloat16.c, included once for each instruction set. Each lane adds what belongs to the second code of a
// word before what belongs to the first, as the processor's own instruction does.

static inline float VARIANT(product)(const uint8_t *query, const uint8_t *row, size_t n) {
#if defined(HAS_BF16)
    __m512 a = _mm512_setzero_ps(), b = a;
#define ADD(sum, at)                                                                                                   \
    sum = _mm512_dpbf16_ps(sum, (__m512bh)_mm512_loadu_si512(query + (at)), (__m512bh)_mm512_loadu_si512(row + (at)))
#else
    floats a = {}, b = {};
    // A product of two codes is a float, exactly.
#define ADD(sum, at)                                                                                                   \
    {                                                                                                                  \
        const words x = WORDS(query + (at)), y = WORDS(row + (at));                                                    \
        sum += SECOND(x) * SECOND(y);                                                                                  \
        sum += FIRST(x) * FIRST(y);                                                                                    \
    }
#endif
    size_t i = 0;
    for (; i + 2 * STEP <= n; i += 2 * STEP) {
        ADD(a, i);
        ADD(b, i + STEP);
    }
    if (i < n) ADD(a, i);
#undef ADD
    const floats sum = (floats)a + (floats)b;
    return sum_of_lanes(&sum);
}

#define DIFFERENCE_FUNCTION(name, TERM)                                                                                \
    static inline float VARIANT(name)(const uint8_t *query, const uint8_t *row, size_t n) {                            \
        /* The same sums where there are instructions that multiply and add in one. */                                 \
        _Pragma("clang fp contract(off)") floats a = {}, b = {};                                                       \
        for (size_t i = 0; i < n; i += STEP) {                                                                         \
            const words x = WORDS(query + i), y = WORDS(row + i);                                                      \
            const floats second = SECOND(x) - SECOND(y), first = FIRST(x) - FIRST(y);                                  \
            a += TERM(second);                                                                                         \
            b += TERM(first);                                                                                          \
        }                                                                                                              \
        a += b;                                                                                                        \
        return sum_of_lanes(&a);                                                                                       \
    }
#define SQUARE(d) ((d) * (d))
DIFFERENCE_FUNCTION(square, SQUARE)
DIFFERENCE_FUNCTION(difference, __builtin_elementwise_abs)
#undef SQUARE
#undef DIFFERENCE_FUNCTION

#define ROWS_FUNCTION(name, VALUE)                                                                                     \
    static void VARIANT(name)(const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers,              \
                              size_t count, int32_t *out) {                                                            \
        const uint8_t *bytes = (const uint8_t *)query;                                                                 \
        const size_t ahead = count < AHEAD ? count : AHEAD;                                                            \
        for (size_t i = 0; i < ahead; i++) fetch_row(rows, numbers[i]);                                                \
        for (size_t i = 0; i < count; i++) {                                                                           \
            if (i + AHEAD < count) fetch_row(rows, numbers[i + AHEAD]);                                                \
            out[i] = akin_ordered(VALUE(bytes, row_at(rows, numbers[i]), rows->stride));                               \
        }                                                                                                              \
    }
#define NEGATIVE_PRODUCT(query, row, n) (0 - VARIANT(product)(query, row, n))
ROWS_FUNCTION(bf16_products, NEGATIVE_PRODUCT)
ROWS_FUNCTION(bf16_squares, VARIANT(square))
ROWS_FUNCTION(bf16_differences, VARIANT(difference))
#undef NEGATIVE_PRODUCT
#undef ROWS_FUNCTION

static void VARIANT(bf16_encode)(const float *x, float scale, const float *offsets, size_t n, int squared,
                                 uint16_t *codes, double *missed) {
    double parts[8] = {0};
    for (size_t i = 0; i < n; i++) {
        const float y = x[i] * scale;
        // No -0: what is equal has equal codes.
        const float centred = y - offsets[i] + 0.0f;
        const uint32_t bits = bits_of(centred);
        // To the nearest, of two equally near ones to the even one.
        const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
        codes[i] = (uint16_t)(rounded >> 16);
        const double rest = (double)y - (double)offsets[i] - (double)float_of(rounded);
        parts[i % 8] += squared ? rest * rest : __builtin_fabs(rest);
    }
    for (size_t j = 0; j < 8; j++) *missed += parts[j];
}

const akin_bf16_kernels VARIANT(akin_bf16) = {AKIN_BF16_KERNELS(AKIN_KERNEL_ENTRY)};
