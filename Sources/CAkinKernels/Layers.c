// The kernels of layers, losses and optimizers, for each instruction set.
#include "KernelTable.h"

#define LANES 4
#define TILE_ROWS 6
#define VARIANT(name) name##_baseline
#include "LayerBodies.h"
#undef LANES
#undef TILE_ROWS
#undef VARIANT

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#define LANES 8
#define TILE_ROWS 6
#define VARIANT(name) name##_avx2
#include "LayerBodies.h"
#undef LANES
#undef TILE_ROWS
#undef VARIANT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"))),              \
                             apply_to = function)
#define LANES 16
#define TILE_ROWS 14
#define VARIANT(name) name##_avx512
#include "LayerBodies.h"
#undef LANES
#undef TILE_ROWS
#undef VARIANT
#pragma clang attribute pop
#endif
