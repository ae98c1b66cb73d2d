#include "CSquareProduct.h"

#include <dlfcn.h>
#include <stddef.h>

typedef void (*sgemm_function)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                               float *, int);

int square_product(int rows, int size, const float *a, const float *b, float *c) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so",
                                        "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
                                        "/usr/local/opt/openblas/lib/libopenblas.dylib"};
    enum { rowMajor = 101, plain = 111 };
    sgemm_function sgemm = NULL;
    for (unsigned i = 0; !sgemm && i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_NOLOAD);
        if (library) sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
    }
    if (!sgemm) return 0;
    sgemm(rowMajor, plain, plain, rows, size, size, 1, a, size, b, size, 0, c, size);
    return 1;
}
