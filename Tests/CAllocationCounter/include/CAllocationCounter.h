// Counts allocations in a program that links this: its own malloc and the like stand before the C library's, for
// every library of the process. Needs glibc; elsewhere, and under a sanitizer, nothing is counted.
#pragma once

#include <stdint.h>

/// Whether allocations are counted here at all.
int allocation_counter_works(void);

/// Allocations so far by malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign, of all threads.
int64_t allocations_of_all_threads(void);

/// As above, of the calling thread.
int64_t allocations_of_this_thread(void);
