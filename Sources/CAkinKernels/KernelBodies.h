// The bodies of the kernels, for one instruction set. Included by Kernels.c once for each, with
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

// MARK: Matrix product

// One tile: `rows` (a compile-time constant after inlining) by `vectors` vectors, held in registers.
INLINE void VARIANT(tile)(const akin_product_arguments *p, const float *a, ptrdiff_t aRow, ptrdiff_t aStep,
                          const float *b, float *c, const float *bias, int columns, const int rows,
                          const int vectors) {
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
            vector s = sum[i][v];
            if (p->relu) s = select(s > 0, s, fill(0));
            if (whole) store(to + v * LANES, s);
            else store(edge + v * LANES, s);
        }
        if (!whole) for (int j = 0; j < columns; j++) to[j] = edge[j];
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
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if TILE_ROWS > 6
TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)
#endif
#undef TILE

typedef void (*VARIANT(tile_function))(const akin_product_arguments *, const float *, const float *, float *,
                                       const float *, int);
#define PAIR(R) {VARIANT(tile1_##R), VARIANT(tile2_##R)}
static const VARIANT(tile_function) VARIANT(tiles)[TILE_ROWS][2] = {
    PAIR(1), PAIR(2), PAIR(3), PAIR(4), PAIR(5), PAIR(6),
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
            VARIANT(tiles)[end - i - 1][vectors - 1](p, p->a + i * p->aRow, b, p->c + i * p->cRow + j,
                                                     p->bias ? p->bias + j : NULL, columns);
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
        else for (ptrdiff_t j = 0; j < count - i; j++) y[i + j] = kept[j] ? x[i + j] * scale : 0;
    }
}

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

// Calls f(i, valid) for each vector of `count` elements; the last is padded through `edge`.
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

// MARK: Batch normalisation

// Single-precision sums are taken over no more places than this, then join double-precision ones.
#define BLOCK 256

static void VARIANT(moments)(const float *x, ptrdiff_t places, ptrdiff_t channels, double before, double *mean,
                             double *squares) {
    for (ptrdiff_t first = 0; first < places; first += BLOCK) {
        const ptrdiff_t count = places - first < BLOCK ? places - first : BLOCK;
        const double share = count / (before + count), weight = before * share;
        const float *block = x + first * channels;
        ptrdiff_t c = 0;
        for (; c + LANES <= channels; c += LANES) {
            // Four sums beside one another: an addition takes longer than a load.
            vector total[4] = {}, square[4] = {};
            ptrdiff_t p = 0;
            for (; p + 4 <= count; p += 4)
                for (int k = 0; k < 4; k++) total[k] += load(block + (p + k) * channels + c);
            for (; p < count; p++) total[0] += load(block + p * channels + c);
            const vector middle = (total[0] + total[1] + total[2] + total[3]) / (float)count;
            for (p = 0; p + 4 <= count; p += 4)
                for (int k = 0; k < 4; k++) {
                    const vector d = load(block + (p + k) * channels + c) - middle;
                    square[k] += d * d;
                }
            for (; p < count; p++) {
                const vector d = load(block + p * channels + c) - middle;
                square[0] += d * d;
            }
            float m[LANES], s[LANES];
            store(m, middle);
            store(s, square[0] + square[1] + square[2] + square[3]);
            for (int j = 0; j < LANES; j++) {
                const double difference = m[j] - mean[c + j];
                mean[c + j] += difference * share;
                squares[c + j] += s[j] + difference * difference * weight;
            }
        }
        for (; c < channels; c++) {
            float total = 0, square = 0;
            for (ptrdiff_t p = 0; p < count; p++) total += block[p * channels + c];
            const float middle = total / count;
            for (ptrdiff_t p = 0; p < count; p++) {
                const float d = block[p * channels + c] - middle;
                square += d * d;
            }
            const double difference = middle - mean[c];
            mean[c] += difference * share;
            squares[c] += square + difference * difference * weight;
        }
        before += count;
    }
}

