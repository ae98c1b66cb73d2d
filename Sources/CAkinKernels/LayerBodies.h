// The kernels of layers, losses and optimizers, for one instruction set. Included by Layers.c once for each, with
//   LANES      floats in a vector
//   TILE_ROWS  rows of c that akin_product holds in registers, two vectors each
//   VARIANT(n) the name n with the instruction set's suffix

#define INLINE static inline __attribute__((always_inline))

typedef float VARIANT(vector) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int VARIANT(mask) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint32_t VARIANT(bits) __attribute__((vector_size(4 * LANES)));
#define vector VARIANT(vector)
#define mask VARIANT(mask)
#define bits VARIANT(bits)

INLINE vector VARIANT(load)(const float *p) { return *(const vector *)p; }
INLINE void VARIANT(store)(float *p, vector v) { *(vector *)p = v; }
INLINE vector VARIANT(fill)(float f) { return (vector){} + f; }
INLINE vector VARIANT(select)(mask m, vector a, vector b) { return (vector)((m & (mask)a) | (~m & (mask)b)); }
#define load VARIANT(load)
#define store VARIANT(store)
#define fill VARIANT(fill)
#define select VARIANT(select)

// `relu` of akin_product: 0 for none, 1 for a ReLU, 2 for one that ends at 6.
INLINE vector VARIANT(rectified)(vector v, int relu) {
    if (relu) v = select(v > 0, v, fill(0));
    return relu > 1 ? select(v < 6, v, fill(6)) : v;
}
#define rectified VARIANT(rectified)

// MARK: Matrix product

// One tile: `rows` (a compile-time constant after inlining) by `vectors` vectors, held in registers.
INLINE void VARIANT(tile)(const akin_product_arguments *p, const float *a, ptrdiff_t aRow, ptrdiff_t aStep,
                          const float *b, float *c, const float *bias, int columns, const int rows, const int vectors) {
    vector sum[TILE_ROWS][2];
    const int whole = columns == vectors * LANES;
    float edge[2 * LANES];
    if (p->accumulate) {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const float *from = c + i * p->cRow;
            if (!whole) {
                for (int j = 0; j < 2 * LANES; j++) edge[j] = j < columns ? from[j] : 0;
                from = edge;
            }
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[i][v] = load(from + v * LANES);
        }
    } else {
        if (bias && !whole) {
            for (int j = 0; j < 2 * LANES; j++) edge[j] = j < columns ? bias[j] : 0;
            bias = edge;
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[i][v] = bias ? load(bias + v * LANES) : fill(0);
    }
    for (int r = 0; r < p->runs; r++) {
        const float *ar = a + r * p->aRun, *br = b + r * p->bRun;
        for (int k = 0; k < p->length; k++) {
            vector bv[2];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) bv[v] = load(br + v * LANES);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const vector av = fill(ar[i * aRow]);
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sum[i][v] += av * bv[v];
            }
            ar += aStep;
            br += p->bStep;
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        float *to = c + i * p->cRow;
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            const vector s = rectified(sum[i][v], p->relu);
            if (whole) store(to + v * LANES, s);
            else store(edge + v * LANES, s);
        }
        if (!whole)
            for (int j = 0; j < columns; j++) to[j] = edge[j];
    }
}

// A function for each number of rows and vectors: the tile has to be constant to live in registers.
#define TILE(R)                                                                                                        \
    static void VARIANT(tile1_##R)(const akin_product_arguments *p, const float *a, const float *b, float *c,          \
                                   const float *bias, int columns) {                                                   \
        if (p->aStep == 1) VARIANT(tile)(p, a, p->aRow, 1, b, c, bias, columns, R, 1);                                 \
        else VARIANT(tile)(p, a, 1, p->aStep, b, c, bias, columns, R, 1);                                              \
    }                                                                                                                  \
    static void VARIANT(tile2_##R)(const akin_product_arguments *p, const float *a, const float *b, float *c,          \
                                   const float *bias, int columns) {                                                   \
        if (p->aStep == 1) VARIANT(tile)(p, a, p->aRow, 1, b, c, bias, columns, R, 2);                                 \
        else VARIANT(tile)(p, a, 1, p->aStep, b, c, bias, columns, R, 2);                                              \
    }
TILE(1)
TILE(2)
TILE(3)
TILE(4)
TILE(5)
TILE(6)
#if TILE_ROWS > 6
TILE(7)
TILE(8)
TILE(9)
TILE(10)
TILE(11)
TILE(12)
TILE(13)
TILE(14)
#endif
#undef TILE

