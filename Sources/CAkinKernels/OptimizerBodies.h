// Steps of the optimizers, for one instruction set: part of LayerBodies.h.

// Sums in double precision: the order of a float's sum would show in a gradient of forty million numbers.
static double VARIANT(squared_norm)(const float *x, ptrdiff_t count) {
    typedef double wide __attribute__((vector_size(8 * LANES)));
    wide sums[2] = {{0}, {0}};
    ptrdiff_t i = 0;
    for (; i + 2 * LANES <= count; i += 2 * LANES)
        for (int half = 0; half < 2; half++) {
            const wide v = __builtin_convertvector(load(x + i + half * LANES), wide);
            sums[half] += v * v;
        }
    double total = 0;
    for (int lane = 0; lane < LANES; lane++) total += sums[0][lane] + sums[1][lane];
    for (; i < count; i++) total += (double)x[i] * x[i];
    return total;
}

static void VARIANT(sgd)(float *restrict w, float *restrict velocity, const float *restrict g, ptrdiff_t count,
                         float scale, float rate, float momentum, int nesterov) {
    const float step = scale * rate;
    if (!velocity)
        for (ptrdiff_t i = 0; i < count; i++) w[i] -= step * g[i];
    else if (!nesterov)
        for (ptrdiff_t i = 0; i < count; i++) {
            velocity[i] = momentum * velocity[i] - step * g[i];
            w[i] += velocity[i];
        }
    else
        for (ptrdiff_t i = 0; i < count; i++) {
            const float plain = step * g[i];
            velocity[i] = momentum * velocity[i] - plain;
            w[i] += momentum * velocity[i] - plain;
        }
}

static void VARIANT(rmsprop)(float *restrict w, float *restrict v, const float *restrict g, ptrdiff_t count,
                             float scale, float rate, float rho, float epsilon) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gi = scale * g[i];
        v[i] = rho * v[i] + (1 - rho) * gi * gi;
        w[i] -= rate * gi / (__builtin_elementwise_sqrt(v[i]) + epsilon);
    }
}

static void VARIANT(adadelta)(float *restrict w, float *restrict v, float *restrict u, const float *restrict g,
                              ptrdiff_t count, float scale, float rate, float rho, float epsilon) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gi = scale * g[i];
        v[i] = rho * v[i] + (1 - rho) * gi * gi;
        const float change = gi * __builtin_elementwise_sqrt((u[i] + epsilon) / (v[i] + epsilon));
        u[i] = rho * u[i] + (1 - rho) * change * change;
        w[i] -= rate * change;
    }
}

static void VARIANT(adam)(float *restrict w, float *restrict m, float *restrict v, const float *restrict g,
                          ptrdiff_t count, const akin_adam_arguments *arguments) {
    const akin_adam_arguments a = *arguments;
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gi = a.scale * g[i];
        m[i] = a.beta1 * m[i] + (1 - a.beta1) * gi;
        v[i] = a.beta2 * v[i] + (1 - a.beta2) * gi * gi;
        const float change =
            (a.momentRate * m[i] + a.gradientRate * gi) / (__builtin_elementwise_sqrt(v[i]) + a.epsilon);
        w[i] = w[i] - a.decay * w[i] - change;
    }
}
