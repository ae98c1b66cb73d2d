#pragma once

#include "CAkinONNX.h"

// As much of ONNX Runtime's C interface as is used here, which need not be there to build: a table of functions, found
// by their positions. They are part of its binary interface; later versions only add to its end.

typedef struct ort_status ort_status;
typedef struct ort_environment ort_environment;
typedef struct ort_session ort_session;
typedef struct ort_options ort_options;
typedef struct ort_value ort_value;
typedef struct ort_memory ort_memory;
typedef struct ort_allocator ort_allocator;
typedef struct ort_type ort_type;
typedef struct ort_tensor_type ort_tensor_type;

enum { ort_log_fatal = 4, ort_optimize_all = 99, ort_type_tensor = 1, ort_arena_allocator = 1, ort_memory_default = 0 };

#define ORT_FUNCTIONS(EACH)                                                                                            \
    EACH(2, const char *, GetErrorMessage, (const ort_status *))                                                       \
    EACH(3, ort_status *, CreateEnv, (int, const char *, ort_environment **))                                          \
    EACH(8, ort_status *, CreateSessionFromArray,                                                                      \
         (const ort_environment *, const void *, size_t, const ort_options *, ort_session **))                         \
    EACH(9, ort_status *, Run,                                                                                         \
         (ort_session *, const void *, const char *const *, const ort_value *const *, size_t, const char *const *,     \
          size_t, ort_value **))                                                                                       \
    EACH(10, ort_status *, CreateSessionOptions, (ort_options **))                                                     \
    EACH(23, ort_status *, SetSessionGraphOptimizationLevel, (ort_options *, int))                                     \
    EACH(24, ort_status *, SetIntraOpNumThreads, (ort_options *, int))                                                 \
    EACH(25, ort_status *, SetInterOpNumThreads, (ort_options *, int))                                                 \
    EACH(30, ort_status *, SessionGetInputCount, (const ort_session *, size_t *))                                      \
    EACH(31, ort_status *, SessionGetOutputCount, (const ort_session *, size_t *))                                     \
    EACH(33, ort_status *, SessionGetInputTypeInfo, (const ort_session *, size_t, ort_type **))                        \
    EACH(34, ort_status *, SessionGetOutputTypeInfo, (const ort_session *, size_t, ort_type **))                       \
    EACH(36, ort_status *, SessionGetInputName, (const ort_session *, size_t, ort_allocator *, char **))               \
    EACH(37, ort_status *, SessionGetOutputName, (const ort_session *, size_t, ort_allocator *, char **))              \
    EACH(49, ort_status *, CreateTensorWithDataAsOrtValue,                                                             \
         (const ort_memory *, void *, size_t, const int64_t *, size_t, int, ort_value **))                             \
    EACH(50, ort_status *, IsTensor, (const ort_value *, int *))                                                       \
    EACH(51, ort_status *, GetTensorMutableData, (ort_value *, void **))                                               \
    EACH(55, ort_status *, CastTypeInfoToTensorInfo, (const ort_type *, const ort_tensor_type **))                     \
    EACH(60, ort_status *, GetTensorElementType, (const ort_tensor_type *, int *))                                     \
    EACH(61, ort_status *, GetDimensionsCount, (const ort_tensor_type *, size_t *))                                    \
    EACH(62, ort_status *, GetDimensions, (const ort_tensor_type *, int64_t *, size_t))                                \
    EACH(64, ort_status *, GetTensorShapeElementCount, (const ort_tensor_type *, size_t *))                            \
    EACH(65, ort_status *, GetTensorTypeAndShape, (const ort_value *, ort_tensor_type **))                             \
    EACH(69, ort_status *, CreateCpuMemoryInfo, (int, int, ort_memory **))                                             \
    EACH(76, ort_status *, AllocatorFree, (ort_allocator *, void *))                                                   \
    EACH(78, ort_status *, GetAllocatorWithDefaultOptions, (ort_allocator **))                                         \
    EACH(93, void, ReleaseStatus, (ort_status *))                                                                      \
    EACH(95, void, ReleaseSession, (ort_session *))                                                                    \
    EACH(96, void, ReleaseValue, (ort_value *))                                                                        \
    EACH(98, void, ReleaseTypeInfo, (ort_type *))                                                                      \
    EACH(99, void, ReleaseTensorTypeAndShapeInfo, (ort_tensor_type *))                                                 \
    EACH(100, void, ReleaseSessionOptions, (ort_options *))

// What the library exports.
typedef struct {
    const void *const *(*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
} ort_base;

#define ORT_POINTER(POSITION, RESULT, NAME, PARAMETERS) RESULT(*NAME) PARAMETERS;
struct akin_onnx_library {
    ORT_FUNCTIONS(ORT_POINTER)
    ort_environment *environment;
    ort_memory *memory;
    ort_allocator *allocator;
    const char *version;
};

// Takes the words of a status, which goes. Whether there was none.
int akin_onnx_succeeded(const akin_onnx_library *library, ort_status *status, akin_onnx_problem *problem);
