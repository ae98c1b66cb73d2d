// Convolution with fewer multiplications, for one instruction set; included by LayerBodies.h. Winograd's algorithm
// (Lavin and Gray 2016) with six points, 0, 1, -1, 2, -2 and infinity, along each side: a tile of 6 x 6 inputs gives
// m x m outputs of a kernel of r x r, m + r = 7. Here m is 4 (r 3) or 3 (r 4).

// A tile's side; a transformed tile has a plane for each of its places.
#define SIDE 6

// B^T d
INLINE void VARIANT(to_points)(vector *o, const vector a0, const vector a1, const vector a2, const vector a3,
                               const vector a4, const vector a5, const int step) {
    const vector s = a4 - 4 * a2, q = a3 - 4 * a1, u = a4 - a2, w = a3 - a1;
    o[0] = a4 - 5 * a2 + 4 * a0;
    o[step] = s + q;
    o[2 * step] = s - q;
    o[3 * step] = u + 2 * w;
    o[4 * step] = u - 2 * w;
    o[5 * step] = a5 - 5 * a3 + 4 * a1;
}

// A^T m
INLINE void VARIANT(from_points)(vector *y, const vector *m, const int step, const int outputs) {
    const vector s = m[step] + m[2 * step], d = m[step] - m[2 * step];
    const vector p = m[3 * step] + m[4 * step], q = m[3 * step] - m[4 * step];
    y[0] = m[0] + s + p;
    y[1] = d + 2 * q;
    y[2] = s + 4 * p;
    if (outputs == 4) y[3] = d + 8 * q + m[5 * step];
    else y[2] += m[5 * step];
}

// A y
INLINE void VARIANT(spread_points)(vector *o, const vector *y, const int step, const int outputs) {
    const vector e = y[0] + y[2], g = y[0] + 4 * y[2];
    const vector f = outputs == 4 ? y[1] + y[3] : y[1], h = outputs == 4 ? 2 * y[1] + 8 * y[3] : 2 * y[1];
    o[0] = y[0];
    o[step] = e + f;
    o[2 * step] = e - f;
    o[3 * step] = g + h;
    o[4 * step] = g - h;
    o[5 * step] = outputs == 4 ? y[3] : y[2];
}

// G w
INLINE void VARIANT(weight_to_points)(vector *o, const vector *w, const int step, const int taps) {
    const vector even = w[0] + w[2], odd = taps == 4 ? w[1] + w[3] : w[1];
    const vector even2 = w[0] + 4 * w[2], odd2 = taps == 4 ? 2 * w[1] + 8 * w[3] : 2 * w[1];
    o[0] = 0.25f * w[0];
    o[step] = (-1.0f / 6) * (even + odd);
    o[2 * step] = (-1.0f / 6) * (even - odd);
    o[3 * step] = (1.0f / 24) * (even2 + odd2);
    o[4 * step] = (1.0f / 24) * (even2 - odd2);
    o[5 * step] = w[taps - 1];
}

// G^T g
INLINE void VARIANT(weight_from_points)(vector *w, const vector *g, const int step, const int taps) {
    const vector s = (-1.0f / 6) * (g[step] + g[2 * step]), d = (-1.0f / 6) * (g[step] - g[2 * step]);
    const vector p = (1.0f / 24) * (g[3 * step] + g[4 * step]), q = (1.0f / 24) * (g[3 * step] - g[4 * step]);
    w[0] = 0.25f * g[0] + s + p;
    w[1] = d + 2 * q;
    w[2] = s + 4 * p;
    if (taps == 4) w[3] = d + 8 * q;
    w[taps - 1] += g[5 * step];
}

// The columns of some tiles side by side, transformed along the height; tiles that follow one another share some.
INLINE void VARIANT(input_columns)(const float *const *rows, const ptrdiff_t *steps, ptrdiff_t begin, ptrdiff_t end,
                                   vector *half) {
    for (ptrdiff_t j = begin; j < end; j++)
        VARIANT(to_points)(half + j * SIDE, load(rows[0] + j * steps[0]), load(rows[1] + j * steps[1]),
                           load(rows[2] + j * steps[2]), load(rows[3] + j * steps[3]), load(rows[4] + j * steps[4]),
                           load(rows[5] + j * steps[5]), 1);
}

