#include "Library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct akin_onnx_model {
    const akin_onnx_library *library;
    ort_session *session;
};

static int load(const akin_onnx_library *ort, const void *bytes, size_t count, ort_session **session,
                akin_onnx_problem *problem) {
    ort_options *options = NULL;
    // One thread: pictures are embedded beside each other already, and the sums do not depend on how many there are.
    int is_done = akin_onnx_succeeded(ort, ort->CreateSessionOptions(&options), problem) &&
                  akin_onnx_succeeded(ort, ort->SetIntraOpNumThreads(options, 1), problem) &&
                  akin_onnx_succeeded(ort, ort->SetInterOpNumThreads(options, 1), problem) &&
                  akin_onnx_succeeded(ort, ort->SetSessionGraphOptimizationLevel(options, ort_optimize_all), problem) &&
                  akin_onnx_succeeded(
                      ort, ort->CreateSessionFromArray(ort->environment, bytes, count, options, session), problem);
    if (options) ort->ReleaseSessionOptions(options);
    return is_done;
}

int akin_onnx_load(const akin_onnx_library *library, const void *bytes, size_t count, akin_onnx_model **loaded,
                   akin_onnx_problem *problem) {
    ort_session *session = NULL;
    if (!load(library, bytes, count, &session, problem)) return AKIN_ONNX_FAILED;
    akin_onnx_model *model = malloc(sizeof *model);
    if (!model) {
        library->ReleaseSession(session);
        snprintf(problem->words, sizeof problem->words, "not enough memory");
        return AKIN_ONNX_FAILED;
    }
    *model = (akin_onnx_model){library, session};
    *loaded = model;
    return AKIN_ONNX_OK;
}

void akin_onnx_unload(akin_onnx_model *model) {
    model->library->ReleaseSession(model->session);
    free(model);
}

int akin_onnx_count(const akin_onnx_model *model, int is_output, size_t *count, akin_onnx_problem *problem) {
    const akin_onnx_library *ort = model->library;
    ort_status *status = is_output ? ort->SessionGetOutputCount(model->session, count)
                                   : ort->SessionGetInputCount(model->session, count);
    return akin_onnx_succeeded(ort, status, problem) ? AKIN_ONNX_OK : AKIN_ONNX_FAILED;
}

static int measure(const akin_onnx_library *ort, const ort_tensor_type *info, int *type, size_t *rank, int64_t *sides,
                   akin_onnx_problem *problem) {
    if (!akin_onnx_succeeded(ort, ort->GetTensorElementType(info, type), problem) ||
        !akin_onnx_succeeded(ort, ort->GetDimensionsCount(info, rank), problem))
        return 0;
    size_t count = *rank < AKIN_ONNX_SIDES ? *rank : AKIN_ONNX_SIDES;
    return akin_onnx_succeeded(ort, ort->GetDimensions(info, sides, count), problem);
}

static int describe(const akin_onnx_model *model, int is_output, size_t position, char **name, ort_type **type,
                    akin_onnx_place *place, akin_onnx_problem *problem) {
    const akin_onnx_library *ort = model->library;
    ort_status *status = is_output ? ort->SessionGetOutputName(model->session, position, ort->allocator, name)
                                   : ort->SessionGetInputName(model->session, position, ort->allocator, name);
    if (!akin_onnx_succeeded(ort, status, problem)) return 0;
    status = is_output ? ort->SessionGetOutputTypeInfo(model->session, position, type)
                       : ort->SessionGetInputTypeInfo(model->session, position, type);
    if (!akin_onnx_succeeded(ort, status, problem)) return 0;
    const ort_tensor_type *info = NULL;
    if (!akin_onnx_succeeded(ort, ort->CastTypeInfoToTensorInfo(*type, &info), problem)) return 0;
    // What is no tensor has none.
    if (info && !measure(ort, info, &place->type, &place->rank, place->sides, problem)) return 0;
    place->name = strdup(*name);
    return place->name != NULL;
}

int akin_onnx_describe(const akin_onnx_model *model, int is_output, size_t position, akin_onnx_place *place,
                       akin_onnx_problem *problem) {
    char *name = NULL;
    ort_type *type = NULL;
    *place = (akin_onnx_place){0};
    int is_done = describe(model, is_output, position, &name, &type, place, problem);
    akin_onnx_problem ignored;
    if (name)
        akin_onnx_succeeded(model->library, model->library->AllocatorFree(model->library->allocator, name), &ignored);
    if (type) model->library->ReleaseTypeInfo(type);
    return is_done ? AKIN_ONNX_OK : AKIN_ONNX_FAILED;
}

void akin_onnx_forget(akin_onnx_place *place) {
    free(place->name);
    place->name = NULL;
}

static int read_result(const akin_onnx_library *ort, ort_value *value, akin_onnx_result *result,
                       akin_onnx_problem *problem) {
    int is_tensor = 0;
    if (!akin_onnx_succeeded(ort, ort->IsTensor(value, &is_tensor), problem)) return 0;
    if (!is_tensor) {
        snprintf(problem->words, sizeof problem->words, "what it puts out is no tensor");
        return 0;
    }
    ort_tensor_type *info = NULL;
    void *values = NULL;
    int is_done = akin_onnx_succeeded(ort, ort->GetTensorTypeAndShape(value, &info), problem) &&
                  measure(ort, info, &result->type, &result->rank, result->sides, problem) &&
                  akin_onnx_succeeded(ort, ort->GetTensorShapeElementCount(info, &result->count), problem) &&
                  akin_onnx_succeeded(ort, ort->GetTensorMutableData(value, &values), problem);
    if (info) ort->ReleaseTensorTypeAndShapeInfo(info);
    result->values = values;
    return is_done;
}

int akin_onnx_run(const akin_onnx_model *model, const char *input, int type, const void *values, size_t bytes,
                  const int64_t *sides, size_t rank, const char *output, akin_onnx_result *result,
                  akin_onnx_problem *problem) {
    const akin_onnx_library *ort = model->library;
    ort_value *given = NULL, *made = NULL;
    *result = (akin_onnx_result){0};
    // The library does not write there.
    ort_status *status =
        ort->CreateTensorWithDataAsOrtValue(ort->memory, (void *)(uintptr_t)values, bytes, sides, rank, type, &given);
    int is_done = akin_onnx_succeeded(ort, status, problem);
    if (is_done) {
        const ort_value *all[] = {given};
        status = ort->Run(model->session, NULL, &input, all, 1, &output, 1, &made);
        is_done = akin_onnx_succeeded(ort, status, problem) && read_result(ort, made, result, problem);
    }
    if (given) ort->ReleaseValue(given);
    if (!is_done) {
        if (made) ort->ReleaseValue(made);
        return AKIN_ONNX_FAILED;
    }
    result->owner = made;
    return AKIN_ONNX_OK;
}

void akin_onnx_release(const akin_onnx_model *model, akin_onnx_result *result) {
    if (result->owner) model->library->ReleaseValue(result->owner);
    result->owner = NULL;
}
