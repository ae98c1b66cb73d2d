import AkinBasics
import CAllocationCounter

/// How often `body` allocates memory on the calling thread, or nil where that cannot be counted. A loop of a
/// `ThreadPool` with one thread runs on the caller's.
package func allocations(of body: () throws -> Void) rethrows -> Int? {
    guard allocation_counter_works() == 1 else { return nil }
    let before = allocations_of_this_thread()
    try body()
    return Int(allocations_of_this_thread() - before)
}

/// How often the calling thread has allocated so far, or nil where that cannot be counted.
package func allocationsSoFar() -> Int? {
    allocation_counter_works() == 1 ? Int(allocations_of_this_thread()) : nil
}
