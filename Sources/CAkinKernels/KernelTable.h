// The one list of all kernels, and what follows from it: a table of them for each instruction set.
//
// A new kernel is declared with its documentation in a header of include/, named in a list here, and written in one of
// the Bodies headers, which are compiled once for each instruction set; its naive twin goes into the tests.
#pragma once

#include "CAkinKernels.h"

// KERNEL(result, name, parameters, arguments) for akin_<name>, the arguments being the parameters' names. A family is
// what is compiled together: the layers of networks, distances of vectors, codes of bytes, codes of bfloat16.

#define AKIN_LAYER_KERNELS(KERNEL)                                                                                     \
    KERNEL(void, product, (const akin_product_arguments *arguments), (arguments))                                      \
    KERNEL(void, winograd_input, (const akin_winograd_tiles *tiles, const float *x, float *v), (tiles, x, v))          \
    KERNEL(                                                                                                            \
        void, winograd_output,                                                                                         \
        (const akin_winograd_tiles *tiles, const float *m, ptrdiff_t columns, const float *bias, int relu, float *y),  \
        (tiles, m, columns, bias, relu, y))                                                                            \
    KERNEL(void, winograd_gradient,                                                                                    \
           (const akin_winograd_tiles *tiles, float *dy, const float *y, float *v, float *biasGradient),               \
           (tiles, dy, y, v, biasGradient))                                                                            \
    KERNEL(void, winograd_weight,                                                                                      \
           (const float *w, ptrdiff_t row, ptrdiff_t column, int height, int width, int outputs, float *u,             \
            ptrdiff_t plane, ptrdiff_t count),                                                                         \
           (w, row, column, height, width, outputs, u, plane, count))                                                  \
    KERNEL(void, winograd_weight_gradient,                                                                             \
           (const float *u, ptrdiff_t plane, int height, int width, int outputs, float *dw, ptrdiff_t row,             \
            ptrdiff_t column, ptrdiff_t count),                                                                        \
           (u, plane, height, width, outputs, dw, row, column, count))                                                 \
    KERNEL(void, gradient_rows,                                                                                        \
           (float *g, ptrdiff_t gStep, const float *dy, const float *y, ptrdiff_t pixels, ptrdiff_t channels,          \
            float *biasGradient),                                                                                      \
           (g, gStep, dy, y, pixels, channels, biasGradient))                                                          \
    KERNEL(void, depthwise,                                                                                            \
           (const akin_depthwise_row *row, const float *const *rows, const float *weight, const float *bias, int relu, \
            float *y),                                                                                                 \
           (row, rows, weight, bias, relu, y))                                                                         \
    KERNEL(void, depthwise_weight_gradient,                                                                            \
           (const akin_depthwise_row *row, const float *const *rows, const float *dy, float *weightGradient,           \
            float *biasGradient),                                                                                      \
           (row, rows, dy, weightGradient, biasGradient))                                                              \
    KERNEL(void, depthwise_input_gradient,                                                                             \
           (const akin_depthwise_row *row, const float *dy, const float *weight, float *const *rows),                  \
           (row, dy, weight, rows))                                                                                    \
    KERNEL(void, max_pool,                                                                                             \
           (const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t window, ptrdiff_t stride,                   \
            ptrdiff_t outHeight, ptrdiff_t outWidth, float *y, uint8_t *chosen),                                       \
           (x, width, channels, window, stride, outHeight, outWidth, y, chosen))                                       \
    KERNEL(void, max_pool_gradient,                                                                                    \
           (const float *dy, const uint8_t *chosen, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t window,             \
            ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *dx),                                     \
           (dy, chosen, width, channels, window, stride, outHeight, outWidth, dx))                                     \
    KERNEL(void, average_pool,                                                                                         \
           (const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight, ptrdiff_t windowWidth,        \
            ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *y),                                      \
           (x, width, channels, windowHeight, windowWidth, stride, outHeight, outWidth, y))                            \
    KERNEL(void, average_pool_gradient,                                                                                \
           (const float *dy, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight, ptrdiff_t windowWidth,       \
            ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *dx),                                     \
           (dy, width, channels, windowHeight, windowWidth, stride, outHeight, outWidth, dx))                          \
    KERNEL(void, dropout, (const float *x, float *y, ptrdiff_t count, uint32_t seed, uint32_t threshold, float scale), \
           (x, y, count, seed, threshold, scale))                                                                      \
    KERNEL(void, relu, (const float *x, float *y, ptrdiff_t count), (x, y, count))                                     \
    KERNEL(void, relu_gradient, (const float *y, const float *dy, float *dx, ptrdiff_t count), (y, dy, dx, count))     \
    KERNEL(void, relu6, (const float *x, float *y, ptrdiff_t count), (x, y, count))                                    \
    KERNEL(void, relu6_gradient, (const float *y, const float *dy, float *dx, ptrdiff_t count), (y, dy, dx, count))    \
    KERNEL(void, sigmoid, (const float *x, float *y, ptrdiff_t count), (x, y, count))                                  \
    KERNEL(void, sigmoid_gradient, (const float *y, const float *dy, float *dx, ptrdiff_t count), (y, dy, dx, count))  \
    KERNEL(void, leaky_relu, (const float *x, float *y, ptrdiff_t count), (x, y, count))                               \
    KERNEL(void, leaky_relu_gradient, (const float *y, const float *dy, float *dx, ptrdiff_t count),                   \
           (y, dy, dx, count))                                                                                         \
    KERNEL(void, selu, (const float *x, float *y, ptrdiff_t count), (x, y, count))                                     \
    KERNEL(void, selu_gradient, (const float *y, const float *dy, float *dx, ptrdiff_t count), (y, dy, dx, count))     \
    KERNEL(void, gelu, (const float *x, float *y, ptrdiff_t count), (x, y, count))                                     \
    KERNEL(void, gelu_gradient, (const float *x, const float *dy, float *dx, ptrdiff_t count), (x, dy, dx, count))     \
    KERNEL(void, tanh, (const float *x, float *y, ptrdiff_t count), (x, y, count))                                     \
    KERNEL(void, tanh_gradient, (const float *y, const float *dy, float *dx, ptrdiff_t count), (y, dy, dx, count))     \
    KERNEL(void, hard_sigmoid, (const float *x, float *y, ptrdiff_t count), (x, y, count))                             \
    KERNEL(void, hard_sigmoid_gradient, (const float *y, const float *dy, float *dx, ptrdiff_t count),                 \
           (y, dy, dx, count))                                                                                         \
    KERNEL(void, hard_swish, (const float *x, float *y, ptrdiff_t count), (x, y, count))                               \
    KERNEL(void, hard_swish_gradient, (const float *x, const float *dy, float *dx, ptrdiff_t count),                   \
           (x, dy, dx, count))                                                                                         \
    KERNEL(void, softmax, (const float *x, float *y, ptrdiff_t count), (x, y, count))                                  \
    KERNEL(void, sum, (const float *a, const float *b, float *y, ptrdiff_t count, int relu), (a, b, y, count, relu))   \
    KERNEL(void, moments,                                                                                              \
           (const float *x, ptrdiff_t places, ptrdiff_t channels, double before, double *mean, double *squares),       \
           (x, places, channels, before, mean, squares))                                                               \
    KERNEL(void, normalize,                                                                                            \
           (const float *x, ptrdiff_t places, ptrdiff_t channels, const float *mean, const float *scale,               \
            const float *shift, int relu, float *y),                                                                   \
           (x, places, channels, mean, scale, shift, relu, y))                                                         \
    KERNEL(void, normalize_sums,                                                                                       \
           (const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels, const float *mean,                  \
            const float *scale, const float *shift, int relu, double *sums, double *products),                         \
           (x, dy, places, channels, mean, scale, shift, relu, sums, products))                                        \
    KERNEL(void, normalize_gradient,                                                                                   \
           (const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels, const float *mean,                  \
            const float *scale, const float *shift, const float *meanGradient, const float *slope, int relu,           \
            float *dx),                                                                                                \
           (x, dy, places, channels, mean, scale, shift, meanGradient, slope, relu, dx))                               \
    KERNEL(void, add, (float *sum, const float *x, ptrdiff_t count), (sum, x, count))                                  \
    KERNEL(float, penalty, (const float *w, float *g, ptrdiff_t count, float l1, float l2), (w, g, count, l1, l2))     \
    KERNEL(double, squared_norm, (const float *x, ptrdiff_t count), (x, count))

