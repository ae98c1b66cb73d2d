// Batch normalisation, for one instruction set: part of LayerBodies.h.

// The gradient at an output that `relu` has cut off is 0.
INLINE vector VARIANT(behind)(vector d, vector y, int relu) {
    if (relu) d = select(y > 0, d, fill(0));
    return relu > 1 ? select(y < 6, d, fill(0)) : d;
}

INLINE float VARIANT(behind_one)(float d, float y, int relu) {
    return (relu && !(y > 0)) || (relu > 1 && !(y < 6)) ? 0 : d;
}

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
            store(y + p * channels + c, rectified(v, relu));
        }
    }
    for (; c < channels; c++)
        for (ptrdiff_t p = 0; p < places; p++) {
            const float v = (x[p * channels + c] - mean[c]) * scale[c] + shift[c];
            y[p * channels + c] = relu && !(v > 0) ? 0 : relu > 1 && !(v < 6) ? 6 : v;
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
                    const vector d = VARIANT(behind)(load(ds + (p + k) * channels + c), v * s + b, relu);
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
                const float d = VARIANT(behind_one)(ds[p * channels + c], v * scale[c] + shift[c], relu);
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
            const vector d = VARIANT(behind)(load(dy + p * channels + c), v * s + b, relu);
            store(dx + p * channels + c, s * (d - g - v * k));
        }
    }
    for (; c < channels; c++)
        for (ptrdiff_t p = 0; p < places; p++) {
            const float v = x[p * channels + c] - mean[c];
            const float d = VARIANT(behind_one)(dy[p * channels + c], v * scale[c] + shift[c], relu);
            dx[p * channels + c] = scale[c] * (d - meanGradient[c] - v * slope[c]);
        }
}

#undef BLOCK
