// Activation functions, for one instruction set; included by LayerBodies.h, whose macros it uses. The gradients are
// dy times the slope, from the output where that tells it.

#define X(LOAD) const vector v = LOAD(x + i);
#define X_AND_DY(LOAD) const vector v = LOAD(x + i), d = LOAD(dy + i);
#define Y_AND_DY(LOAD) const vector v = LOAD(y + i), d = LOAD(dy + i);

static void VARIANT(relu)(const float *x, float *y, ptrdiff_t count) { ELEMENTWISE(X, select(v < 0, fill(0), v), y) }

static void VARIANT(relu_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(Y_AND_DY, select(v > 0, d, fill(0)), dx)
}

static void VARIANT(relu6)(const float *x, float *y, ptrdiff_t count) { ELEMENTWISE(X, rectified(v, 2), y) }

static void VARIANT(relu6_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(Y_AND_DY, select((v > 0) & (v < 6), d, fill(0)), dx)
}

static void VARIANT(sigmoid)(const float *x, float *y, ptrdiff_t count) {
    ELEMENTWISE(X, 1.0f / (1.0f + VARIANT(exponential)(-v)), y)
}

static void VARIANT(sigmoid_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(Y_AND_DY, d * v * (1.0f - v), dx)
}

static void VARIANT(leaky_relu)(const float *x, float *y, ptrdiff_t count) {
    ELEMENTWISE(X, select(v > 0, v, 0.01f * v), y)
}

static void VARIANT(leaky_relu_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(Y_AND_DY, select(v > 0, d, 0.01f * d), dx)
}

#define SELU_SCALE 1.0507009873554805f
#define SELU_ALPHA 1.6732632423543772f

// scale * alpha * (e^x - 1), without e^x - 1 losing what is small.
INLINE vector VARIANT(selu_below)(vector x) {
    vector rest;
    const vector power = VARIANT(exponential_parts)(x, &rest);
    return SELU_SCALE * SELU_ALPHA * (rest * power + (power - 1.0f));
}

static void VARIANT(selu)(const float *x, float *y, ptrdiff_t count) {
    ELEMENTWISE(X, select(v > 0, SELU_SCALE * v, VARIANT(selu_below)(v)), y)
}

static void VARIANT(selu_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(Y_AND_DY, d * select(v > 0, fill(SELU_SCALE), v + SELU_SCALE * SELU_ALPHA), dx)
}

#undef SELU_SCALE
#undef SELU_ALPHA

// The normal distribution's function at x, (1 + erf(x / sqrt(2))) / 2, to 1e-7 by Abramowitz and Stegun (1964),
// 7.1.26; on the way e^(-x^2 / 2).
INLINE vector VARIANT(normal)(vector x, vector *power) {
    const vector z = 0.70710678118654752f * __builtin_elementwise_abs(x);
    const vector t = 1.0f / (1.0f + 0.3275911f * z);
    vector p = fill(1.061405429f);
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    *power = VARIANT(exponential)(-z * z);
    const vector tail = 0.5f * p * t * *power;
    return select(x < 0, tail, 1.0f - tail);
}

INLINE vector VARIANT(gelu_slope)(vector x) {
    vector power;
    const vector normal = VARIANT(normal)(x, &power);
    return normal + 0.39894228040143268f * x * power;
}

static void VARIANT(gelu)(const float *x, float *y, ptrdiff_t count) {
    vector power;
    ELEMENTWISE(X, v * VARIANT(normal)(v, &power), y)
}

static void VARIANT(gelu_gradient)(const float *x, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(X_AND_DY, d * VARIANT(gelu_slope)(v), dx)
}

// Near zero the polynomial of Cephes' tanhf, elsewhere 1 - 2 / (e^2|x| + 1).
INLINE vector VARIANT(hyperbolic_tangent)(vector x) {
    const vector size = __builtin_elementwise_abs(x), square = x * x;
    const vector far = 1.0f - 2.0f / (VARIANT(exponential)(2.0f * size) + 1.0f);
    vector p = fill(-5.70498872745e-3f);
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    return select(size < 0.625f, p * square * x + x, select(x < 0, -far, far));
}

static void VARIANT(tanh)(const float *x, float *y, ptrdiff_t count) {
    ELEMENTWISE(X, VARIANT(hyperbolic_tangent)(v), y)
}

static void VARIANT(tanh_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(Y_AND_DY, d * (1.0f - v * v), dx)
}

static void VARIANT(hard_sigmoid)(const float *x, float *y, ptrdiff_t count) {
    ELEMENTWISE(X, rectified(v + 3.0f, 2) / 6.0f, y)
}

static void VARIANT(hard_sigmoid_gradient)(const float *y, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(Y_AND_DY, select((v > 0) & (v < 1), d / 6.0f, fill(0)), dx)
}

static void VARIANT(hard_swish)(const float *x, float *y, ptrdiff_t count) {
    ELEMENTWISE(X, v * rectified(v + 3.0f, 2) / 6.0f, y)
}

static void VARIANT(hard_swish_gradient)(const float *x, const float *dy, float *dx, ptrdiff_t count) {
    ELEMENTWISE(X_AND_DY, select(v <= -3, fill(0), select(v >= 3, d, d * (2.0f * v + 3.0f) / 6.0f)), dx)
}

#undef X
#undef X_AND_DY
#undef Y_AND_DY
