// The inner loops that need SIMD instructions chosen at run time. Each is compiled for several instruction sets
// (KernelBodies.h, once for each in Kernels.c) and the best that the processor has is taken when first called.
// Every loop has a naive twin in the tests. All floats; all lengths in elements; nothing needs alignment.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CAkinKernelsDistances.h"

/// The instruction set in use: "avx512", "avx2" or "baseline".
const char *akin_kernels_name(void);

/// Takes the kernels of that name on this thread, for tests; where this processor lacks them, returns 0 and takes
/// the best.
int akin_kernels_use(const char *name);

/// How many columns a packed panel of the right operand of akin_product is wide.
int akin_panel_columns(void);

/// A matrix product whose operands may be views into larger arrays, so that a convolution needs no copies:
///
///     c[i][j] = first + sum over r < runs, k < length of
///               a[i * aRow + k * aStep + r * aRun] * b[j' + k * bStep + r * bRun],
///     j' = j % panel + (j / panel) * bPanel, panel = akin_panel_columns()
///
/// for i < rows, j < columns. One of aRow and aStep must be 1. `first` is c[i][j] itself if `accumulate`, else
/// bias[j], or 0 if bias is NULL. With `relu`, negative results become 0. b is read in whole vectors: up to
/// akin_panel_columns() floats from the last row's start have to be readable.
typedef struct {
    const float *a;
    ptrdiff_t aRow, aStep, aRun;
    const float *b;
    ptrdiff_t bStep, bRun, bPanel;
    float *c;
    ptrdiff_t cRow;
    const float *bias;
    int rows, columns, runs, length;
    int accumulate, relu;
} akin_product_arguments;

void akin_product(const akin_product_arguments *arguments);

/// Gradient at a convolution's output made ready: for each of `pixels`, g[p * gStep + c] = dy[p * channels + c],
/// or 0 where y is not positive (y may be NULL: no ReLU); the sums over the pixels are added to biasGradient.
void akin_gradient_rows(float *g, ptrdiff_t gStep, const float *dy, const float *y, ptrdiff_t pixels,
                        ptrdiff_t channels, float *biasGradient);

/// Max-pooling of one image, [height, width, channels] row-major: windows of window x window every `stride`.
/// `chosen` notes for each output value which place of its window won (the first of equals).
void akin_max_pool(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t window, ptrdiff_t stride,
                   ptrdiff_t outHeight, ptrdiff_t outWidth, float *y, uint8_t *chosen);
/// dx, zero before, receives dy at the places chosen.
void akin_max_pool_gradient(const float *dy, const uint8_t *chosen, ptrdiff_t width, ptrdiff_t channels,
                            ptrdiff_t window, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *dx);

/// y = x * scale where a hash of (seed, position) is at least `threshold` (of 2^32), else 0. x may be y.
void akin_dropout(const float *x, float *y, ptrdiff_t count, uint32_t seed, uint32_t threshold, float scale);

void akin_relu(const float *x, float *y, ptrdiff_t count);
void akin_relu_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
void akin_sigmoid(const float *x, float *y, ptrdiff_t count);
void akin_sigmoid_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
/// Softmax of one row.
void akin_softmax(const float *x, float *y, ptrdiff_t count);

/// sum += x
void akin_add(float *sum, const float *x, ptrdiff_t count);
/// One step of Adam (Kingma and Ba 2014, algorithm 1, with the bias corrections taken into `rate` and
/// `epsilon`): w -= rate * m / (sqrt(v) + epsilon).
void akin_adam(float *w, float *m, float *v, const float *g, ptrdiff_t count, float rate, float beta1, float beta2,
               float epsilon);
