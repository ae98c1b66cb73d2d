// The loops of Distances.c, included once for each instruction set. VARIANT gives a function its suffix; GROUP is how
// many rows are worked on at once: as many as the registers hold.

#define ROWS_FUNCTION(name, ADD, ADD_ONE)                                                                              \
    static inline __attribute__((always_inline)) void VARIANT(name##_group)(                                           \
        const float *x, const float *rows, size_t stride, size_t n, float *out, const int group) {                     \
        floats even[GROUP] = {}, odd[GROUP] = {};                                                                      \
        size_t i = 0;                                                                                                  \
        for (; i + 2 * LANES <= n; i += 2 * LANES) {                                                                   \
            const floats x0 = LOAD(x + i), x1 = LOAD(x + i + LANES);                                                   \
            _Pragma("unroll") for (int g = 0; g < group; g++) {                                                        \
                const float *row = rows + g * stride + i;                                                              \
                ADD(even[g], x0, LOAD(row));                                                                           \
                ADD(odd[g], x1, LOAD(row + LANES));                                                                    \
            }                                                                                                          \
        }                                                                                                              \
        if (i + LANES <= n) {                                                                                          \
            const floats x0 = LOAD(x + i);                                                                             \
            _Pragma("unroll") for (int g = 0; g < group; g++) ADD(even[g], x0, LOAD(rows + g * stride + i));           \
            i += LANES;                                                                                                \
        }                                                                                                              \
        _Pragma("unroll") for (int g = 0; g < group; g++) {                                                            \
            float rest = 0;                                                                                            \
            for (size_t j = i; j < n; j++) ADD_ONE(rest, x[j], rows[g * stride + j]);                                  \
            even[g] += odd[g];                                                                                         \
            out[g] = sum_of_lanes(&even[g]) + rest;                                                                    \
        }                                                                                                              \
    }                                                                                                                  \
    static void VARIANT(name)(const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out) {  \
        size_t r = 0;                                                                                                  \
        for (; r + GROUP <= count; r += GROUP) VARIANT(name##_group)(x, rows + r * stride, stride, n, out + r, GROUP); \
        for (; r < count; r++) VARIANT(name##_group)(x, rows + r * stride, stride, n, out + r, 1);                     \
    }

#define ADD_SQUARE(sum, x, y)                                                                                          \
    {                                                                                                                  \
        const __typeof__(sum) d = (x) - (y);                                                                           \
        (sum) += d * d;                                                                                                \
    }
#define ADD_PRODUCT(sum, x, y) (sum) += (x) * (y)
#define ADD_MAGNITUDE(sum, x, y) (sum) += __builtin_elementwise_abs((x) - (y))

ROWS_FUNCTION(squared_l2, ADD_SQUARE, ADD_SQUARE)
ROWS_FUNCTION(dot, ADD_PRODUCT, ADD_PRODUCT)
ROWS_FUNCTION(l1, ADD_MAGNITUDE, ADD_MAGNITUDE)

static inline __attribute__((always_inline)) void VARIANT(weighted_l1_group)(const float *x, const float *rows,
                                                                             const float *weights, size_t stride,
                                                                             size_t n, float *out, const int group) {
    floats even[GROUP] = {}, odd[GROUP] = {};
    size_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        const floats x0 = LOAD(x + i), x1 = LOAD(x + i + LANES);
        const floats w0 = LOAD(weights + i), w1 = LOAD(weights + i + LANES);
        _Pragma("unroll") for (int g = 0; g < group; g++) {
            const float *row = rows + g * stride + i;
            even[g] += w0 * __builtin_elementwise_abs(x0 - LOAD(row));
            odd[g] += w1 * __builtin_elementwise_abs(x1 - LOAD(row + LANES));
        }
    }
    if (i + LANES <= n) {
        const floats x0 = LOAD(x + i), w0 = LOAD(weights + i);
        _Pragma("unroll") for (int g = 0; g < group; g++) even[g] +=
            w0 * __builtin_elementwise_abs(x0 - LOAD(rows + g * stride + i));
        i += LANES;
    }
    _Pragma("unroll") for (int g = 0; g < group; g++) {
        float rest = 0;
        for (size_t j = i; j < n; j++) rest += weights[j] * __builtin_elementwise_abs(x[j] - rows[g * stride + j]);
        even[g] += odd[g];
        out[g] = sum_of_lanes(&even[g]) + rest;
    }
}

static void VARIANT(weighted_l1)(const float *x, const float *rows, const float *weights, size_t stride, size_t count,
                                 size_t n, float *out) {
    size_t r = 0;
    for (; r + GROUP <= count; r += GROUP)
        VARIANT(weighted_l1_group)(x, rows + r * stride, weights, stride, n, out + r, GROUP);
    for (; r < count; r++) VARIANT(weighted_l1_group)(x, rows + r * stride, weights, stride, n, out + r, 1);
}

#undef ROWS_FUNCTION
#undef ADD_SQUARE
#undef ADD_PRODUCT
#undef ADD_MAGNITUDE

static size_t VARIANT(next_not_below)(const float *values, const float *weights, float offset, float scale, size_t from,
                                      size_t count) {
    size_t i = from;
    for (; i + LANES <= count; i += LANES) {
        const floats bound = LOAD(weights + i) * scale + offset;
        if (__builtin_reduce_and(LOAD(values + i) < bound) == 0) break;
    }
    for (; i < count; i++)
        if (!(values[i] < weights[i] * scale + offset)) return i;
    return count;
}

static size_t VARIANT(next_below)(const float *values, float bound, size_t from, size_t count) {
    size_t i = from;
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        int found = 0;
        for (size_t j = i; j < i + 2 * LANES; j++) found |= values[j] < bound;
        if (found) break;
    }
    for (; i < count; i++)
        if (values[i] < bound) return i;
    return count;
}

