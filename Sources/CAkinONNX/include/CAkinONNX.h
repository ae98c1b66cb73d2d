#pragma once

#include <stddef.h>
#include <stdint.h>

// Networks in the ONNX format, run by ONNX Runtime, a library that is opened when it is asked for and need not be
// there.

typedef struct akin_onnx_library akin_onnx_library;
typedef struct akin_onnx_model akin_onnx_model;

enum akin_onnx_code { AKIN_ONNX_OK, AKIN_ONNX_ABSENT, AKIN_ONNX_TOO_OLD, AKIN_ONNX_FAILED };

// As the format numbers them.
enum akin_onnx_type { AKIN_ONNX_FLOAT = 1, AKIN_ONNX_HALF = 10 };

// The oldest version 1.x of the library that will do.
enum { AKIN_ONNX_OLDEST = 11 };

// What went wrong, in words; of a library that is too old its version.
typedef struct {
    char words[512];
} akin_onnx_problem;

enum { AKIN_ONNX_SIDES = 8 };

// An input or output of a model. What is no tensor has type 0; of more than AKIN_ONNX_SIDES sides the first are told,
// of a shape that is not known none. A side that is free is negative.
typedef struct {
    char *name;
    int type;
    size_t rank;
    int64_t sides[AKIN_ONNX_SIDES];
} akin_onnx_place;

// What a model has put out.
typedef struct {
    const void *values;
    size_t count;
    int type;
    size_t rank;
    int64_t sides[AKIN_ONNX_SIDES];
    void *owner;
} akin_onnx_result;

// The library at a path, or of a name that the system knows; it is never closed. What is there and cannot be opened has
// failed; what is not there is absent.
int akin_onnx_open(const char *path, akin_onnx_library **library, akin_onnx_problem *problem);
// "1.21.0"
const char *akin_onnx_version(const akin_onnx_library *library);

// A model from the bytes of its file, which are not needed afterwards. It computes on the thread that runs it.
int akin_onnx_load(const akin_onnx_library *library, const void *bytes, size_t count, akin_onnx_model **model,
                   akin_onnx_problem *problem);
void akin_onnx_unload(akin_onnx_model *model);

int akin_onnx_count(const akin_onnx_model *model, int is_output, size_t *count, akin_onnx_problem *problem);
// `place` goes back to `akin_onnx_forget`.
int akin_onnx_describe(const akin_onnx_model *model, int is_output, size_t position, akin_onnx_place *place,
                       akin_onnx_problem *problem);
void akin_onnx_forget(akin_onnx_place *place);

// One input, `values` of a type and shape, and one output; several threads may call it at once. `result` goes back to
// `akin_onnx_release`.
int akin_onnx_run(const akin_onnx_model *model, const char *input, int type, const void *values, size_t bytes,
                  const int64_t *sides, size_t rank, const char *output, akin_onnx_result *result,
                  akin_onnx_problem *problem);
void akin_onnx_release(const akin_onnx_model *model, akin_onnx_result *result);
