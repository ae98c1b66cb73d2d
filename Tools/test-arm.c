// The kernels against naive twins, for processors on which the Swift tests do not run: Tools/test-arm compiles this
// with the kernels for arm64. Each instruction set is tried; says which, and ends with 1 where a result is wrong.
#include <CAkinKernels.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned wrong, checks;
static const char *set;
#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        checks++;                                                                                                      \
        if (!(condition) && wrong++ < 20) printf("%s, %s: ", set, __func__), printf(__VA_ARGS__), puts("");            \
    } while (0)

static uint64_t state = 1;
static uint32_t draw(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}
static float uniform(void) { return (float)draw(1 << 24) * 0x1p-23f - 1; }
/// Of sizes from tiny to large, as often as not.
static float value(int isWide) { return uniform() * (isWide ? exp2f((float)draw(60) - 30) : 1); }

enum { most = 1500, mostRows = 21 };

static void distances(void) {
    static float x[most], rows[mostRows * most], out[mostRows], one;
    typedef void (*kernel)(const float *, const float *, size_t, size_t, size_t, float *);
    const kernel kernels[] = {akin_squared_l2, akin_l1, akin_dot};
    for (int round = 0; round < 300; round++) {
        const size_t n = round < 70 ? (size_t)round : draw(most), count = 1 + draw(mostRows), stride = n;
        for (size_t i = 0; i < n; i++) x[i] = value(round % 2);
        for (size_t i = 0; i < count * n; i++) rows[i] = value(round % 2);
        for (int k = 0; k < 3; k++) {
            kernels[k](x, rows, stride, count, n, out);
            for (size_t r = 0; r < count; r++) {
                double sum = 0, size = 0;
                for (size_t i = 0; i < n; i++) {
                    const double a = x[i], b = rows[r * stride + i], d = a - b;
                    const double term = k == 0 ? d * d : k == 1 ? fabs(d) : a * b;
                    sum += term;
                    size += fabs(term);
                }
                CHECK(fabs(out[r] - sum) <= size * (double)(n + 16) * 0x1p-23, "kernel %d of %zu: %g, not %g", k, n,
                      out[r], sum);
                kernels[k](x, rows + r * stride, stride, 1, n, &one);
                CHECK(!memcmp(&one, out + r, sizeof one), "kernel %d of %zu: row %zu depends on others", k, n, r);
            }
        }
        size_t from = draw(count), found = from;
        while (found < count && out[found] < rows[found] * 0.5f + 0.25f) found++;
        CHECK(akin_next_not_below(out, rows, 0.25f, 0.5f, from, count) == found, "next");
        if (n == 0) continue;
        static int32_t classes[mostRows * most];
        const size_t all = count * n;
        for (size_t i = 0; i < all; i++) classes[i] = (int32_t)draw(2);
        const float bound = rows[draw((unsigned)all)], other = rows[draw((unsigned)all)];
        found = from = draw((unsigned)all);
        while (found < all && !(rows[found] < bound)) found++;
        CHECK(akin_next_below(rows, bound, from, all) == found, "next below");
        found = from;
        while (found < all && !(rows[found] < (classes[found] == 1 ? bound : other))) found++;
        CHECK(akin_next_below_of_classes(rows, classes, 1, bound, other, from, all) == found, "next of classes");
    }
}

