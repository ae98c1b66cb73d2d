import Foundation
import Synchronization

/// A thread of its own for one piece of work, which ends with a result.
package final class Background<Success: Sendable, Failure: Error>: Sendable {
    private let outcome: Mutex<Result<Success, Failure>?>
    private let ended: DispatchSemaphore

    /// Begins the work at once.
    package init(_ work: sending @escaping () throws(Failure) -> Success) {
        outcome = Mutex(nil)
        ended = DispatchSemaphore(value: 0)
        // The closure goes to the thread and is never seen here again.
        nonisolated(unsafe) let work = work
        let thread = Thread { [self] in
            let result = Result { () throws(Failure) in try work() }
            outcome.withLock { $0 = result }
            ended.signal()
        }
        // Elsewhere than on Linux a thread gets too little for decoders.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the end of the work: what it returned, or threw. To be called as often as one likes.
    package func result() throws(Failure) -> Success {
        ended.wait()
        ended.signal()
        guard let result = outcome.withLock({ $0 }) else { preconditionFailure("work that has not ended") }
        return try result.get()
    }
}