typedef void (*VARIANT(tile_function))(const akin_product_arguments *, const float *, const float *, float *,
                                       const float *, int);
#define PAIR(R) {VARIANT(tile1_##R), VARIANT(tile2_##R)}
static const VARIANT(tile_function) VARIANT(tiles)[TILE_ROWS][2] = {
    PAIR(1), PAIR(2), PAIR(3), PAIR(4),  PAIR(5),  PAIR(6),
#if TILE_ROWS > 6
    PAIR(7), PAIR(8), PAIR(9), PAIR(10), PAIR(11), PAIR(12), PAIR(13), PAIR(14),
#endif
};
#undef PAIR

static void VARIANT(product)(const akin_product_arguments *p) {
    enum { panel = 2 * LANES };
    const int tiles = (p->rows + TILE_ROWS - 1) / TILE_ROWS;
    for (int j = 0; j < p->columns; j += panel) {
        const int columns = p->columns - j < panel ? p->columns - j : panel;
        const int vectors = columns > LANES ? 2 : 1;
        const float *b = p->b + j / panel * p->bPanel;
        for (int t = 0; t < tiles; t++) {
            // Tiles of nearly equal height: a lone last row would leave most of the multipliers idle.
            const int i = (int)((long)t * p->rows / tiles), end = (int)((long)(t + 1) * p->rows / tiles);
            const VARIANT(tile_function) write = VARIANT(tiles)[end - i - 1][vectors - 1];
            write(p, p->a + i * p->aRow, b, p->c + i * p->cRow + j, p->bias ? p->bias + j : NULL, columns);
        }
    }
}

// MARK: Winograd's algorithm

#include "WinogradBodies.h"

// MARK: Convolution's gradient, dropout

static void VARIANT(gradient_rows)(float *g, ptrdiff_t gStep, const float *dy, const float *y, ptrdiff_t pixels,
                                   ptrdiff_t channels, float *biasGradient) {
    ptrdiff_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        vector total = load(biasGradient + c);
        for (ptrdiff_t p = 0; p < pixels; p++) {
            vector d = load(dy + p * channels + c);
            if (y) d = select(load(y + p * channels + c) > 0, d, fill(0));
            if (g != dy || y) store(g + p * gStep + c, d);
            total += d;
        }
        store(biasGradient + c, total);
    }
    for (; c < channels; c++)
        for (ptrdiff_t p = 0; p < pixels; p++) {
            const float d = !y || y[p * channels + c] > 0 ? dy[p * channels + c] : 0;
            g[p * gStep + c] = d;
            biasGradient[c] += d;
        }
}

// In vectors by hand: a compiler does not do it where y may be x.
static void VARIANT(dropout)(const float *x, float *y, ptrdiff_t count, uint32_t seed, uint32_t threshold,
                             float scale) {
    bits position;
    for (uint32_t j = 0; j < LANES; j++) position[j] = j;
    for (ptrdiff_t i = 0; i < count; i += LANES, position += LANES) {
        bits h = position * 0x9E3779B9u ^ seed;
        h = (h ^ (h >> 16)) * 0x7FEB352Du;
        h = (h ^ (h >> 15)) * 0x846CA68Bu;
        h ^= h >> 16;
        const mask kept = h >= threshold;
        if (i + LANES <= count) store(y + i, select(kept, load(x + i) * scale, fill(0)));
        else
            for (ptrdiff_t j = 0; j < count - i; j++) y[i + j] = kept[j] ? x[i + j] * scale : 0;
    }
}

// MARK: Depthwise convolution

// The first channel of the vector after that at c, or `channels` where there is no further one. The last vector is
// moved back until it fits: what is written twice is the same both times.
INLINE ptrdiff_t VARIANT(following)(ptrdiff_t c, ptrdiff_t channels) {
    if (c + 2 * LANES <= channels) return c + LANES;
    return c + LANES < channels ? channels - LANES : channels;
}
#define following VARIANT(following)

#include "DepthwiseBodies.h"

// MARK: Elementwise

// e^x = power * (1 + rest) by range reduction and the polynomial of Cephes' expf: 2 units in the last place.
INLINE vector VARIANT(exponential_parts)(vector x, vector *rest) {
    // So that what is not a number stays that.
    x = select(x > 88.0f, fill(88.0f), x);
    x = select(x < -87.0f, fill(-87.0f), x);
    vector n = x * 1.44269504088896341f;
    n = (n + 12582912.0f) - 12582912.0f; // to the nearest whole number
    x = x - n * 0.693359375f + n * 2.12194440e-4f;
    vector p = fill(1.9875691500e-4f);
    p = p * x + 1.3981999507e-3f;
    p = p * x + 8.3334519073e-3f;
    p = p * x + 4.1665795894e-2f;
    p = p * x + 1.6666665459e-1f;
    p = p * x + 5.0000001201e-1f;
    *rest = p * x * x + x;
    return (vector)((__builtin_convertvector(n, mask) + 127) << 23);
}

