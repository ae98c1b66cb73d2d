#pragma once
#include <stddef.h>
#include <stdint.h>

// Distances of one vector to `count` rows of `n` floats, `stride` floats apart. A row's result depends on `x` and the
// row alone, to the last bit: not on the rows beside it.

/// sum((x - row)^2)
void akin_squared_l2(const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out);
/// sum(|x - row|)
void akin_l1(const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out);
/// sum(weights * |x - row|)
void akin_weighted_l1(const float *x, const float *rows, const float *weights, size_t stride, size_t count, size_t n,
                      float *out);
/// sum(x * row)
void akin_dot(const float *x, const float *rows, size_t stride, size_t count, size_t n, float *out);

/// The first position from `from` on for which not `values[i] < offset + scale * weights[i]`; `count` if there is
/// none. What cannot be compared is found.
size_t akin_next_not_below(const float *values, const float *weights, float offset, float scale, size_t from,
                           size_t count);
/// The first position from `from` on with `values[i] < bound`; `count` if there is none.
size_t akin_next_below(const float *values, float bound, size_t from, size_t count);
/// Likewise with one bound where `classes[i]` is `own` and another elsewhere.
size_t akin_next_below_of_classes(const float *values, const int32_t *classes, int32_t own, float ownBound,
                                  float otherBound, size_t from, size_t count);

/// Makes of products of one vector with others, from position `from` on, the squared lengths between them, up to the
/// first that is so small beside the squared norms that rounding has taken its digits, or no number: that position;
/// `count` if there is none.
size_t akin_squared_l2_of_products(float *products, float norm, const float *norms, size_t from, size_t count);
/// Likewise the cosine distances, of the inverses of the norms.
size_t akin_cosine_of_products(float *products, float inverse, const float *inverses, size_t from, size_t count);
