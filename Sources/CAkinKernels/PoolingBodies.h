// Pooling of one image, for one instruction set; included by LayerBodies.h, whose macros it uses.

typedef uint8_t VARIANT(bytes) __attribute__((vector_size(LANES), aligned(1), may_alias));
#define bytes VARIANT(bytes)

// Inlined with a constant window and stride where they are common, so that the loop over a window unrolls.
INLINE void VARIANT(max_pool_windows)(const float *x, ptrdiff_t width, ptrdiff_t channels, const ptrdiff_t window,
                                      const ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *y,
                                      uint8_t *chosen) {
    for (ptrdiff_t v = 0; v < outHeight; v++)
        for (ptrdiff_t u = 0; u < outWidth; u++) {
            const float *corner = x + (v * width + u) * stride * channels;
            ptrdiff_t c = 0;
            for (; c + LANES <= channels; c = following(c, channels)) {
                vector most = load(corner + c);
                mask first = {};
                for (int row = 0; row < window; row++)
                    for (int column = row == 0; column < window; column++) {
                        const vector value = load(corner + (row * width + column) * channels + c);
                        const mask better = value > most;
                        most = select(better, value, most);
                        first = (better & (int)(row * window + column)) | (~better & first);
                    }
                store(y + c, most);
                *(bytes *)(chosen + c) = __builtin_convertvector(first, bytes);
            }
            for (; c < channels; c++) {
                float most = corner[c];
                int first = 0;
                for (int row = 0; row < window; row++)
                    for (int column = row == 0; column < window; column++) {
                        const float value = corner[(row * width + column) * channels + c];
                        first = value > most ? row * window + column : first;
                        most = value > most ? value : most;
                    }
                y[c] = most;
                chosen[c] = (uint8_t)first;
            }
            y += channels;
            chosen += channels;
        }
}

static void VARIANT(max_pool)(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t window, ptrdiff_t stride,
                              ptrdiff_t outHeight, ptrdiff_t outWidth, float *y, uint8_t *chosen) {
    if (window == 2 && stride == 2) VARIANT(max_pool_windows)(x, width, channels, 2, 2, outHeight, outWidth, y, chosen);
    else VARIANT(max_pool_windows)(x, width, channels, window, stride, outHeight, outWidth, y, chosen);
}

INLINE void VARIANT(max_pool_gradient_windows)(const float *dy, const uint8_t *chosen, ptrdiff_t width,
                                               ptrdiff_t channels, const ptrdiff_t window, const ptrdiff_t stride,
                                               ptrdiff_t outHeight, ptrdiff_t outWidth, float *dx) {
    const int overlap = stride < window;
    for (ptrdiff_t v = 0; v < outHeight; v++)
        for (ptrdiff_t u = 0; u < outWidth; u++) {
            float *corner = dx + (v * width + u) * stride * channels;
            ptrdiff_t c = 0;
            for (; c + LANES <= channels; c = overlap ? c + LANES : following(c, channels)) {
                const vector d = load(dy + c);
                const mask first = __builtin_convertvector(*(const bytes *)(chosen + c), mask);
                for (int row = 0; row < window; row++)
                    for (int column = 0; column < window; column++) {
                        float *to = corner + (row * width + column) * channels + c;
                        const vector share = select(first == (int)(row * window + column), d, fill(0));
                        store(to, overlap ? load(to) + share : share);
                    }
            }
            for (; c < channels; c++)
                for (int row = 0; row < window; row++)
                    for (int column = 0; column < window; column++) {
                        float *to = corner + (row * width + column) * channels + c;
                        *to = (overlap ? *to : 0) + (chosen[c] == row * window + column ? dy[c] : 0);
                    }
            dy += channels;
            chosen += channels;
        }
}

static void VARIANT(max_pool_gradient)(const float *dy, const uint8_t *chosen, ptrdiff_t width, ptrdiff_t channels,
                                       ptrdiff_t window, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth,
                                       float *dx) {
    if (window == 2 && stride == 2)
        VARIANT(max_pool_gradient_windows)(dy, chosen, width, channels, 2, 2, outHeight, outWidth, dx);
    else VARIANT(max_pool_gradient_windows)(dy, chosen, width, channels, window, stride, outHeight, outWidth, dx);
}

static void VARIANT(average_pool)(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight,
                                  ptrdiff_t windowWidth, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth,
                                  float *y) {
    const float scale = 1.0f / (float)(windowHeight * windowWidth);
    for (ptrdiff_t v = 0; v < outHeight; v++)
        for (ptrdiff_t u = 0; u < outWidth; u++) {
            const float *corner = x + (v * width + u) * stride * channels;
            ptrdiff_t c = 0;
            for (; c + LANES <= channels; c = following(c, channels)) {
                vector sum = fill(0);
                for (ptrdiff_t row = 0; row < windowHeight; row++)
                    for (ptrdiff_t column = 0; column < windowWidth; column++)
                        sum += load(corner + (row * width + column) * channels + c);
                store(y + c, sum * scale);
            }
            for (; c < channels; c++) {
                float sum = 0;
                for (ptrdiff_t row = 0; row < windowHeight; row++)
                    for (ptrdiff_t column = 0; column < windowWidth; column++)
                        sum += corner[(row * width + column) * channels + c];
                y[c] = sum * scale;
            }
            y += channels;
        }
}

static void VARIANT(average_pool_gradient)(const float *dy, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight,
                                           ptrdiff_t windowWidth, ptrdiff_t stride, ptrdiff_t outHeight,
                                           ptrdiff_t outWidth, float *dx) {
    const float scale = 1.0f / (float)(windowHeight * windowWidth);
    for (ptrdiff_t v = 0; v < outHeight; v++)
        for (ptrdiff_t u = 0; u < outWidth; u++) {
            float *corner = dx + (v * width + u) * stride * channels;
            ptrdiff_t c = 0;
            for (; c + LANES <= channels; c += LANES) {
                const vector share = load(dy + c) * scale;
                for (ptrdiff_t row = 0; row < windowHeight; row++)
                    for (ptrdiff_t column = 0; column < windowWidth; column++) {
                        float *to = corner + (row * width + column) * channels + c;
                        store(to, load(to) + share);
                    }
            }
            for (; c < channels; c++)
                for (ptrdiff_t row = 0; row < windowHeight; row++)
                    for (ptrdiff_t column = 0; column < windowWidth; column++)
                        corner[(row * width + column) * channels + c] += dy[c] * scale;
            dy += channels;
        }
}

#undef bytes