INLINE vector VARIANT(exponential)(vector x) {
    vector rest;
    const vector power = VARIANT(exponential_parts)(x, &rest);
    return (rest + 1.0f) * power;
}

// OUT = RESULT, a vector after the other: INPUTS(LOAD) declares what RESULT is made of, read by LOAD at position i. The
// last one, where less than a vector is left, goes through `edge`.
#define ELEMENTWISE(INPUTS, RESULT, OUT)                                                                               \
    ptrdiff_t i = 0;                                                                                                   \
    for (; i + LANES <= count; i += LANES) {                                                                           \
        INPUTS(load) store(OUT + i, RESULT);                                                                           \
    }                                                                                                                  \
    if (i < count) {                                                                                                   \
        float edge[LANES];                                                                                             \
        const ptrdiff_t rest = count - i;                                                                              \
        INPUTS(VARIANT(load_rest)) store(edge, RESULT);                                                                \
        for (ptrdiff_t j = 0; j < rest; j++) OUT[i + j] = edge[j];                                                     \
    }

INLINE vector VARIANT(load_some)(const float *p, ptrdiff_t rest) {
    float edge[LANES];
    for (ptrdiff_t j = 0; j < LANES; j++) edge[j] = j < rest ? p[j] : 0;
    return load(edge);
}
#define load_rest_avx512(p) load_some_avx512(p, rest)
#define load_rest_avx2(p) load_some_avx2(p, rest)
#define load_rest_baseline(p) load_some_baseline(p, rest)

static void VARIANT(softmax)(const float *x, float *y, ptrdiff_t count) {
    float most = x[0];
    for (ptrdiff_t i = 1; i < count; i++) most = x[i] > most ? x[i] : most;
    {
#define INPUTS(LOAD) const vector v = LOAD(x + i);
        ELEMENTWISE(INPUTS, VARIANT(exponential)(v - most), y)
#undef INPUTS
    }
    float total = 0;
    for (ptrdiff_t i = 0; i < count; i++) total += y[i];
    for (ptrdiff_t i = 0; i < count; i++) y[i] /= total;
}

static void VARIANT(add)(float *sum, const float *x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) sum[i] += x[i];
}

#include "ActivationBodies.h"
#include "PoolingBodies.h"

// The gradient of l1 * sum |w| + l2 * sum w^2 is added to g; that sum itself is returned.
static float VARIANT(penalty)(const float *w, float *g, ptrdiff_t count, float l1, float l2) {
    vector magnitudes = fill(0), squares = fill(0);
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        const vector v = load(w + i);
        const vector sign = select(v > 0, fill(l1), select(v < 0, fill(-l1), fill(0)));
        magnitudes += __builtin_elementwise_abs(v);
        squares += v * v;
        store(g + i, load(g + i) + (sign + 2 * l2 * v));
    }
    float sums[2] = {0, 0};
    for (int j = 0; j < LANES; j++) sums[0] += magnitudes[j], sums[1] += squares[j];
    for (; i < count; i++) {
        sums[0] += __builtin_fabsf(w[i]);
        sums[1] += w[i] * w[i];
        g[i] += (w[i] > 0 ? l1 : w[i] < 0 ? -l1 : 0) + 2 * l2 * w[i];
    }
    return l1 * sums[0] + l2 * sums[1];
}

static void VARIANT(sum)(const float *a, const float *b, float *y, ptrdiff_t count, int relu) {
    if (relu)
        for (ptrdiff_t i = 0; i < count; i++) {
            const float s = a[i] + b[i];
            y[i] = s > 0 ? s : 0;
        }
    else
        for (ptrdiff_t i = 0; i < count; i++) y[i] = a[i] + b[i];
}

#include "NormalizationBodies.h"

#include "OptimizerBodies.h"

const akin_layer_kernels VARIANT(akin_layers) = {
    .panel = 2 * LANES, AKIN_LAYER_KERNELS(AKIN_KERNEL_ENTRY) AKIN_OPTIMIZER_KERNELS(AKIN_KERNEL_ENTRY)};

#undef INLINE
#undef vector
#undef mask
#undef bits
#undef load
#undef store
#undef fill
#undef select
#undef rectified
#undef following
#undef ELEMENTWISE