static void codes(void) {
    static uint8_t rows[mostRows * 1280];
    static int8_t queries[9 * 1280];
    static int32_t norms[mostRows], out[9 * mostRows];
    for (int round = 0; round < 300; round++) {
        const size_t stride = 64 * (1 + draw(20)), count = 1 + draw(mostRows), queryCount = 1 + draw(9);
        const unsigned shift = draw(5), extreme = draw(4);
        for (size_t i = 0; i < count * stride; i++)
            rows[i] = extreme == 1 ? 255 : extreme == 2 ? 0 : (uint8_t)draw(256);
        for (size_t i = 0; i < queryCount * stride; i++)
            queries[i] = (int8_t)(extreme == 1 ? -128 : extreme == 2 ? 127 : (int)draw(256) - 128);
        const uint8_t *blocks[mostRows];
        const int32_t *normBlocks[mostRows];
        uint32_t numbers[30];
        for (size_t r = 0; r < count; r++) {
            norms[r] = (int32_t)draw(1 << 20);
            blocks[r >> shift] = rows + (r >> shift << shift) * stride;
            normBlocks[r >> shift] = norms + (r >> shift << shift);
        }
        const akin_code_rows table = {blocks, normBlocks, stride, shift};
        int32_t products[9][mostRows], differences[mostRows];
        for (size_t r = 0; r < count; r++) {
            for (size_t q = 0; q < queryCount; q++) {
                products[q][r] = norms[r];
                for (size_t i = 0; i < stride; i++)
                    products[q][r] -= 2 * queries[q * stride + i] * rows[r * stride + i];
            }
            differences[r] = 0;
            for (size_t i = 0; i < stride; i++) differences[r] += abs((uint8_t)queries[i] - rows[r * stride + i]);
        }
        for (int i = 0; i < 30; i++) numbers[i] = draw((uint32_t)count);
        akin_code_products(&table, queries, numbers, 30, out);
        for (int i = 0; i < 30; i++) CHECK(out[i] == products[0][numbers[i]], "product %d", out[i]);
        akin_code_differences(&table, (uint8_t *)queries, numbers, 30, out);
        for (int i = 0; i < 30; i++) CHECK(out[i] == differences[numbers[i]], "difference %d", out[i]);
        akin_code_products_of_run(rows, norms, stride, count, queries, queryCount, out);
        for (size_t q = 0; q < queryCount; q++)
            for (size_t r = 0; r < count; r++) CHECK(out[q * count + r] == products[q][r], "product of a run");
        akin_code_differences_of_run(rows, stride, count, (uint8_t *)queries, out);
        for (size_t r = 0; r < count; r++) CHECK(out[r] == differences[r], "difference of a run");
        size_t found = 0;
        while (found < count && norms[found] > 1 << 18) found++;
        CHECK(akin_next_within(norms, 1 << 18, 0, count) == found, "next");
    }
}

static void encoding(void) {
    static float x[most], offsets[most];
    static uint8_t bytes[most];
    static int8_t signedBytes[most];
    for (int round = 0; round < 200; round++) {
        const size_t n = draw(most);
        const int squared = draw(2);
        for (size_t i = 0; i < n; i++) x[i] = 20 * uniform(), offsets[i] = uniform();
        double missed = 0, expected = 0;
        const int32_t norm = akin_encode(x, 0.5f, offsets, 0.125f, n, squared, bytes, &missed);
        const int32_t sum = akin_signed_codes(bytes, n, signedBytes);
        int32_t squares = 0, total = 0;
        for (size_t i = 0; i < n; i++) {
            const float y = x[i] * 0.5f;
            const float steps = fminf(127, fmaxf(-127, rintf((y - offsets[i]) / 0.125f)));
            const double rest = (double)y - offsets[i] - steps * 0.125;
            CHECK(bytes[i] == (int)steps + 128 && signedBytes[i] == (int)steps, "code %d", bytes[i]);
            squares += (int)steps * (int)steps;
            total += (int)steps;
            expected += squared ? rest * rest : fabs(rest);
        }
        CHECK(norm == squares && sum == total, "sums");
        CHECK(fabs(missed - expected) <= 1e-12 * expected, "missed %g, not %g", missed, expected);
    }
}