// Layer kernels, too, but called with subnormal numbers off.
#define AKIN_OPTIMIZER_KERNELS(KERNEL)                                                                                 \
    KERNEL(void, sgd,                                                                                                  \
           (float *w, float *velocity, const float *g, ptrdiff_t count, float scale, float rate, float momentum,       \
            int nesterov),                                                                                             \
           (w, velocity, g, count, scale, rate, momentum, nesterov))                                                   \
    KERNEL(void, rmsprop,                                                                                              \
           (float *w, float *v, const float *g, ptrdiff_t count, float scale, float rate, float rho, float epsilon),   \
           (w, v, g, count, scale, rate, rho, epsilon))                                                                \
    KERNEL(void, adadelta,                                                                                             \
           (float *w, float *v, float *u, const float *g, ptrdiff_t count, float scale, float rate, float rho,         \
            float epsilon),                                                                                            \
           (w, v, u, g, count, scale, rate, rho, epsilon))                                                             \
    KERNEL(void, adam,                                                                                                 \
           (float *w, float *m, float *v, const float *g, ptrdiff_t count, const akin_adam_arguments *arguments),      \
           (w, m, v, g, count, arguments))

#define AKIN_DISTANCE_KERNELS(KERNEL)                                                                                  \
    KERNEL(void, squared_l2, (const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out),   \
           (x, rows, stride, count, n, out))                                                                           \
    KERNEL(void, l1, (const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out),           \
           (x, rows, stride, count, n, out))                                                                           \
    KERNEL(                                                                                                            \
        void, weighted_l1,                                                                                             \
        (const float *x, const float *rows, const float *weights, size_t stride, size_t count, size_t n, float *out),  \
        (x, rows, weights, stride, count, n, out))                                                                     \
    KERNEL(void, dot, (const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out),          \
           (x, rows, stride, count, n, out))                                                                           \
    KERNEL(size_t, next_not_below,                                                                                     \
           (const float *values, const float *weights, float offset, float scale, size_t from, size_t count),          \
           (values, weights, offset, scale, from, count))                                                              \
    KERNEL(size_t, next_below, (const float *values, float bound, size_t from, size_t count),                          \
           (values, bound, from, count))                                                                               \
    KERNEL(size_t, next_below_of_classes,                                                                              \
           (const float *values, const int32_t *classes, int32_t own, float ownBound, float otherBound, size_t from,   \
            size_t count),                                                                                             \
           (values, classes, own, ownBound, otherBound, from, count))                                                  \
    KERNEL(size_t, squared_l2_of_products,                                                                             \
           (float *products, float norm, const float *norms, size_t from, size_t count),                               \
           (products, norm, norms, from, count))                                                                       \
    KERNEL(size_t, cosine_of_products,                                                                                 \
           (float *products, float inverse, const float *inverses, size_t from, size_t count),                         \
           (products, inverse, inverses, from, count))

