#include "CAkinKernels.h"
#include "Widest.h"

#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#if defined(__aarch64__)
// Every processor of Apple's has it.
int akin_has_dotprod = 1;
#endif

typedef struct {
    int panel;
    void (*product)(const akin_product_arguments *);
    void (*winograd_input)(const akin_winograd_tiles *, const float *, float *);
    void (*winograd_output)(const akin_winograd_tiles *, const float *, ptrdiff_t, const float *, int, float *);
    void (*winograd_gradient)(const akin_winograd_tiles *, float *, const float *, float *, float *);
    void (*winograd_weight)(const float *, ptrdiff_t, ptrdiff_t, int, int, int, float *, ptrdiff_t, ptrdiff_t);
    void (*winograd_weight_gradient)(const float *, ptrdiff_t, int, int, int, float *, ptrdiff_t, ptrdiff_t, ptrdiff_t);
    void (*gradient_rows)(float *, ptrdiff_t, const float *, const float *, ptrdiff_t, ptrdiff_t, float *);
    void (*max_pool)(const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, float *,
                     uint8_t *);
    void (*max_pool_gradient)(const float *, const uint8_t *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t,
                              ptrdiff_t, float *);
    void (*average_pool)(const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t,
                         float *);
    void (*average_pool_gradient)(const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t,
                                  ptrdiff_t, float *);
    void (*dropout)(const float *, float *, ptrdiff_t, uint32_t, uint32_t, float);
    void (*relu)(const float *, float *, ptrdiff_t);
    void (*relu_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*sigmoid)(const float *, float *, ptrdiff_t);
    void (*sigmoid_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*leaky_relu)(const float *, float *, ptrdiff_t);
    void (*leaky_relu_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*selu)(const float *, float *, ptrdiff_t);
    void (*selu_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*gelu)(const float *, float *, ptrdiff_t);
    void (*gelu_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*tanh)(const float *, float *, ptrdiff_t);
    void (*tanh_gradient)(const float *, const float *, float *, ptrdiff_t);
    void (*softmax)(const float *, float *, ptrdiff_t);
    void (*sum)(const float *, const float *, float *, ptrdiff_t, int);
    void (*moments)(const float *, ptrdiff_t, ptrdiff_t, double, double *, double *);
    void (*normalize)(const float *, ptrdiff_t, ptrdiff_t, const float *, const float *, const float *, int, float *);
    void (*normalize_sums)(const float *, const float *, ptrdiff_t, ptrdiff_t, const float *, const float *,
                           const float *, int, double *, double *);
    void (*normalize_gradient)(const float *, const float *, ptrdiff_t, ptrdiff_t, const float *, const float *,
                               const float *, const float *, const float *, int, float *);
    void (*add)(float *, const float *, ptrdiff_t);
    float (*penalty)(const float *, float *, ptrdiff_t, float, float);
    double (*squared_norm)(const float *, ptrdiff_t);
    void (*sgd)(float *, float *, const float *, ptrdiff_t, float, float, float, int);
    void (*rmsprop)(float *, float *, const float *, ptrdiff_t, float, float, float, float);
    void (*adadelta)(float *, float *, float *, const float *, ptrdiff_t, float, float, float, float);
    void (*adam)(float *, float *, float *, const float *, ptrdiff_t, const akin_adam_arguments *);
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

// On arm64 the compiler makes NEON of the vectors of four.
#if defined(__aarch64__)
#define BASELINE "neon"
#else
#define BASELINE "baseline"
#endif

static const kernel_table *best = &table_baseline;
static const char *bestName = BASELINE;

static const kernel_table *find(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const int isAVX512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (isAVX512 && (!strcmp(name, "avx512") ||
                     (!strcmp(name, "avx512-bf16") && __builtin_cpu_supports("avx512bf16"))))
        return &table_avx512;
    if (!strcmp(name, "avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
        return &table_avx2;
#elif defined(__aarch64__)
    if (akin_has_dotprod && !strcmp(name, "neon-dotprod")) return &table_baseline;
#endif
    return strcmp(name, BASELINE) ? NULL : &table_baseline;
}

__attribute__((constructor)) static void choose(void) {
#if defined(__aarch64__) && defined(__linux__)
    akin_has_dotprod = (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#endif
    static const char *const names[] = {"avx512", "avx2", "neon-dotprod"};
    for (int i = 0; i < 3; i++)
        if (find(names[i])) {
            best = find(bestName = names[i]);
            return;
        }
}

// Tests run beside one another: what one of them asks for must not reach the others.
static _Thread_local const kernel_table *asked;
#define table (asked ? asked : best)

_Thread_local int akin_widest = 3;

int akin_kernels_use(const char *name) {
    asked = find(name);
    akin_widest = !asked || !strcmp(name, "avx512-bf16") ? 3
                  : !strcmp(name, "avx512") || !strcmp(name, "neon-dotprod") ? 2
                  : !strcmp(name, "avx2") ? 1 : 0;
    return asked != NULL;
}
const char *akin_kernels_name(void) { return bestName; }
int akin_panel_columns(void) { return table->panel; }

void akin_product(const akin_product_arguments *arguments) { table->product(arguments); }
void akin_winograd_input(const akin_winograd_tiles *tiles, const float *x, float *v) {
    table->winograd_input(tiles, x, v);
}
void akin_winograd_output(const akin_winograd_tiles *tiles, const float *m, ptrdiff_t columns, const float *bias,
                          int relu, float *y) {
    table->winograd_output(tiles, m, columns, bias, relu, y);
}
void akin_winograd_gradient(const akin_winograd_tiles *tiles, float *dy, const float *y, float *v,
                            float *biasGradient) {
    table->winograd_gradient(tiles, dy, y, v, biasGradient);
}
void akin_winograd_weight(const float *w, ptrdiff_t row, ptrdiff_t column, int height, int width, int outputs,
                          float *u, ptrdiff_t plane, ptrdiff_t count) {
    table->winograd_weight(w, row, column, height, width, outputs, u, plane, count);
}
void akin_winograd_weight_gradient(const float *u, ptrdiff_t plane, int height, int width, int outputs, float *dw,
                                   ptrdiff_t row, ptrdiff_t column, ptrdiff_t count) {
    table->winograd_weight_gradient(u, plane, height, width, outputs, dw, row, column, count);
}
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
void akin_average_pool(const float *x, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight,
                       ptrdiff_t windowWidth, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth, float *y) {
    table->average_pool(x, width, channels, windowHeight, windowWidth, stride, outHeight, outWidth, y);
}
void akin_average_pool_gradient(const float *dy, ptrdiff_t width, ptrdiff_t channels, ptrdiff_t windowHeight,
                                ptrdiff_t windowWidth, ptrdiff_t stride, ptrdiff_t outHeight, ptrdiff_t outWidth,
                                float *dx) {
    table->average_pool_gradient(dy, width, channels, windowHeight, windowWidth, stride, outHeight, outWidth, dx);
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
void akin_leaky_relu(const float *x, float *y, ptrdiff_t count) { table->leaky_relu(x, y, count); }
void akin_leaky_relu_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    table->leaky_relu_gradient(y, dy, dx, count);
}
void akin_selu(const float *x, float *y, ptrdiff_t count) { table->selu(x, y, count); }
void akin_selu_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    table->selu_gradient(y, dy, dx, count);
}
void akin_gelu(const float *x, float *y, ptrdiff_t count) { table->gelu(x, y, count); }
void akin_gelu_gradient(const float *x, const float *dy, float *dx, ptrdiff_t count) {
    table->gelu_gradient(x, dy, dx, count);
}
void akin_tanh(const float *x, float *y, ptrdiff_t count) { table->tanh(x, y, count); }
void akin_tanh_gradient(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    table->tanh_gradient(y, dy, dx, count);
}
void akin_softmax(const float *x, float *y, ptrdiff_t count) { table->softmax(x, y, count); }
void akin_sum(const float *a, const float *b, float *y, ptrdiff_t count, int relu) {
    table->sum(a, b, y, count, relu);
}
void akin_moments(const float *x, ptrdiff_t places, ptrdiff_t channels, double before, double *mean, double *squares) {
    table->moments(x, places, channels, before, mean, squares);
}
void akin_normalize(const float *x, ptrdiff_t places, ptrdiff_t channels, const float *mean, const float *scale,
                    const float *shift, int relu, float *y) {
    table->normalize(x, places, channels, mean, scale, shift, relu, y);
}
void akin_normalize_sums(const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels, const float *mean,
                         const float *scale, const float *shift, int relu, double *sums, double *products) {
    table->normalize_sums(x, dy, places, channels, mean, scale, shift, relu, sums, products);
}
void akin_normalize_gradient(const float *x, const float *dy, ptrdiff_t places, ptrdiff_t channels, const float *mean,
                             const float *scale, const float *shift, const float *meanGradient, const float *slope,
                             int relu, float *dx) {
    table->normalize_gradient(x, dy, places, channels, mean, scale, shift, meanGradient, slope, relu, dx);
}
void akin_add(float *sum, const float *x, ptrdiff_t count) { table->add(sum, x, count); }
float akin_penalty(const float *w, float *g, ptrdiff_t count, float l1, float l2) {
    return table->penalty(w, g, count, l1, l2);
}
// A weight whose gradient stays zero has moments that shrink for ever, and below 1e-38 each operation with them costs a
// hundred times more: there they become zero.
#if defined(__x86_64__)
#define FLOAT_CONTROL() _mm_getcsr()
#define SET_FLOAT_CONTROL(value) _mm_setcsr((unsigned)(value))
#define FLUSH_TO_ZERO 0x8040
#elif defined(__aarch64__)
#define FLOAT_CONTROL() __builtin_arm_rsr64("fpcr")
#define SET_FLOAT_CONTROL(value) __builtin_arm_wsr64("fpcr", value)
#define FLUSH_TO_ZERO (1 << 24)
#endif
#if defined(FLUSH_TO_ZERO)
#define WITHOUT_SUBNORMALS(CALL)                                                                                       \
    const uint64_t before = FLOAT_CONTROL();                                                                           \
    SET_FLOAT_CONTROL(before | FLUSH_TO_ZERO);                                                                         \
    CALL;                                                                                                              \
    SET_FLOAT_CONTROL(before)
#else
#define WITHOUT_SUBNORMALS(CALL) CALL
#endif

double akin_squared_norm(const float *x, ptrdiff_t count) { return table->squared_norm(x, count); }
void akin_sgd(float *w, float *velocity, const float *g, ptrdiff_t count, float scale, float rate, float momentum,
              int nesterov) {
    WITHOUT_SUBNORMALS(table->sgd(w, velocity, g, count, scale, rate, momentum, nesterov));
}
void akin_rmsprop(float *w, float *v, const float *g, ptrdiff_t count, float scale, float rate, float rho,
                  float epsilon) {
    WITHOUT_SUBNORMALS(table->rmsprop(w, v, g, count, scale, rate, rho, epsilon));
}
void akin_adadelta(float *w, float *v, float *u, const float *g, ptrdiff_t count, float scale, float rate, float rho,
                   float epsilon) {
    WITHOUT_SUBNORMALS(table->adadelta(w, v, u, g, count, scale, rate, rho, epsilon));
}
void akin_adam(float *w, float *m, float *v, const float *g, ptrdiff_t count, const akin_adam_arguments *arguments) {
    WITHOUT_SUBNORMALS(table->adam(w, m, v, g, count, arguments));
}
