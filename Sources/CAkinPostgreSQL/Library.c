#include "CAkinPostgreSQL.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

static const char *const names[] = {
#ifdef __APPLE__
    "libpq.5.dylib",
    // Homebrew's folders, in which macOS does not look.
    "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
    "/usr/local/opt/libpq/lib/libpq.5.dylib",
#else
    "libpq.so.5",
#endif
};

static akin_pg_library library;
static int is_there;

static void open_library(void) {
    const char *named = getenv("AKIN_LIBPQ");
    void *handle = NULL;
    if (named && *named) handle = dlopen(named, RTLD_NOW | RTLD_LOCAL);
    else
        for (size_t i = 0; !handle && i < sizeof names / sizeof *names; i++)
            handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    is_there = 1;
#define AKIN_PG_FIND(RESULT, NAME, PARAMETERS)                                                                         \
    *(void **)&library.NAME = dlsym(handle, #NAME);                                                                    \
    if (!library.NAME) is_there = 0;
    AKIN_PG_FUNCTIONS(AKIN_PG_FIND)
}

const akin_pg_library *akin_pg_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return is_there ? &library : NULL;
}

void akin_pg_ignore(void *context, const char *message) { (void)context, (void)message; }