#define AKIN_CODE_KERNELS(KERNEL)                                                                                      \
    KERNEL(void, code_products,                                                                                        \
           (const akin_code_rows *rows, const int8_t *query, const uint32_t *numbers, size_t count, int32_t *out),     \
           (rows, query, numbers, count, out))                                                                         \
    KERNEL(void, code_differences,                                                                                     \
           (const akin_code_rows *rows, const uint8_t *query, const uint32_t *numbers, size_t count, int32_t *out),    \
           (rows, query, numbers, count, out))                                                                         \
    KERNEL(void, code_products_of_run,                                                                                 \
           (const uint8_t *rows, const int32_t *norms, size_t stride, size_t count, const int8_t *queries,             \
            size_t queryCount, int32_t *out),                                                                          \
           (rows, norms, stride, count, queries, queryCount, out))                                                     \
    KERNEL(void, code_differences_of_run,                                                                              \
           (const uint8_t *rows, size_t stride, size_t count, const uint8_t *query, int32_t *out),                     \
           (rows, stride, count, query, out))                                                                          \
    KERNEL(size_t, next_within, (const int32_t *values, int32_t bound, size_t from, size_t count),                     \
           (values, bound, from, count))                                                                               \
    KERNEL(int32_t, encode,                                                                                            \
           (const float *x, float scale, const float *offsets, float step, size_t n, int squared, uint8_t *codes,      \
            double *missed),                                                                                           \
           (x, scale, offsets, step, n, squared, codes, missed))                                                       \
    KERNEL(int32_t, signed_codes, (const uint8_t *codes, size_t n, int8_t *out), (codes, n, out))

