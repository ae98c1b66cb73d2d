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

/// Its version and how it was built, "OpenBLAS 0.3.21 DYNAMIC_ARCH ..."; empty where it does not tell.
const char *akin_blas_configuration(void);

/// c[m x n] = alpha * op(a)[m x k] * op(b)[k x n] + beta * c, all row-major. One thread, and no memory
/// taken by malloc.
void akin_blas_sgemm(int transposeA, int transposeB, int m, int n, int k, float alpha, const float *a, int lda,
                     const float *b, int ldb, float beta, float *c, int ldc);

/// As the above, in double precision.
void akin_blas_dgemm(int transposeA, int transposeB, int m, int n, int k, double alpha, const double *a, int lda,
                     const double *b, int ldb, double beta, double *c, int ldc);

/// Replaces a symmetric matrix [n x n] by its eigenvectors, one in each row, and writes the eigenvalues, ascending.
/// Returns 0, or what LAPACK says of its failure; -100 where memory is lacking. One thread.
int akin_lapack_dsyevd(int n, double *matrix, double *eigenvalues);

/// Replaces a symmetric, positive definite matrix [n x n] by its inverse. Returns 0, or what LAPACK says of its
/// failure: above 0 where the matrix is not positive definite. One thread.
int akin_lapack_inverse(int n, double *matrix);
