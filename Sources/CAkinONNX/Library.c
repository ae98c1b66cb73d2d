#include "Library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int say(akin_onnx_problem *problem, int code, const char *words) {
    snprintf(problem->words, sizeof problem->words, "%s", words ? words : "without a word");
    return code;
}

int akin_onnx_succeeded(const akin_onnx_library *library, ort_status *status, akin_onnx_problem *problem) {
    if (!status) return 1;
    say(problem, AKIN_ONNX_FAILED, library->GetErrorMessage(status));
    library->ReleaseStatus(status);
    return 0;
}

// Asked for what it has not, the library would complain to the standard error: its version is looked at before.
static int is_too_old(const char *version) {
    return !version || strncmp(version, "0.", 2) == 0 ||
           (strncmp(version, "1.", 2) == 0 && atoi(version + 2) < AKIN_ONNX_OLDEST);
}

static int open_handle(const char *path, void **handle, akin_onnx_problem *problem) {
    int is_path = strchr(path, '/') != NULL;
    if (is_path && access(path, F_OK) != 0) return say(problem, AKIN_ONNX_ABSENT, "there is no such file");
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (*handle) return AKIN_ONNX_OK;
    return say(problem, is_path ? AKIN_ONNX_FAILED : AKIN_ONNX_ABSENT, dlerror());
}

static int prepare(akin_onnx_library *library, akin_onnx_problem *problem) {
    return akin_onnx_succeeded(library, library->CreateEnv(ort_log_fatal, "akin", &library->environment), problem) &&
           akin_onnx_succeeded(library,
                               library->CreateCpuMemoryInfo(ort_arena_allocator, ort_memory_default, &library->memory),
                               problem) &&
           akin_onnx_succeeded(library, library->GetAllocatorWithDefaultOptions(&library->allocator), problem);
}

int akin_onnx_open(const char *path, akin_onnx_library **opened, akin_onnx_problem *problem) {
    void *handle = NULL;
    int code = open_handle(path, &handle, problem);
    if (code) return code;
    const ort_base *(*find)(void) = NULL;
    *(void **)&find = dlsym(handle, "OrtGetApiBase");
    const ort_base *base = find ? find() : NULL;
    if (!base) return say(problem, AKIN_ONNX_FAILED, "it has no OrtGetApiBase");
    const char *version = base->GetVersionString();
    if (is_too_old(version)) return say(problem, AKIN_ONNX_TOO_OLD, version);
    const void *const *table = base->GetApi(AKIN_ONNX_OLDEST);
    if (!table) return say(problem, AKIN_ONNX_TOO_OLD, version);
    akin_onnx_library *library = calloc(1, sizeof *library);
    if (!library) return say(problem, AKIN_ONNX_FAILED, "not enough memory");
    library->version = version;
#define ORT_FIND(POSITION, RESULT, NAME, PARAMETERS) memcpy(&library->NAME, &table[POSITION], sizeof library->NAME);
    ORT_FUNCTIONS(ORT_FIND)
    if (!prepare(library, problem)) {
        free(library);
        return AKIN_ONNX_FAILED;
    }
    *opened = library;
    return AKIN_ONNX_OK;
}

const char *akin_onnx_version(const akin_onnx_library *library) { return library->version; }
