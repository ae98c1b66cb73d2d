// Which kernels run: the best that the processor has, chosen when the library is loaded.
#include "KernelTable.h"

#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

enum { hasAVX2 = 1, hasAVX512 = 2, hasVNNI = 4, hasBF16 = 8, hasDotProduct = 16 };

/// What this processor has of the above.
static unsigned extensions(void) {
    unsigned found = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        found |= hasAVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        found |= hasAVX512;
    if (__builtin_cpu_supports("avx512vnni")) found |= hasVNNI;
    if (__builtin_cpu_supports("avx512bf16")) found |= hasBF16;
#elif defined(__aarch64__) && defined(__linux__)
    if (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) found |= hasDotProduct;
#elif defined(__aarch64__)
    // Every processor of Apple's has it.
    found |= hasDotProduct;
#endif
    return found;
}

typedef struct {
    /// For akin_kernels_use, and for akin_kernels_name.
    const char *name, *shown;
    unsigned needs;
    const akin_layer_kernels *layers;
    const akin_distance_kernels *distances;
    const akin_code_kernels *codes;
    const akin_bf16_kernels *bf16;
} instruction_set;

/// The best first.
static const instruction_set sets[] = {
#if defined(__x86_64__)
    {"avx512-bf16", "avx512", hasAVX512 | hasVNNI | hasBF16, &akin_layers_avx512, &akin_distances_avx512,
     &akin_codes_vnni, &akin_bf16_native},
    {"avx512", "avx512", hasAVX512 | hasVNNI, &akin_layers_avx512, &akin_distances_avx512, &akin_codes_vnni,
     &akin_bf16_avx512},
    {"avx512", "avx512", hasAVX512 | hasAVX2, &akin_layers_avx512, &akin_distances_avx512, &akin_codes_avx2,
     &akin_bf16_avx512},
    {"avx2", "avx2", hasAVX2, &akin_layers_avx2, &akin_distances_avx2, &akin_codes_avx2, &akin_bf16_avx2},
    {"baseline", "baseline", 0, &akin_layers_baseline, &akin_distances_baseline, &akin_codes_baseline,
     &akin_bf16_baseline},
#elif defined(__aarch64__)
    {"neon-dotprod", "neon-dotprod", hasDotProduct, &akin_layers_baseline, &akin_distances_baseline,
     &akin_codes_dotprod, &akin_bf16_baseline},
    {"neon", "neon", 0, &akin_layers_baseline, &akin_distances_baseline, &akin_codes_baseline, &akin_bf16_baseline},
#else
    {"baseline", "baseline", 0, &akin_layers_baseline, &akin_distances_baseline, &akin_codes_baseline,
     &akin_bf16_baseline},
#endif
};
enum { setCount = sizeof sets / sizeof *sets };

// The kernels of a set, copied into one place: a call of one reads where it is, and jumps there.
typedef struct {
    akin_layer_kernels layers;
    akin_distance_kernels distances;
    akin_code_kernels codes;
    akin_bf16_kernels bf16;
} kernel_table;

static kernel_table tables[setCount];
/// The number of the best set that this processor has, and its table.
static int bestSet;
static const kernel_table *best;

__attribute__((constructor)) static void choose(void) {
    const unsigned found = extensions();
    for (int i = setCount - 1; i >= 0; i--) {
        if (sets[i].needs & ~found) continue;
        tables[i] = (kernel_table){*sets[i].layers, *sets[i].distances, *sets[i].codes, *sets[i].bf16};
        bestSet = i;
    }
    best = &tables[bestSet];
}

// Tests run beside one another: what one of them asks for must not reach the others.
static _Thread_local const kernel_table *asked;
#define table (asked ? asked : best)

int akin_kernels_use(const char *name) {
    asked = NULL;
    // A table without a panel is of a set that this processor lacks.
    for (int i = setCount - 1; i >= 0; i--)
        if (tables[i].layers.panel && !strcmp(name, sets[i].name)) asked = &tables[i];
    return asked != NULL;
}

const char *akin_kernels_name(void) { return sets[bestSet].shown; }
int akin_panel_columns(void) { return table->layers.panel; }

#define LAYER(result, name, parameters, arguments)                                                                     \
    result akin_##name parameters { return table->layers.name arguments; }
#define DISTANCE(result, name, parameters, arguments)                                                                  \
    result akin_##name parameters { return table->distances.name arguments; }
#define CODE(result, name, parameters, arguments)                                                                      \
    result akin_##name parameters { return table->codes.name arguments; }
#define BF16(result, name, parameters, arguments)                                                                      \
    result akin_##name parameters { return table->bf16.name arguments; }

AKIN_LAYER_KERNELS(LAYER)
AKIN_DISTANCE_KERNELS(DISTANCE)
AKIN_CODE_KERNELS(CODE)
AKIN_BF16_KERNELS(BF16)

// A weight whose gradient stays zero has moments that shrink for ever, and below 1e-38 each operation with them costs a
// hundred times more: there they become zero.
#if defined(__x86_64__)
#define FLOAT_CONTROL() _mm_getcsr()
#define SET_FLOAT_CONTROL(value) _mm_setcsr((unsigned)(value))
#define FLUSH_TO_ZERO 0x8040
#elif defined(__aarch64__)
#define FLOAT_CONTROL() __builtin_arm_rsr64("fpcr")
#define SET_FLOAT_CONTROL(value) __builtin_arm_wsr64("fpcr", value)
#define FLUSH_TO_ZERO (1 << 24)
#else
#define FLOAT_CONTROL() 0
#define SET_FLOAT_CONTROL(value) (void)(value)
#define FLUSH_TO_ZERO 0
#endif

#define OPTIMIZER(result, name, parameters, arguments)                                                                 \
    result akin_##name parameters {                                                                                    \
        const uint64_t before = FLOAT_CONTROL();                                                                       \
        SET_FLOAT_CONTROL(before | FLUSH_TO_ZERO);                                                                     \
        table->layers.name arguments;                                                                                  \
        SET_FLOAT_CONTROL(before);                                                                                     \
    }

AKIN_OPTIMIZER_KERNELS(OPTIMIZER)