static void VARIANT(normalize)(const float *x, ptrdiff_t places, ptrdiff_t channels, const float *mean,
                               const float *scale, const float *shift, int relu, float *y) {
    ptrdiff_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        const vector m = load(mean + c), s = load(scale + c), b = load(shift + c);
        for (ptrdiff_t p = 0; p < places; p++) {
            const vector v = (load(x + p * channels + c) - m) * s + b;
            store(y + p * channels + c, relu ? select(v > 0, v, fill(0)) : v);
        }
    }
    for (; c < channels; c++)
        for (ptrdiff_t p = 0; p < places; p++) {
            const float v = (x[p * channels + c] - mean[c]) * scale[c] + shift[c];
            y[p * channels + c] = relu && !(v > 0) ? 0 : v;
        }
}

static void VARIANT(normalize_sums)(const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels,
                                    const float *mean, const float *scale, const float *shift, int relu, double *sums,
                                    double *products) {
    for (ptrdiff_t first = 0; first < places; first += BLOCK) {
        const ptrdiff_t count = places - first < BLOCK ? places - first : BLOCK;
        const float *xs = x + first * channels, *ds = dy + first * channels;
        ptrdiff_t c = 0;
        for (; c + LANES <= channels; c += LANES) {
            const vector m = load(mean + c), s = load(scale + c), b = load(shift + c);
            vector total[4] = {}, product[4] = {};
            for (ptrdiff_t p = 0; p < count; p += 4)
#pragma clang loop unroll(full)
                for (int k = 0; k < 4; k++) {
                    if (p + k == count) break;
                    const vector v = load(xs + (p + k) * channels + c) - m;
                    vector d = load(ds + (p + k) * channels + c);
                    if (relu) d = select(v * s + b > 0, d, fill(0));
                    total[k] += d;
                    product[k] += d * v;
                }
            float t[LANES], q[LANES];
            store(t, total[0] + total[1] + total[2] + total[3]);
            store(q, product[0] + product[1] + product[2] + product[3]);
            for (int j = 0; j < LANES; j++) {
                sums[c + j] += t[j];
                products[c + j] += q[j];
            }
        }
        for (; c < channels; c++) {
            float total = 0, product = 0;
            for (ptrdiff_t p = 0; p < count; p++) {
                const float v = xs[p * channels + c] - mean[c];
                const float d = relu && !(v * scale[c] + shift[c] > 0) ? 0 : ds[p * channels + c];
                total += d;
                product += d * v;
            }
            sums[c] += total;
            products[c] += product;
        }
    }
}

static void VARIANT(normalize_gradient)(const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels,
                                        const float *mean, const float *scale, const float *shift,
                                        const float *meanGradient, const float *slope, int relu, float *dx) {
    ptrdiff_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        const vector m = load(mean + c), s = load(scale + c), b = load(shift + c);
        const vector g = load(meanGradient + c), k = load(slope + c);
        for (ptrdiff_t p = 0; p < places; p++) {
            const vector v = load(x + p * channels + c) - m;
            vector d = load(dy + p * channels + c);
            if (relu) d = select(v * s + b > 0, d, fill(0));
            store(dx + p * channels + c, s * (d - g - v * k));
        }
    }
    for (; c < channels; c++)
        for (ptrdiff_t p = 0; p < places; p++) {
            const float v = x[p * channels + c] - mean[c];
            const float d = relu && !(v * scale[c] + shift[c] > 0) ? 0 : dy[p * channels + c];
            dx[p * channels + c] = scale[c] * (d - meanGradient[c] - v * slope[c]);
        }
}

#undef BLOCK

// MARK: Optimizers

// Sums in double precision: the order of a float's sum would show in a gradient of forty million numbers.
static double VARIANT(squared_norm)(const float *x, ptrdiff_t count) {
    typedef double wide __attribute__((vector_size(8 * LANES)));
    wide sums[2] = {{0}, {0}};
    ptrdiff_t i = 0;
    for (; i + 2 * LANES <= count; i += 2 * LANES)
        for (int half = 0; half < 2; half++) {
            const wide v = __builtin_convertvector(load(x + i + half * LANES), wide);
            sums[half] += v * v;
        }
    double total = 0;
    for (int lane = 0; lane < LANES; lane++) total += sums[0][lane] + sums[1][lane];
    for (; i < count; i++) total += (double)x[i] * x[i];
    return total;
}

