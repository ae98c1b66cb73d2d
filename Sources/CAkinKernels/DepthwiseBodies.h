// A row of a depthwise convolution, for one instruction set; included by LayerBodies.h, whose macros it uses. With
// sides and stride known the kernel's weights stay in registers; the other sizes read them again for each place.

enum { VARIANT(mostPlaces) = 25 };

INLINE void VARIANT(depthwise_places)(const float *const *rows, ptrdiff_t channels, const vector *weight, vector bias,
                                      ptrdiff_t u, int relu, float *y, const int side, const int stride,
                                      const int places) {
    vector sum[4];
#pragma clang loop unroll(full)
    for (int k = 0; k < places; k++) sum[k] = bias;
#pragma clang loop unroll(full)
    for (int i = 0; i < side; i++) {
        const float *x = rows[i] + u * stride * channels;
#pragma clang loop unroll(full)
        for (int j = 0; j < side; j++)
#pragma clang loop unroll(full)
            for (int k = 0; k < places; k++) sum[k] += weight[i * side + j] * load(x + (k * stride + j) * channels);
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < places; k++) store(y + (u + k) * channels, rectified(sum[k], relu));
}

INLINE void VARIANT(depthwise_square)(const akin_depthwise_row *row, const float *const *rows, const float *weight,
                                      const float *bias, int relu, float *y, const int side, const int stride) {
    const ptrdiff_t channels = row->channels;
    for (ptrdiff_t c = 0; c < channels; c = following(c, channels)) {
        vector w[VARIANT(mostPlaces)];
        const float *from[5];
#pragma clang loop unroll(full)
        for (int i = 0; i < side * side; i++) w[i] = load(weight + i * channels + c);
#pragma clang loop unroll(full)
        for (int i = 0; i < side; i++) from[i] = rows[i] + c;
        ptrdiff_t u = 0;
        for (; u + 4 <= row->outWidth; u += 4)
            VARIANT(depthwise_places)(from, channels, w, load(bias + c), u, relu, y + c, side, stride, 4);
        for (; u < row->outWidth; u++)
            VARIANT(depthwise_places)(from, channels, w, load(bias + c), u, relu, y + c, side, stride, 1);
    }
}

static void VARIANT(depthwise_any)(const akin_depthwise_row *row, const float *const *rows, const float *weight,
                                   const float *bias, int relu, float *y) {
    const ptrdiff_t channels = row->channels;
    for (ptrdiff_t u = 0; u < row->outWidth; u++, y += channels) {
        ptrdiff_t c = 0;
        for (; c + LANES <= channels; c = following(c, channels)) {
            vector sum = load(bias + c);
            for (ptrdiff_t i = 0; i < row->height; i++)
                for (ptrdiff_t j = 0; j < row->width; j++)
                    sum += load(weight + (i * row->width + j) * channels + c) *
                           load(rows[i] + (u * row->stride + j) * channels + c);
            store(y + c, rectified(sum, relu));
        }
        for (; c < channels; c++) {
            float sum = bias[c];
            for (ptrdiff_t i = 0; i < row->height; i++)
                for (ptrdiff_t j = 0; j < row->width; j++)
                    sum += weight[(i * row->width + j) * channels + c] * rows[i][(u * row->stride + j) * channels + c];
            if (relu && !(sum > 0)) sum = 0;
            y[c] = relu > 1 && !(sum < 6) ? 6 : sum;
        }
    }
}

// The sizes of small networks, for which FUNCTION(side, stride) returns; behind it stands what does any size.
#define DEPTHWISE_SIZES(FUNCTION)                                                                                      \
    if (row->channels >= LANES && row->height == row->width) {                                                         \
        if (row->width == 3 && row->stride == 1) FUNCTION(3, 1);                                                       \
        if (row->width == 3 && row->stride == 2) FUNCTION(3, 2);                                                       \
        if (row->width == 5 && row->stride == 1) FUNCTION(5, 1);                                                       \
        if (row->width == 5 && row->stride == 2) FUNCTION(5, 2);                                                       \
    }

static void VARIANT(depthwise)(const akin_depthwise_row *row, const float *const *rows, const float *weight,
                               const float *bias, int relu, float *y) {
#define SQUARE(side, stride) return VARIANT(depthwise_square)(row, rows, weight, bias, relu, y, side, stride)
    DEPTHWISE_SIZES(SQUARE)
#undef SQUARE
    VARIANT(depthwise_any)(row, rows, weight, bias, relu, y);
}

// One vector of channels; the sums are kept in registers over the row.
INLINE void VARIANT(depthwise_weights)(const float *const *rows, ptrdiff_t channels, ptrdiff_t c, ptrdiff_t outWidth,
                                       const float *dy, float *weightGradient, float *biasGradient, const int side,
                                       const int stride) {
    vector sum[VARIANT(mostPlaces)], total = load(biasGradient + c);
#pragma clang loop unroll(full)
    for (int i = 0; i < side * side; i++) sum[i] = load(weightGradient + i * channels + c);
    for (ptrdiff_t u = 0; u < outWidth; u++) {
        const vector d = load(dy + u * channels + c);
        total += d;
#pragma clang loop unroll(full)
        for (int i = 0; i < side; i++) {
            const float *x = rows[i] + u * stride * channels + c;
#pragma clang loop unroll(full)
            for (int j = 0; j < side; j++) sum[i * side + j] += d * load(x + j * channels);
        }
    }
    store(biasGradient + c, total);
#pragma clang loop unroll(full)
    for (int i = 0; i < side * side; i++) store(weightGradient + i * channels + c, sum[i]);
}

