#include "CAkinOpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef void (*sgemm_function)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                               float *, int);

typedef void (*dgemm_function)(int, int, int, int, int, int, double, const double *, int, const double *, int, double,
                               double *, int);
// LAPACK's, by Fortran's conventions: the lengths of the texts come last.
typedef void (*dsyevd_function)(const char *, const char *, const int *, double *, const int *, double *, double *,
                                const int *, int *, const int *, int *, size_t, size_t);
typedef void (*triangle_function)(const char *, const int *, double *, const int *, int *, size_t);

static sgemm_function sgemm;
static dgemm_function dgemm;
static dsyevd_function dsyevd;
static triangle_function dpotrf, dpotri;
static char *(*corename)(void);
static char *(*configuration)(void);
static const char *failure;
static int takesMemory;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
#if defined(__x86_64__)
    // Version 0.3.21 takes AVX2 kernels on every AVX-512 processor that it has not heard of.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 0);
#endif
    // Akin divides the work itself; a thread pool of OpenBLAS' own would only be in the way.
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so",
                                        "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
                                        "/usr/local/opt/openblas/lib/libopenblas.dylib"};
    void *library = NULL;
    for (unsigned i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW);
    if (!library) {
        failure = "OpenBLAS is not installed; run Tools/setup, or install libopenblas0 (Homebrew: openblas)";
        return;
    }
    sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
    dgemm = (dgemm_function)dlsym(library, "cblas_dgemm");
    dsyevd = (dsyevd_function)dlsym(library, "dsyevd_");
    dpotrf = (triangle_function)dlsym(library, "dpotrf_");
    dpotri = (triangle_function)dlsym(library, "dpotri_");
    corename = (char *(*)(void))dlsym(library, "openblas_get_corename");
    configuration = (char *(*)(void))dlsym(library, "openblas_get_config");
    if (!sgemm || !dgemm || !dsyevd || !dpotrf || !dpotri || !corename)
        failure = "the OpenBLAS found lacks cblas_sgemm, or LAPACK; install libopenblas0 (Homebrew: openblas)";
    else
        takesMemory = !strcmp(corename(), "SkylakeX") || !strcmp(corename(), "Cooperlake") ||
                      !strcmp(corename(), "SapphireRapids");
}

const char *akin_blas_load(void) {
    pthread_once(&once, load);
    return failure;
}

const char *akin_blas_kernels(void) { return akin_blas_load() ? "" : corename(); }

const char *akin_blas_configuration(void) { return akin_blas_load() || !configuration ? "" : configuration(); }

enum { rowMajor = 101, plain = 111, transposed = 112 };

// OpenBLAS' kernels for AVX-512 have one for small products, and that takes memory by malloc where neither operand is
// transposed: it copies the columns of b that remain after the last 16 if they are at most 8, so that each lies in one
// piece. A training step shall allocate nothing, so these columns are copied here, and b is handed over transposed, for
// which the same kernel takes none.
enum { fewColumns = 8, copiedRows = 1024 };

static int takesMemoryFor(int m, int n, int k) {
    return takesMemory && k >= 32 && n % 16 && n % 16 <= fewColumns && (double)m * n * k <= 1e6;
}

static void few(int m, int n, int k, float alpha, const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb,
                float beta, float *c, ptrdiff_t ldc) {
    // The kernel for a transposed b takes a result of at most 1200 numbers, and rows in fours.
    const int most = 1200 / n & ~3;
    float columns[fewColumns * copiedRows];
    for (int from = 0; from < k; from += copiedRows) {
        const int length = k - from < copiedRows ? k - from : copiedRows;
        const float *row = b + from * ldb;
        int i = 0;
        // Four at once, a vector of each column.
        for (; i + 4 <= length; i += 4, row += 4 * ldb)
            for (int j = 0; j < n; j++)
                for (int next = 0; next < 4; next++) columns[j * length + i + next] = row[next * ldb + j];
        for (; i < length; i++, row += ldb)
            for (int j = 0; j < n; j++) columns[j * length + i] = row[j];
        for (int first = 0; first < m; first += most)
            sgemm(rowMajor, plain, transposed, m - first < most ? m - first : most, n, length, alpha,
                  a + first * lda + from, (int)lda, columns, length, from ? 1 : beta, c + first * ldc, (int)ldc);
    }
}

void akin_blas_sgemm(int transposeA, int transposeB, int m, int n, int k, float alpha, const float *a, int lda,
                     const float *b, int ldb, float beta, float *c, int ldc) {
    if (!transposeA && !transposeB && takesMemoryFor(m, n, k)) {
        const int whole = n & ~15;
        if (whole) sgemm(rowMajor, plain, plain, m, whole, k, alpha, a, lda, b, ldb, beta, c, ldc);
        few(m, n - whole, k, alpha, a, lda, b + whole, ldb, beta, c + whole, ldc);
        return;
    }
    sgemm(rowMajor, transposeA ? transposed : plain, transposeB ? transposed : plain, m, n, k, alpha, a, lda, b, ldb,
          beta, c, ldc);
}

void akin_blas_dgemm(int transposeA, int transposeB, int m, int n, int k, double alpha, const double *a, int lda,
                     const double *b, int ldb, double beta, double *c, int ldc) {
    dgemm(rowMajor, transposeA ? transposed : plain, transposeB ? transposed : plain, m, n, k, alpha, a, lda, b, ldb,
          beta, c, ldc);
}

int akin_lapack_dsyevd(int n, double *matrix, double *eigenvalues) {
    const int asked = -1;
    double size;
    int integers, info;
    dsyevd("V", "L", &n, matrix, &n, eigenvalues, &size, &asked, &integers, &asked, &info, 1, 1);
    if (info) return info;
    const int length = (int)size;
    double *space = malloc((size_t)length * sizeof *space);
    int *integerSpace = malloc((size_t)integers * sizeof *integerSpace);
    if (space && integerSpace)
        dsyevd("V", "L", &n, matrix, &n, eigenvalues, space, &length, integerSpace, &integers, &info, 1, 1);
    else info = -100;
    free(space);
    free(integerSpace);
    return info;
}

int akin_lapack_inverse(int n, double *matrix) {
    int info;
    dpotrf("L", &n, matrix, &n, &info, 1);
    if (info) return info;
    dpotri("L", &n, matrix, &n, &info, 1);
    // LAPACK's lower triangle is the upper one here.
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) matrix[(size_t)i * n + j] = matrix[(size_t)j * n + i];
    return info;
}
