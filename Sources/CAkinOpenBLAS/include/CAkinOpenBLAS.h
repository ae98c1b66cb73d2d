// OpenBLAS, loaded at run time.
//
// OpenBLAS picks its kernels when it is loaded, and releases older than a processor pick badly for it. The
// only way to correct that from inside the process is to set OPENBLAS_CORETYPE before the library comes in,
// so it is opened with dlopen instead of being linked.
#pragma once

/// Opens the library and resolves what is used of it. Returns NULL, or a static text saying what failed.
const char *akin_blas_load(void);

/// The kernels that OpenBLAS runs, "SkylakeX" for example.
const char *akin_blas_kernels(void);

/// c[m x n] = alpha * op(a)[m x k] * op(b)[k x n] + beta * c, all row-major. One thread, and no memory
/// taken by malloc.
void akin_blas_sgemm(int transposeA, int transposeB, int m, int n, int k, float alpha, const float *a, int lda,
                     const float *b, int ldb, float beta, float *c, int ldc);