#define AKIN_BF16_KERNELS(KERNEL)                                                                                      \
    KERNEL(void, bf16_products,                                                                                        \
           (const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count, int32_t *out),   \
           (rows, query, numbers, count, out))                                                                         \
    KERNEL(void, bf16_squares,                                                                                         \
           (const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count, int32_t *out),   \
           (rows, query, numbers, count, out))                                                                         \
    KERNEL(void, bf16_differences,                                                                                     \
           (const akin_code_rows *rows, const uint16_t *query, const uint32_t *numbers, size_t count, int32_t *out),   \
           (rows, query, numbers, count, out))                                                                         \
    KERNEL(                                                                                                            \
        void, bf16_encode,                                                                                             \
        (const float *x, float scale, const float *offsets, size_t n, int squared, uint16_t *codes, double *missed),   \
        (x, scale, offsets, n, squared, codes, missed))

#define AKIN_KERNEL_MEMBER(result, name, parameters, arguments) result(*name) parameters;

typedef struct {
    /// See akin_panel_columns.
    int panel;
    AKIN_LAYER_KERNELS(AKIN_KERNEL_MEMBER)
    AKIN_OPTIMIZER_KERNELS(AKIN_KERNEL_MEMBER)
} akin_layer_kernels;

typedef struct {
    AKIN_DISTANCE_KERNELS(AKIN_KERNEL_MEMBER)
} akin_distance_kernels;

typedef struct {
    AKIN_CODE_KERNELS(AKIN_KERNEL_MEMBER)
} akin_code_kernels;

typedef struct {
    AKIN_BF16_KERNELS(AKIN_KERNEL_MEMBER)
} akin_bf16_kernels;

// Where the Bodies are compiled, VARIANT(name) is the name with the instruction set's suffix.
#define AKIN_KERNEL_ENTRY(result, name, parameters, arguments) .name = VARIANT(name),

// On arm64 the baseline has NEON, which the compiler makes of vectors of four.
extern const akin_layer_kernels akin_layers_baseline;
extern const akin_distance_kernels akin_distances_baseline;
extern const akin_code_kernels akin_codes_baseline;
extern const akin_bf16_kernels akin_bf16_baseline;
#if defined(__x86_64__)
extern const akin_layer_kernels akin_layers_avx2, akin_layers_avx512;
extern const akin_distance_kernels akin_distances_avx2, akin_distances_avx512;
extern const akin_code_kernels akin_codes_avx2, akin_codes_vnni;
extern const akin_bf16_kernels akin_bf16_avx2, akin_bf16_avx512, akin_bf16_native;
#elif defined(__aarch64__)
extern const akin_code_kernels akin_codes_dotprod;
#endif
