// The inner loops that need SIMD instructions chosen at run time. Each is compiled for several instruction sets, and
// the best that the processor has is taken when the program is loaded (KernelTable.h names all of them). Every loop has
// a naive twin in the tests. Those of this header: all floats; all lengths in elements; nothing needs alignment.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CAkinKernelsCodes.h"
#include "CAkinKernelsDistances.h"

/// The instruction set in use: "avx512", "avx2" or "baseline"; on arm64 "neon-dotprod" or "neon".
const char *akin_kernels_name(void);

/// Takes the kernels of that name on this thread, for tests; where this processor lacks them, returns 0 and takes
/// the best, with "avx512-bf16" where it is there.
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
/// bias[j], or 0 if bias is NULL. With `relu`, negative results become 0, with 2 those above 6 also become 6. b is read
/// in whole vectors: up to akin_panel_columns() floats from the last row's start have to be readable.
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

/// Winograd's algorithm (Lavin and Gray 2016): an image, [height, width, channels], cut into tiles, `rows` times
/// `columns` of them, the first at (top, left), each `outputs` pixels after the one before. A transformed tile has 36
/// planes of one float a channel; value k of tile t lies at k * plane + t * channels of the transform. What a tile has
/// outside of the image is zero where it is read and not written where it is written. The number of channels is a
/// multiple of 16. A tile gives outputs x outputs values of a kernel of 7 - outputs; outputs is 3 or 4.
typedef struct {
    ptrdiff_t height, width, channels;
    ptrdiff_t top, left;
    ptrdiff_t rows, columns;
    ptrdiff_t outputs, plane;
} akin_winograd_tiles;

/// Transforms the tiles of an input image, 6 x 6 each.
void akin_winograd_input(const akin_winograd_tiles *tiles, const float *x, float *v);
/// From sums of transformed products, `columns` channels of them, these channels of the output image: the caller adds
/// the first one's number to `bias` (may be NULL) and `y`. `relu` as for akin_product.
void akin_winograd_output(const akin_winograd_tiles *tiles, const float *m, ptrdiff_t columns, const float *bias,
                          int relu, float *y);
/// Makes the gradient at the output ready, as akin_gradient_rows does, where it lies, and transforms its tiles, outputs
/// x outputs each, for the weights' gradient.
void akin_winograd_gradient(const akin_winograd_tiles *tiles, float *dy, const float *y, float *v, float *biasGradient);
/// Transforms height x width places of a kernel, at most 7 - outputs each way, for `count` channels (a multiple of 16)
/// that lie side by side: w[i * row + j * column + c] into u[k * plane + c].
void akin_winograd_weight(const float *w, ptrdiff_t row, ptrdiff_t column, int height, int width, int outputs, float *u,
                          ptrdiff_t plane, ptrdiff_t count);
/// Adds to the gradient of such places what belongs to the gradient of their transform.
void akin_winograd_weight_gradient(const float *u, ptrdiff_t plane, int height, int width, int outputs, float *dw,
                                   ptrdiff_t row, ptrdiff_t column, ptrdiff_t count);

/// Gradient at a convolution's output made ready: for each of `pixels`, g[p * gStep + c] = dy[p * channels + c],
/// or 0 where y is not positive (y may be NULL: no ReLU); the sums over the pixels are added to biasGradient. g may be
/// dy, with gStep = channels.
void akin_gradient_rows(float *g, ptrdiff_t gStep, const float *dy, const float *y, ptrdiff_t pixels,
                        ptrdiff_t channels, float *biasGradient);

/// A row of a depthwise convolution: kernels of height x width places, `stride` places apart, that give outWidth values
/// of each channel.
typedef struct {
    ptrdiff_t channels;
    ptrdiff_t height, width;
    ptrdiff_t stride;
    ptrdiff_t outWidth;
} akin_depthwise_row;

/// From the `height` rows of the padded image that lie under the kernels:
///
///     y[u][c] = bias[c] + sum over i, j of rows[i][u * stride + j][c] * weight[i][j][c]
///
/// `relu` as for akin_product.
void akin_depthwise(const akin_depthwise_row *row, const float *const *rows, const float *weight, const float *bias,
                    int relu, float *y);
/// weightGradient[i][j][c] += sum over u of dy[u][c] * rows[i][u * stride + j][c]; biasGradient += the sum of dy.
void akin_depthwise_weight_gradient(const akin_depthwise_row *row, const float *const *rows, const float *dy,
                                    float *weightGradient, float *biasGradient);
/// rows[i][u * stride + j][c] += dy[u][c] * weight[i][j][c]
void akin_depthwise_input_gradient(const akin_depthwise_row *row, const float *dy, const float *weight,
                                   float *const *rows);

/// Max-pooling of one image, [height, width, channels] row-major: windows of window x window every `stride`.
/// `chosen` notes for each output value which place of its window won (the first of equals).
void akin_max_pool(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t window, ptrdiff_t stride,
                   ptrdiff_t outHeight, ptrdiff_t outWidth, float *y, uint8_t *chosen);
/// dx receives dy at the places chosen: by addition where windows overlap (stride < window), so that it has to be
/// zero before, and else only in the places that a window covers.
void akin_max_pool_gradient(const float *dy, const uint8_t *chosen, ptrdiff_t width, ptrdiff_t channels,
                            ptrdiff_t window, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *dx);

