#include "CAkinClosures.h"

// Swift's own calling convention (docs/ABI/CallConvSummary.rst of Swift): a closure as an argument is these two words,
// and what it captured is handed to it in a register of its own.
typedef __attribute__((swiftcall)) void (*code_of_closure)(long, long, __attribute__((swift_context)) void *);

/// Declared in ThreadPool.swift, where its argument is the closure.
__attribute__((swiftcall)) void akin_closure_words(void *code, void *captured, akin_closure *words);

__attribute__((swiftcall)) void akin_closure_words(void *code, void *captured, akin_closure *words) {
    words->code = code;
    words->captured = captured;
}

void akin_closure_call(akin_closure closure, long first, long second) {
    ((code_of_closure)closure.code)(first, second, closure.captured);
}
