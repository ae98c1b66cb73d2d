// A Swift closure that does not escape, as two words that another thread may call while the first one waits. In Swift
// alone this takes `withoutActuallyEscaping`, which allocates memory at each use.
#pragma once

/// The code and the captured variables of a closure `(Int, Int) -> Void`. Good until the function returns that was
/// given the closure.
typedef struct {
    void *code;
    void *captured;
} akin_closure;

/// Calls the closure.
void akin_closure_call(akin_closure closure, long first, long second);
