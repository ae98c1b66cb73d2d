#include "CAllocationCounter.h"

#include <stdlib.h>

#ifndef __has_feature
#define __has_feature(name) 0
#endif

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#include <errno.h>
#include <stdatomic.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static atomic_int_least64_t all;
// Reached without a call: the dynamic linker's way to a thread's variables may itself allocate.
static _Thread_local int64_t here __attribute__((tls_model("initial-exec")));

static void count(void) {
    atomic_fetch_add_explicit(&all, 1, memory_order_relaxed);
    here++;
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t elements, size_t size) {
    count();
    return __libc_calloc(elements, size);
}

void *realloc(void *old, size_t size) {
    count();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
    void *found = memalign(alignment, size);
    if (!found) return ENOMEM;
    *memory = found;
    return 0;
}

int allocation_counter_works(void) { return 1; }
int64_t allocations_of_all_threads(void) { return atomic_load_explicit(&all, memory_order_relaxed); }
int64_t allocations_of_this_thread(void) { return here; }
#else
int allocation_counter_works(void) { return 0; }
int64_t allocations_of_all_threads(void) { return 0; }
int64_t allocations_of_this_thread(void) { return 0; }
#endif