static void VARIANT(winograd_input)(const akin_winograd_tiles *t, const float *x, float *v) {
    enum { group = 8 };
    _Alignas(4 * LANES) static const float nothing[LANES];
    const ptrdiff_t channels = t->channels, plane = t->plane;
    for (ptrdiff_t tile = 0; tile < t->rows * t->columns;) {
        const ptrdiff_t column = tile % t->columns;
        const ptrdiff_t count = t->columns - column < group ? t->columns - column : group;
        const ptrdiff_t top = t->top + tile / t->columns * t->outputs, left = t->left + column * t->outputs;
        // What lies outside of the image is zero.
        const ptrdiff_t width = (count - 1) * t->outputs + SIDE;
        ptrdiff_t begin = left < 0 ? -left : 0, end = t->width - left < width ? t->width - left : width;
        if (begin > width) begin = width;
        if (end < begin) end = begin;
        _Alignas(4 * LANES) vector half[(group * 4 + 2) * SIDE];
        for (ptrdiff_t j = 0; j < begin * SIDE; j++) half[j] = fill(0);
        for (ptrdiff_t j = end * SIDE; j < width * SIDE; j++) half[j] = fill(0);
        for (ptrdiff_t c = 0; c < channels; c += LANES) {
            const float *rows[SIDE];
            ptrdiff_t steps[SIDE];
            for (int i = 0; i < SIDE; i++) {
                const int inside = top + i >= 0 && top + i < t->height;
                rows[i] = inside ? x + ((top + i) * t->width + left) * channels + c : nothing;
                steps[i] = inside ? channels : 0;
            }
            VARIANT(input_columns)(rows, steps, begin, end, half);
            for (ptrdiff_t k = 0; k < count; k++) {
                const vector *h = half + k * t->outputs * SIDE;
                float *to = v + (tile + k) * channels + c;
#pragma clang loop unroll(full)
                for (int i = 0; i < SIDE; i++) {
                    vector o[SIDE];
                    VARIANT(to_points)(o, h[i], h[SIDE + i], h[2 * SIDE + i], h[3 * SIDE + i], h[4 * SIDE + i],
                                       h[5 * SIDE + i], 1);
#pragma clang loop unroll(full)
                    for (int j = 0; j < SIDE; j++) store(to + (i * SIDE + j) * plane, o[j]);
                }
            }
        }
        tile += count;
    }
}

INLINE void VARIANT(output_tiles)(const akin_winograd_tiles *t, const float *m, ptrdiff_t columns, const float *bias,
                                  int relu, float *y, const int outputs) {
    const ptrdiff_t plane = t->plane, channels = t->channels, row = t->width * channels;
    for (ptrdiff_t tile = 0; tile < t->rows * t->columns; tile++, m += columns) {
        const ptrdiff_t top = t->top + tile / t->columns * outputs, left = t->left + tile % t->columns * outputs;
        const ptrdiff_t height = t->height - top < outputs ? t->height - top : outputs;
        const ptrdiff_t width = t->width - left < outputs ? t->width - left : outputs;
        float *corner = y + top * row + left * channels;
        for (ptrdiff_t c = 0; c < columns; c += LANES) {
            vector half[4 * SIDE];
#pragma clang loop unroll(full)
            for (int i = 0; i < SIDE; i++) {
                vector in[SIDE], out[4];
#pragma clang loop unroll(full)
                for (int j = 0; j < SIDE; j++) in[j] = load(m + (i * SIDE + j) * plane + c);
                VARIANT(from_points)(out, in, 1, outputs);
#pragma clang loop unroll(full)
                for (int j = 0; j < outputs; j++) half[i * 4 + j] = out[j];
            }
            const vector first = bias ? load(bias + c) : fill(0);
            if (height == outputs && width == outputs) {
#pragma clang loop unroll(full)
                for (int j = 0; j < outputs; j++) {
                    vector out[4];
                    VARIANT(from_points)(out, half + j, 4, outputs);
#pragma clang loop unroll(full)
                    for (int i = 0; i < outputs; i++) {
                        store(corner + i * row + j * channels + c, rectified(out[i] + first, relu));
                    }
                }
            } else {
                for (int j = 0; j < width; j++) {
                    vector out[4];
                    VARIANT(from_points)(out, half + j, 4, outputs);
                    for (int i = 0; i < height; i++) {
                        store(corner + i * row + j * channels + c, rectified(out[i] + first, relu));
                    }
                }
            }
        }
    }
}

static void VARIANT(winograd_output)(const akin_winograd_tiles *t, const float *m, ptrdiff_t columns, const float *bias,
                                     int relu, float *y) {
    if (t->outputs == 4) VARIANT(output_tiles)(t, m, columns, bias, relu, y, 4);
    else VARIANT(output_tiles)(t, m, columns, bias, relu, y, 3);
}