static size_t VARIANT(next_below_of_classes)(const float *values, const int32_t *classes, int32_t own, float ownBound,
                                             float otherBound, size_t from, size_t count) {
    size_t i = from;
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        int found = 0;
        for (size_t j = i; j < i + 2 * LANES; j++) found |= values[j] < (classes[j] == own ? ownBound : otherBound);
        if (found) break;
    }
    for (; i < count; i++)
        if (values[i] < (classes[i] == own ? ownBound : otherBound)) return i;
    return count;
}

// Defines a function that makes a distance of each product, SIXTEEN and ONE of them, until one lies too near to be
// told.
#define OF_PRODUCTS_FUNCTION(name, parameters, SIXTEEN, ONE, BOUND_OF_SIXTEEN, BOUND_OF_ONE)                           \
    static size_t VARIANT(name) parameters {                                                                           \
        size_t i = from;                                                                                               \
        for (; i + LANES <= count; i += LANES) {                                                                       \
            const floats distance = SIXTEEN, bound = (floats){} + BOUND_OF_SIXTEEN;                                    \
            if (__builtin_reduce_and(distance > bound) == 0) break;                                                    \
            *(floats_anywhere *)(products + i) = distance;                                                             \
        }                                                                                                              \
        for (; i < count; i++) {                                                                                       \
            const float distance = ONE;                                                                                \
            if (!(distance > BOUND_OF_ONE)) return i;                                                                  \
            products[i] = distance;                                                                                    \
        }                                                                                                              \
        return count;                                                                                                  \
    }

OF_PRODUCTS_FUNCTION(squared_l2_of_products,
                     (float *products, float norm, const float *norms, size_t from, size_t count),
                     LOAD(norms + i) + norm - 2 * LOAD(products + i), norms[i] + norm - 2 * products[i],
                     (LOAD(norms + i) + norm) * 0x1p-6f, (norms[i] + norm) * 0x1p-6f)
OF_PRODUCTS_FUNCTION(cosine_of_products,
                     (float *products, float inverse, const float *inverses, size_t from, size_t count),
                     1 - LOAD(products + i) * LOAD(inverses + i) * inverse, 1 - products[i] * inverses[i] * inverse,
                     0x1p-6f, 0x1p-6f)
#undef OF_PRODUCTS_FUNCTION

const akin_distance_kernels VARIANT(akin_distances) = {AKIN_DISTANCE_KERNELS(AKIN_KERNEL_ENTRY)};