// The channels from `c` on, one at a time.
static void VARIANT(depthwise_weights_any)(const akin_depthwise_row *row, const float *const *rows, ptrdiff_t c,
                                           const float *dy, float *weightGradient, float *biasGradient) {
    const ptrdiff_t channels = row->channels;
    for (ptrdiff_t u = 0; u < row->outWidth; u++)
        for (ptrdiff_t d = c; d < channels; d++) biasGradient[d] += dy[u * channels + d];
    for (ptrdiff_t i = 0; i < row->height; i++)
        for (ptrdiff_t j = 0; j < row->width; j++) {
            float *sum = weightGradient + (i * row->width + j) * channels;
            for (ptrdiff_t u = 0; u < row->outWidth; u++) {
                const float *x = rows[i] + (u * row->stride + j) * channels;
                for (ptrdiff_t d = c; d < channels; d++) sum[d] += dy[u * channels + d] * x[d];
            }
        }
}

static void VARIANT(depthwise_weight_gradient)(const akin_depthwise_row *row, const float *const *rows, const float *dy,
                                               float *weightGradient, float *biasGradient) {
    ptrdiff_t c = 0;
#define SQUARE(side, stride)                                                                                           \
    for (; c + LANES <= row->channels; c += LANES)                                                                     \
    VARIANT(depthwise_weights)(rows, row->channels, c, row->outWidth, dy, weightGradient, biasGradient, side, stride)
    DEPTHWISE_SIZES(SQUARE)
#undef SQUARE
    VARIANT(depthwise_weights_any)(row, rows, c, dy, weightGradient, biasGradient);
}

// One vector of channels. What places of the output have in common of a row of the input travels along in registers
// until no later place adds to it.
INLINE void VARIANT(depthwise_inputs)(ptrdiff_t channels, ptrdiff_t c, ptrdiff_t outWidth, const float *dy,
                                      const float *weight, float *const *rows, const int side, const int stride) {
    vector w[VARIANT(mostPlaces)], sum[VARIANT(mostPlaces)];
#pragma clang loop unroll(full)
    for (int i = 0; i < side * side; i++) {
        w[i] = load(weight + i * channels + c);
        sum[i] = fill(0);
    }
    for (ptrdiff_t u = 0; u < outWidth; u++) {
        const vector d = load(dy + u * channels + c);
#pragma clang loop unroll(full)
        for (int i = 0; i < side; i++) {
            float *to = rows[i] + u * stride * channels + c;
#pragma clang loop unroll(full)
            for (int j = 0; j < side; j++) sum[i * side + j] += d * w[i * side + j];
#pragma clang loop unroll(full)
            for (int j = 0; j < stride; j++) store(to + j * channels, load(to + j * channels) + sum[i * side + j]);
#pragma clang loop unroll(full)
            for (int j = 0; j < side; j++) sum[i * side + j] = j + stride < side ? sum[i * side + j + stride] : fill(0);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < side; i++) {
        float *to = rows[i] + outWidth * stride * channels + c;
#pragma clang loop unroll(full)
        for (int j = 0; j < side - stride; j++) store(to + j * channels, load(to + j * channels) + sum[i * side + j]);
    }
}

// The channels from `c` on, one at a time.
static void VARIANT(depthwise_inputs_any)(const akin_depthwise_row *row, ptrdiff_t c, const float *dy,
                                          const float *weight, float *const *rows) {
    const ptrdiff_t channels = row->channels;
    for (ptrdiff_t i = 0; i < row->height; i++)
        for (ptrdiff_t u = 0; u < row->outWidth; u++)
            for (ptrdiff_t j = 0; j < row->width; j++) {
                float *to = rows[i] + (u * row->stride + j) * channels;
                const float *w = weight + (i * row->width + j) * channels;
                for (ptrdiff_t d = c; d < channels; d++) to[d] += dy[u * channels + d] * w[d];
            }
}

static void VARIANT(depthwise_input_gradient)(const akin_depthwise_row *row, const float *dy, const float *weight,
                                              float *const *rows) {
    ptrdiff_t c = 0;
#define SQUARE(side, stride)                                                                                           \
    for (; c + LANES <= row->channels; c += LANES)                                                                     \
    VARIANT(depthwise_inputs)(row->channels, c, row->outWidth, dy, weight, rows, side, stride)
    DEPTHWISE_SIZES(SQUARE)
#undef SQUARE
    VARIANT(depthwise_inputs_any)(row, c, dy, weight, rows);
}

#undef DEPTHWISE_SIZES
