#include "CAkinOpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

typedef void (*sgemm_function)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                               float *, int);

static sgemm_function sgemm;
static char *(*corename)(void);
static const char *failure;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
#if defined(__x86_64__)
    // Version 0.3.21 takes AVX2 kernels on every AVX-512 processor that it has not heard of.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
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
    corename = (char *(*)(void))dlsym(library, "openblas_get_corename");
    if (!sgemm || !corename) failure = "the OpenBLAS found lacks cblas_sgemm; install libopenblas0 (Homebrew: openblas)";
}

const char *akin_blas_load(void) {
    pthread_once(&once, load);
    return failure;
}

const char *akin_blas_kernels(void) { return akin_blas_load() ? "" : corename(); }

void akin_blas_sgemm(int transposeA, int transposeB, int m, int n, int k, float alpha, const float *a, int lda,
                     const float *b, int ldb, float beta, float *c, int ldc) {
    enum { rowMajor = 101, plain = 111, transposed = 112 };
    sgemm(rowMajor, transposeA ? transposed : plain, transposeB ? transposed : plain, m, n, k, alpha, a, lda, b, ldb,
          beta, c, ldc);
}
