#include "Library.h"

#include <dlfcn.h>
#include <pthread.h>

static const char *const names[] = {
#ifdef __APPLE__
    "libheif.1.dylib",
    // Homebrew's folders, in which macOS does not look.
    "/opt/homebrew/lib/libheif.1.dylib",
    "/usr/local/lib/libheif.1.dylib",
#else
    "libheif.so.1",
#endif
};

static heif_library library;
static int is_there;

static void open_library(void) {
    void *handle = NULL;
    for (size_t i = 0; !handle && i < sizeof names / sizeof *names; i++)
        handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    is_there = 1;
#define HEIF_FIND(RESULT, NAME, PARAMETERS)                                                                            \
    *(void **)&library.NAME = dlsym(handle, #NAME);                                                                    \
    if (!library.NAME) is_there = 0;
    HEIF_FUNCTIONS(HEIF_FIND)
    *(void **)&library.heif_context_set_max_decoding_threads = dlsym(handle, "heif_context_set_max_decoding_threads");
}

const heif_library *akin_heif_library(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return is_there ? &library : NULL;
}
