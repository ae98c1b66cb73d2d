// The bodies of the kernels, for one instruction set. Included by Kernels.c once for each, with
//   LANES      floats in a vector
//   TILE_ROWS  rows of c that akin_product holds in registers, two vectors each
//   VARIANT(n) the name n with the instruction set's suffix

#define INLINE static inline __attribute__((always_inline))

typedef float VARIANT(vector) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int VARIANT(mask) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
#define vector VARIANT(vector)
#define mask VARIANT(mask)

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

// MARK: Convolution's gradient, pooling, dropout

static void VARIANT(gradient_rows)(float *g, ptrdiff_t gStep, const float *dy, const float *y, ptrdiff_t pixels,
                                   ptrdiff_t channels, float *biasGradient) {
    ptrdiff_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        vector total = load(biasGradient + c);
        for (ptrdiff_t p = 0; p < pixels; p++) {
            vector d = load(dy + p * channels + c);
            if (y) d = select(load(y + p * channels + c) > 0, d, fill(0));
            store(g + p * gStep + c, d);
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

static void VARIANT(max_pool)(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t window, ptrdiff_t stride,
                              ptrdiff_t outHeight, ptrdiff_t outWidth, float *y, uint8_t *chosen) {
    for (ptrdiff_t v = 0; v < outHeight; v++)
        for (ptrdiff_t u = 0; u < outWidth; u++) {
            const float *corner = x + (v * width + u) * stride * channels;
            for (ptrdiff_t c = 0; c < channels; c++) y[c] = corner[c], chosen[c] = 0;
            for (ptrdiff_t place = 1; place < window * window; place++) {
                const float *from = corner + (place / window * width + place % window) * channels;
                for (ptrdiff_t c = 0; c < channels; c++) {
                    const int better = from[c] > y[c];
                    y[c] = better ? from[c] : y[c];
                    chosen[c] = better ? (uint8_t)place : chosen[c];
                }
            }
            y += channels;
            chosen += channels;
        }
}

static void VARIANT(max_pool_gradient)(const float *dy, const uint8_t *chosen, ptrdiff_t width, ptrdiff_t channels,
                                       ptrdiff_t window, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth,
                                       float *dx) {
    for (ptrdiff_t v = 0; v < outHeight; v++)
        for (ptrdiff_t u = 0; u < outWidth; u++) {
            float *corner = dx + (v * width + u) * stride * channels;
            for (ptrdiff_t place = 0; place < window * window; place++) {
                float *to = corner + (place / window * width + place % window) * channels;
                for (ptrdiff_t c = 0; c < channels; c++) to[c] += chosen[c] == place ? dy[c] : 0;
            }
            dy += channels;
            chosen += channels;
        }
}

static void VARIANT(dropout)(const float *x, float *y, ptrdiff_t count, uint32_t seed, uint32_t threshold,
                             float scale) {
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t h = (uint32_t)i * 0x9E3779B9u ^ seed;
        h = (h ^ (h >> 16)) * 0x7FEB352Du;
        h = (h ^ (h >> 15)) * 0x846CA68Bu;
        h ^= h >> 16;
        y[i] = h >= threshold ? x[i] * scale : 0;
    }
}

// MARK: Elementwise

// e^x by range reduction and the polynomial of Cephes' expf: 2 units in the last place.
INLINE vector VARIANT(exponential)(vector x) {
    x = select(x < 88.0f, x, fill(88.0f));
    x = select(x > -87.0f, x, fill(-87.0f));
    vector n = x * 1.44269504088896341f;
    n = (n + 12582912.0f) - 12582912.0f; // to the nearest whole number
    x = x - n * 0.693359375f + n * 2.12194440e-4f;
    vector p = fill(1.9875691500e-4f);
    p = p * x + 1.3981999507e-3f;
    p = p * x + 8.3334519073e-3f;
    p = p * x + 4.1665795894e-2f;
    p = p * x + 1.6666665459e-1f;
    p = p * x + 5.0000001201e-1f;
    p = p * x * x + x + 1.0f;
    const mask power = (__builtin_convertvector(n, mask) + 127) << 23;
    return p * (vector)power;
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

static void VARIANT(relu)(const float *x, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] > 0 ? x[i] : 0;
}

static void VARIANT(relu_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

static void VARIANT(sigmoid)(const float *x, float *y, ptrdiff_t count) {
#define INPUTS(LOAD) const vector v = LOAD(x + i);
    ELEMENTWISE(INPUTS, 1.0f / (1.0f + VARIANT(exponential)(-v)), y)
#undef INPUTS
}

static void VARIANT(sigmoid_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

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

// MARK: Optimizers

static void VARIANT(adam)(float *w, float *m, float *v, const float *g, ptrdiff_t count, float rate, float beta1,
                          float beta2, float epsilon) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        const vector gi = load(g + i);
        const vector mi = beta1 * load(m + i) + (1 - beta1) * gi;
        const vector vi = beta2 * load(v + i) + (1 - beta2) * gi * gi;
        store(m + i, mi);
        store(v + i, vi);
        store(w + i, load(w + i) - rate * mi / (__builtin_elementwise_sqrt(vi) + epsilon));
    }
    for (; i < count; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
        w[i] -= rate * m[i] / (__builtin_sqrtf(v[i]) + epsilon);
    }
}

static const kernel_table VARIANT(table) = {
    .panel = 2 * LANES,
    .product = VARIANT(product),
    .gradient_rows = VARIANT(gradient_rows),
    .max_pool = VARIANT(max_pool),
    .max_pool_gradient = VARIANT(max_pool_gradient),
    .dropout = VARIANT(dropout),
    .relu = VARIANT(relu),
    .relu_gradient = VARIANT(relu_gradient),
    .sigmoid = VARIANT(sigmoid),
    .sigmoid_gradient = VARIANT(sigmoid_gradient),
    .softmax = VARIANT(softmax),
    .add = VARIANT(add),
    .adam = VARIANT(adam),
};

#undef INLINE
#undef vector
#undef mask
#undef load
#undef store
#undef fill
#undef select
#undef ELEMENTWISE
