// The matrix product of OpenBLAS, for a program that has loaded that library already (as Akin does).
#pragma once

/// c = a * b, row-major, a `[rows, size]`, b `[size, size]`. Returns 0 where OpenBLAS is not loaded.
int square_product(int rows, int size, const float *a, const float *b, float *c);
