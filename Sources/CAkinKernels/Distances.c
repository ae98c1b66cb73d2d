#include "CAkinKernelsDistances.h"

#include "Lanes.h"
#include "Widest.h"

#define NAME(name) name##_plain
#if defined(__aarch64__)
#define GROUP 2
#else
#define GROUP 1
#endif
#include "DistanceBodies.h"
#undef NAME
#undef GROUP

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(name) name##_avx2
#define GROUP 2
#include "DistanceBodies.h"
#undef NAME
#undef GROUP
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#define NAME(name) name##_avx512
#define GROUP 4
#include "DistanceBodies.h"
#undef NAME
#undef GROUP
#pragma clang attribute pop

// What the processor has is a load and a mask, so it is asked each time instead of keeping a table of functions.
#define CALL(name, ...)                                                                                     \
    (akin_widest > 1 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") \
            ? name##_avx512(__VA_ARGS__)                                                                    \
        : akin_widest > 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_avx2(__VA_ARGS__)        \
                                                                          : name##_plain(__VA_ARGS__))
#else
#define CALL(name, ...) name##_plain(__VA_ARGS__)
#endif

void akin_squared_l2(const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out) {
    CALL(squared_l2, x, rows, stride, count, n, out);
}

void akin_l1(const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out) {
    CALL(l1, x, rows, stride, count, n, out);
}

void akin_weighted_l1(
    const float *x, const float *rows, const float *weights, size_t stride, size_t count, size_t n, float *out) {
    CALL(weighted_l1, x, rows, weights, stride, count, n, out);
}

void akin_dot(const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out) {
    CALL(dot, x, rows, stride, count, n, out);
}

size_t akin_next_not_below(
    const float *values, const float *weights, float offset, float scale, size_t from, size_t count) {
    return CALL(next_not_below, values, weights, offset, scale, from, count);
}
