// Sixteen floats whatever the processor has: the compiler makes one, two or four instructions of each operation.
#pragma once

#define LANES 16
typedef float floats __attribute__((vector_size(LANES * sizeof(float))));
typedef float floats_anywhere __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));
// A macro, because functions that give vectors differ between instruction sets in how they do it.
#define LOAD(p) (*(const floats_anywhere *)(p))

// A fixed tree, so that a sum does not depend on the instruction set's width.
static inline __attribute__((always_inline)) float sum_of_lanes(const floats *v) {
    float part[LANES];
    __builtin_memcpy(part, v, sizeof part);
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) part[i] += part[i + width];
    return part[0];
}