static float of_bf16(uint16_t code) {
    const uint32_t bits = (uint32_t)code << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

static void bf16(void) {
    enum { width = 1280 };
    static float x[mostRows * width], offsets[mostRows * width];
    static uint16_t rows[mostRows * width], query[width];
    typedef void (*kernel)(const akin_code_rows *, const uint16_t *, const uint32_t *, size_t, int32_t *);
    const kernel kernels[] = {akin_bf16_products, akin_bf16_squares, akin_bf16_differences};
    for (int round = 0; round < 200; round++) {
        const size_t n = 32 * (1 + draw(width / 32)), count = 1 + draw(mostRows);
        const int squared = draw(2);
        double missed = 0, expected = 0;
        for (size_t i = 0; i < count * n; i++) x[i] = value(round % 2), offsets[i] = i % 3 ? 0 : value(round % 2);
        akin_bf16_encode(x, 0.5f, offsets, count * n, squared, rows, &missed);
        for (size_t i = 0; i < count * n; i++) {
            const float y = x[i] * 0.5f, centred = y - offsets[i];
            const double rest = (double)y - offsets[i] - of_bf16(rows[i]);
            CHECK(fabsf(of_bf16(rows[i]) - centred) <= fabsf(centred) * 0x1p-8f, "code of %g", centred);
            expected += squared ? rest * rest : fabs(rest);
        }
        CHECK(fabs(missed - expected) <= 1e-12 * expected, "missed %g, not %g", missed, expected);
        memcpy(query, rows + draw((uint32_t)count) * n, 2 * n);
        for (size_t i = 0; i < n; i++) query[i] ^= (uint16_t)draw(1 << 10);
        const uint8_t *blocks[mostRows];
        uint32_t numbers[mostRows];
        int32_t out[mostRows];
        const unsigned shift = draw(5);
        for (size_t r = 0; r < count; r++) {
            blocks[r >> shift] = (uint8_t *)(rows + (r >> shift << shift) * n);
            numbers[r] = (uint32_t)(count - 1 - r);
        }
        const akin_code_rows table = {blocks, NULL, 2 * n, shift};
        for (int k = 0; k < 3; k++) {
            kernels[k](&table, query, numbers, count, out);
            for (size_t r = 0; r < count; r++) {
                double sum = 0, size = 0;
                for (size_t i = 0; i < n; i++) {
                    const double a = of_bf16(query[i]), b = of_bf16(rows[numbers[r] * n + i]);
                    const double term = k == 0 ? -a * b : k == 1 ? (a - b) * (a - b) : fabs(a - b);
                    sum += term;
                    size += fabs(term);
                }
                CHECK(fabs(akin_unordered(out[r]) - sum) <= size * (double)(n / 32 + 8) * 0x1p-23,
                      "kernel %d of %zu: %g, not %g", k, n, akin_unordered(out[r]), sum);
            }
        }
    }
}

static void products(void) {
    enum { side = 40 };
    static float a[side * side], b[4 * side * side], c[side * side];
    for (int round = 0; round < 100; round++) {
        const int rows = 1 + (int)draw(side), columns = 1 + (int)draw(side), length = 1 + (int)draw(side);
        const int panel = akin_panel_columns();
        const ptrdiff_t bPanel = (ptrdiff_t)length * panel;
        for (int i = 0; i < side * side; i++) a[i] = uniform();
        for (int i = 0; i < 4 * side * side; i++) b[i] = uniform();
        const akin_product_arguments arguments = {.a = a,
                                                  .aRow = length,
                                                  .aStep = 1,
                                                  .b = b,
                                                  .bStep = panel,
                                                  .bPanel = bPanel,
                                                  .c = c,
                                                  .cRow = columns,
                                                  .rows = rows,
                                                  .columns = columns,
                                                  .runs = 1,
                                                  .length = length};
        akin_product(&arguments);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                for (int k = 0; k < length; k++)
                    sum += (double)a[i * length + k] * b[k * panel + j % panel + j / panel * bPanel];
                CHECK(fabs(c[i * columns + j] - sum) <= 1e-5, "%g, not %g", c[i * columns + j], sum);
            }
    }
}

static void elementwise(void) {
    static float x[most], y[most];
    for (int round = 0; round < 100; round++) {
        const int n = 1 + (int)draw(most);
        for (int i = 0; i < n; i++) x[i] = 12 * uniform();
        akin_tanh(x, y, n);
        for (int i = 0; i < n; i++) CHECK(fabs(y[i] - tanh(x[i])) <= 4e-7, "tanh(%g) = %g", x[i], y[i]);
        akin_sigmoid(x, y, n);
        for (int i = 0; i < n; i++) CHECK(fabs(y[i] - 1 / (1 + exp(-x[i]))) <= 4e-7, "sigmoid(%g) = %g", x[i], y[i]);
        akin_softmax(x, y, n);
        double sum = 0;
        for (int i = 0; i < n; i++) sum += y[i];
        CHECK(fabs(sum - 1) <= 1e-4, "softmax's sum is %g", sum);
    }
    // What would be subnormal becomes zero.
    float w = 1, moment = 1e-38f, square = 1, g = 0;
    const akin_adam_arguments adam = {.scale = 1, .beta1 = 0.5f, .beta2 = 1, .epsilon = 1};
    akin_adam(&w, &moment, &square, &g, 1, &adam);
    CHECK(moment == 0, "a moment of %g", moment);
}

int main(void) {
    const char *const sets[] = {"baseline", "avx2", "avx512", "avx512-bf16", "neon", "neon-dotprod"};
    printf("in use: %s; tried:", akin_kernels_name());
    for (unsigned i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (!akin_kernels_use(sets[i])) continue;
        printf(" %s", set = sets[i]);
        distances();
        codes();
        encoding();
        bf16();
        products();
        elementwise();
    }
    printf("; %u checks, %u wrong\n", checks, wrong);
    return wrong != 0;
}
