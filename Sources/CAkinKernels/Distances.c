// Distances between vectors of floats, for each instruction set.
#include "KernelTable.h"
#include "Lanes.h"

#define VARIANT(name) name##_baseline
#if defined(__aarch64__)
#define GROUP 2
#else
#define GROUP 1
#endif
#include "DistanceBodies.h"
#undef VARIANT
#undef GROUP

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define VARIANT(name) name##_avx2
#define GROUP 2
#include "DistanceBodies.h"
#undef VARIANT
#undef GROUP
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#define VARIANT(name) name##_avx512
#define GROUP 4
#include "DistanceBodies.h"
#undef VARIANT
#undef GROUP
#pragma clang attribute pop
#endif
