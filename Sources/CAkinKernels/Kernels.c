#include "CAkinKernels.h"

#include <string.h>

typedef struct {
    int panel;
    void (*product)(const akin_product_arguments *);
    void (*gradient_rows)(float *, ptrdiff_t, const float *, const float *, ptrdiff_t, ptrdiff_t, float *);
    void (*max_pool)(const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, float *,
                     uint8_t *);
    void (*max_pool_gradient)(const float *, const uint8_t *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t,
                              ptrdiff_t, float *);
    void (*dropout)(const float *, float *, ptrdiff_t, uint32_t, uint32_t, float);
    void (*relu)(const float *, float *, ptrdiff_t);
    void (*relu_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*sigmoid)(const float *, float *, ptrdiff_t);
    void (*sigmoid_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*softmax)(const float *, float *, ptrdiff_t);
    void (*add)(float *, const float *, ptrdiff_t);
    void (*adam)(float *, float *, float *, const float *, ptrdiff_t, float, float, float, float);
} kernel_table;

#define LANES 4
#define TILE_ROWS 6
#define VARIANT(name) name##_baseline
#include "KernelBodies.h"
#undef LANES
#undef TILE_ROWS
#undef VARIANT

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#define LANES 8
#define TILE_ROWS 6
#define VARIANT(name) name##_avx2
#include "KernelBodies.h"
#undef LANES
#undef TILE_ROWS
#undef VARIANT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"))),               \
                             apply_to = function)
#define LANES 16
#define TILE_ROWS 14
#define VARIANT(name) name##_avx512
#include "KernelBodies.h"
#undef LANES
#undef TILE_ROWS
#undef VARIANT
#pragma clang attribute pop
#endif

static const kernel_table *best = &table_baseline;
static const char *bestName = "baseline";

static const kernel_table *find(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!strcmp(name, "avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &table_avx512;
    if (!strcmp(name, "avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
        return &table_avx2;
#endif
    return strcmp(name, "baseline") ? NULL : &table_baseline;
}

__attribute__((constructor)) static void choose(void) {
    static const char *const names[] = {"avx512", "avx2"};
    for (int i = 0; i < 2; i++)
        if (find(names[i])) {
            best = find(bestName = names[i]);
            return;
        }
}

// Tests run beside one another: what one of them asks for must not reach the others.
static _Thread_local const kernel_table *asked;
#define table (asked ? asked : best)

int akin_kernels_use(const char *name) { return (asked = find(name)) != NULL; }
const char *akin_kernels_name(void) { return bestName; }
int akin_panel_columns(void) { return table->panel; }

void akin_product(const akin_product_arguments *arguments) { table->product(arguments); }
void akin_gradient_rows(float *g, ptrdiff_t gStep, const float *dy, const float *y, ptrdiff_t pixels,
                        ptrdiff_t channels, float *biasGradient) {
    table->gradient_rows(g, gStep, dy, y, pixels, channels, biasGradient);
}
void akin_max_pool(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t window, ptrdiff_t stride,
                   ptrdiff_t outHeight, ptrdiff_t outWidth, float *y, uint8_t *chosen) {
    table->max_pool(x, width, channels, window, stride, outHeight, outWidth, y, chosen);
}
void akin_max_pool_gradient(const float *dy, const uint8_t *chosen, ptrdiff_t width, ptrdiff_t channels,
                            ptrdiff_t window, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *dx) {
    table->max_pool_gradient(dy, chosen, width, channels, window, stride, outHeight, outWidth, dx);
}
void akin_dropout(const float *x, float *y, ptrdiff_t count, uint32_t seed, uint32_t threshold, float scale) {
    table->dropout(x, y, count, seed, threshold, scale);
}
void akin_relu(const float *x, float *y, ptrdiff_t count) { table->relu(x, y, count); }
void akin_relu_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    table->relu_gradient(y, dy, dx, count);
}
void akin_sigmoid(const float *x, float *y, ptrdiff_t count) { table->sigmoid(x, y, count); }
void akin_sigmoid_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    table->sigmoid_gradient(y, dy, dx, count);
}
void akin_softmax(const float *x, float *y, ptrdiff_t count) { table->softmax(x, y, count); }
void akin_add(float *sum, const float *x, ptrdiff_t count) { table->add(sum, x, count); }
void akin_adam(float *w, float *m, float *v, const float *g, ptrdiff_t count, float rate, float beta1, float beta2,
               float epsilon) {
    table->adam(w, m, v, g, count, rate, beta1, beta2, epsilon);
}