static void VARIANT(sgd)(float *restrict w, float *restrict velocity, const float *restrict g, ptrdiff_t count,
                         float scale, float rate, float momentum, int nesterov) {
    const float step = scale * rate;
    if (!velocity)
        for (ptrdiff_t i = 0; i < count; i++) w[i] -= step * g[i];
    else if (!nesterov)
        for (ptrdiff_t i = 0; i < count; i++) {
            velocity[i] = momentum * velocity[i] - step * g[i];
            w[i] += velocity[i];
        }
    else
        for (ptrdiff_t i = 0; i < count; i++) {
            const float plain = step * g[i];
            velocity[i] = momentum * velocity[i] - plain;
            w[i] += momentum * velocity[i] - plain;
        }
}

static void VARIANT(rmsprop)(float *restrict w, float *restrict v, const float *restrict g, ptrdiff_t count,
                             float scale, float rate, float rho, float epsilon) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gi = scale * g[i];
        v[i] = rho * v[i] + (1 - rho) * gi * gi;
        w[i] -= rate * gi / __builtin_elementwise_sqrt(v[i] + epsilon);
    }
}

static void VARIANT(adadelta)(float *restrict w, float *restrict v, float *restrict u, const float *restrict g,
                              ptrdiff_t count, float scale, float rate, float rho, float epsilon) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gi = scale * g[i];
        v[i] = rho * v[i] + (1 - rho) * gi * gi;
        const float change = gi * __builtin_elementwise_sqrt((u[i] + epsilon) / (v[i] + epsilon));
        u[i] = rho * u[i] + (1 - rho) * change * change;
        w[i] -= rate * change;
    }
}

static void VARIANT(adam)(float *restrict w, float *restrict m, float *restrict v, const float *restrict g,
                          ptrdiff_t count, const akin_adam_arguments *arguments) {
    const akin_adam_arguments a = *arguments;
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gi = a.scale * g[i];
        m[i] = a.beta1 * m[i] + (1 - a.beta1) * gi;
        v[i] = a.beta2 * v[i] + (1 - a.beta2) * gi * gi;
        const float change =
            (a.momentRate * m[i] + a.gradientRate * gi) / (__builtin_elementwise_sqrt(v[i]) + a.epsilon);
        w[i] = w[i] - a.decay * w[i] - change;
    }
}

static const kernel_table VARIANT(table) = {
    .panel = 2 * LANES,
    .product = VARIANT(product),
    .winograd_input = VARIANT(winograd_input),
    .winograd_output = VARIANT(winograd_output),
    .winograd_gradient = VARIANT(winograd_gradient),
    .winograd_weight = VARIANT(winograd_weight),
    .winograd_weight_gradient = VARIANT(winograd_weight_gradient),
    .gradient_rows = VARIANT(gradient_rows),
    .max_pool = VARIANT(max_pool),
    .max_pool_gradient = VARIANT(max_pool_gradient),
    .average_pool = VARIANT(average_pool),
    .average_pool_gradient = VARIANT(average_pool_gradient),
    .dropout = VARIANT(dropout),
    .relu = VARIANT(relu),
    .relu_gradient = VARIANT(relu_gradient),
    .sigmoid = VARIANT(sigmoid),
    .sigmoid_gradient = VARIANT(sigmoid_gradient),
    .leaky_relu = VARIANT(leaky_relu),
    .leaky_relu_gradient = VARIANT(leaky_relu_gradient),
    .selu = VARIANT(selu),
    .selu_gradient = VARIANT(selu_gradient),
    .gelu = VARIANT(gelu),
    .gelu_gradient = VARIANT(gelu_gradient),
    .tanh = VARIANT(tanh),
    .tanh_gradient = VARIANT(tanh_gradient),
    .softmax = VARIANT(softmax),
    .sum = VARIANT(sum),
    .moments = VARIANT(moments),
    .normalize = VARIANT(normalize),
    .normalize_sums = VARIANT(normalize_sums),
    .normalize_gradient = VARIANT(normalize_gradient),
    .add = VARIANT(add),
    .penalty = VARIANT(penalty),
    .squared_norm = VARIANT(squared_norm),
    .sgd = VARIANT(sgd),
    .rmsprop = VARIANT(rmsprop),
    .adadelta = VARIANT(adadelta),
    .adam = VARIANT(adam),
};

#undef INLINE
#undef vector
#undef mask
#undef bits
#undef load
#undef store
#undef fill
#undef select
#undef ELEMENTWISE