INLINE void VARIANT(gradient_tiles)(const akin_winograd_tiles *t, float *dy, const float *y, float *v,
                                    float *biasGradient, const int outputs, const int relu) {
    const ptrdiff_t plane = t->plane, channels = t->channels, row = t->width * channels;
    for (ptrdiff_t tile = 0; tile < t->rows * t->columns; tile++, v += channels) {
        const ptrdiff_t top = t->top + tile / t->columns * outputs, left = t->left + tile % t->columns * outputs;
        const ptrdiff_t height = t->height - top < outputs ? t->height - top : outputs;
        const ptrdiff_t width = t->width - left < outputs ? t->width - left : outputs;
        const int whole = height == outputs && width == outputs;
        const ptrdiff_t corner = top * row + left * channels;
        for (ptrdiff_t c = 0; c < channels; c += LANES) {
            vector half[SIDE * 4], total = load(biasGradient + c);
#pragma clang loop unroll(full)
            for (int j = 0; j < outputs; j++) {
                vector in[4];
#pragma clang loop unroll(full)
                for (int i = 0; i < outputs; i++) {
                    in[i] = fill(0);
                    if (whole || (i < height && j < width)) {
                        const ptrdiff_t at = corner + i * row + j * channels + c;
                        in[i] = load(dy + at);
                        if (relu) {
                            in[i] = select(load(y + at) > 0, in[i], fill(0));
                            store(dy + at, in[i]);
                        }
                        total += in[i];
                    }
                }
                VARIANT(spread_points)(half + j, in, 4, outputs);
            }
            store(biasGradient + c, total);
#pragma clang loop unroll(full)
            for (int i = 0; i < SIDE; i++) {
                vector out[SIDE];
                VARIANT(spread_points)(out, half + i * 4, 1, outputs);
#pragma clang loop unroll(full)
                for (int j = 0; j < SIDE; j++) store(v + (i * SIDE + j) * plane + c, out[j]);
            }
        }
    }
}

static void VARIANT(winograd_gradient)(const akin_winograd_tiles *t, float *dy, const float *y, float *v,
                                       float *biasGradient) {
    if (t->outputs == 4 && y) VARIANT(gradient_tiles)(t, dy, y, v, biasGradient, 4, 1);
    else if (t->outputs == 4) VARIANT(gradient_tiles)(t, dy, y, v, biasGradient, 4, 0);
    else if (y) VARIANT(gradient_tiles)(t, dy, y, v, biasGradient, 3, 1);
    else VARIANT(gradient_tiles)(t, dy, y, v, biasGradient, 3, 0);
}

static void VARIANT(winograd_weight)(const float *w, ptrdiff_t row, ptrdiff_t column, int height, int width,
                                     int outputs, float *u, ptrdiff_t plane, ptrdiff_t count) {
    const int taps = 7 - outputs;
    for (ptrdiff_t c = 0; c < count; c += LANES) {
        vector half[SIDE * 4] = {}, out[SIDE];
        for (int j = 0; j < width; j++) {
            vector in[4] = {};
            for (int i = 0; i < height; i++) in[i] = load(w + i * row + j * column + c);
            if (taps == 3) VARIANT(weight_to_points)(half + j, in, 4, 3);
            else VARIANT(weight_to_points)(half + j, in, 4, 4);
        }
        for (int i = 0; i < SIDE; i++) {
            if (taps == 3) VARIANT(weight_to_points)(out, half + i * 4, 1, 3);
            else VARIANT(weight_to_points)(out, half + i * 4, 1, 4);
            for (int j = 0; j < SIDE; j++) store(u + (i * SIDE + j) * plane + c, out[j]);
        }
    }
}

static void VARIANT(winograd_weight_gradient)(const float *u, ptrdiff_t plane, int height, int width, int outputs,
                                              float *dw, ptrdiff_t row, ptrdiff_t column, ptrdiff_t count) {
    const int taps = 7 - outputs;
    for (ptrdiff_t c = 0; c < count; c += LANES) {
        vector half[SIDE * 4], out[4];
        for (int i = 0; i < SIDE; i++) {
            vector in[SIDE];
            for (int j = 0; j < SIDE; j++) in[j] = load(u + (i * SIDE + j) * plane + c);
            if (taps == 3) VARIANT(weight_from_points)(half + i * 4, in, 1, 3);
            else VARIANT(weight_from_points)(half + i * 4, in, 1, 4);
        }
        for (int j = 0; j < width; j++) {
            if (taps == 3) VARIANT(weight_from_points)(out, half + j, 4, 3);
            else VARIANT(weight_from_points)(out, half + j, 4, 4);
            for (int i = 0; i < height; i++) {
                float *to = dw + i * row + j * column + c;
                store(to, load(to) + out[i]);
            }
        }
    }
}

#undef SIDE