/// Average pooling, likewise: the means of windows of windowHeight x windowWidth every `stride`.
void akin_average_pool(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight,
                       ptrdiff_t windowWidth, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *y);
/// To dx, zero before, is added each mean's share of dy.
void akin_average_pool_gradient(const float *dy, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight,
                                ptrdiff_t windowWidth, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth,
                                float *dx);

/// y = x * scale where a hash of (seed, position) is at least `threshold` (of 2^32), else 0. x may be y.
void akin_dropout(const float *x, float *y, ptrdiff_t count, uint32_t seed, uint32_t threshold, float scale);

void akin_relu(const float *x, float *y, ptrdiff_t count);
void akin_relu_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
/// At most 6, too (Howard et al. 2017).
void akin_relu6(const float *x, float *y, ptrdiff_t count);
void akin_relu6_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
void akin_sigmoid(const float *x, float *y, ptrdiff_t count);
void akin_sigmoid_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
/// 0.01 x where x is negative.
void akin_leaky_relu(const float *x, float *y, ptrdiff_t count);
void akin_leaky_relu_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
/// scale * x where x is positive, else scale * alpha * (e^x - 1) (Klambauer et al. 2017).
void akin_selu(const float *x, float *y, ptrdiff_t count);
void akin_selu_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
/// x times the normal distribution's function at x, to 2e-7 of x (Hendrycks and Gimpel 2016).
void akin_gelu(const float *x, float *y, ptrdiff_t count);
/// From x, not from y as most: two x may give the same y.
void akin_gelu_gradient(const float *x, const float *dy, float *dx, ptrdiff_t count);
void akin_tanh(const float *x, float *y, ptrdiff_t count);
void akin_tanh_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
/// relu6(x + 3) / 6 (Howard et al. 2019, section 5.2).
void akin_hard_sigmoid(const float *x, float *y, ptrdiff_t count);
void akin_hard_sigmoid_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count);
/// x * relu6(x + 3) / 6 (Howard et al. 2019, section 5.2).
void akin_hard_swish(const float *x, float *y, ptrdiff_t count);
/// From x, too.
void akin_hard_swish_gradient(const float *x, const float *dy, float *dx, ptrdiff_t count);
/// Softmax of one row.
void akin_softmax(const float *x, float *y, ptrdiff_t count);

/// y = a + b; with `relu`, negative sums become 0.
void akin_sum(const float *a, const float *b, float *y, ptrdiff_t count, int relu);

/// Takes `places` rows of `channels` values into each channel's mean and sum of squared deviations from it, which are
/// those of `before` values so far (Chan, Golub and LeVeque 1979).
void akin_moments(const float *x, ptrdiff_t places, ptrdiff_t channels, double before, double *mean, double *squares);
/// y = (x - mean) * scale + shift, channel by channel; `relu` as for akin_product.
void akin_normalize(const float *x, ptrdiff_t places, ptrdiff_t channels, const float *mean, const float *scale,
                    const float *shift, int relu, float *y);
/// With dy at the output of akin_normalize, 0 where its ReLU made it 0 or 6: sums += dy, products += dy * (x - mean).
void akin_normalize_sums(const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels, const float *mean,
                         const float *scale, const float *shift, int relu, double *sums, double *products);
/// dx = scale * (dy - meanGradient - (x - mean) * slope), with dy as above.
void akin_normalize_gradient(const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels, const float *mean,
                             const float *scale, const float *shift, const float *meanGradient, const float *slope,
                             int relu, float *dx);

/// sum += x
void akin_add(float *sum, const float *x, ptrdiff_t count);
/// l1 * sum |w| + l2 * sum w^2; its gradient is added to g.
float akin_penalty(const float *w, float *g, ptrdiff_t count, float l1, float l2);

/// The sum of x^2.
double akin_squared_norm(const float *x, ptrdiff_t count);

// One step of an optimizer, in one pass: `g` is first multiplied by `scale`. What would be subnormal becomes zero.

/// velocity = momentum * velocity - rate * g; w += velocity, with `nesterov` w += momentum * velocity - rate * g.
/// velocity may be NULL: w -= rate * g.
void akin_sgd(float *w, float *velocity, const float *g, ptrdiff_t count, float scale, float rate, float momentum,
              int nesterov);
/// v = rho * v + (1 - rho) * g^2; w -= rate * g / (sqrt(v) + epsilon)
void akin_rmsprop(float *w, float *v, const float *g, ptrdiff_t count, float scale, float rate, float rho,
                  float epsilon);
/// v = rho * v + (1 - rho) * g^2; d = g * sqrt((u + epsilon) / (v + epsilon)); u = rho * u + (1 - rho) * d^2;
/// w -= rate * d
void akin_adadelta(float *w, float *v, float *u, const float *g, ptrdiff_t count, float scale, float rate, float rho,
                   float epsilon);

/// Adam and its kin, with the bias corrections taken into the rates and `epsilon` (Kingma and Ba 2014, section 2, end):
///
///     m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2
///     w -= decay * w + (momentRate * m + gradientRate * g) / (sqrt(v) + epsilon)
typedef struct {
    float scale, beta1, beta2, momentRate, gradientRate, epsilon, decay;
} akin_adam_arguments;

void akin_adam(float *w, float *m, float *v, const float *g, ptrdiff_t count, const akin_adam_arguments *arguments);
