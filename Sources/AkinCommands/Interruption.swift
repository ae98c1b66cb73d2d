import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ctrl-C while an index is being changed: the work ends with the current transaction. A second one ends the
/// program at once, which an index survives as well.
enum Interruption {
    private static let mark = Atomic<Int32>(0)

    /// Whether the user wants to stop.
    static var isRequested: Bool { received != nil }

    /// The signal by which the user has said so.
    static var received: Int32? {
        let number = mark.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        #if canImport(Glibc)
        let handler = action.__sigaction_handler.sa_handler
        #else
        let handler = action.__sigaction_u.__sa_handler
        #endif
        // Functions of C cannot be compared but by their addresses.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// From now on ctrl-C only sets the mark, once. A mark that is set stays: whoever has asked to stop need not ask again
    /// for the next piece of work.
    static func catchSignals() {
        // The next one is to end the program. Looked at here also because it is made by that, which would not be safe in a handler.
        guard !isRequested else { return }
        // Whoever started this program may have blocked them, as worker threads do.
        var signals = sigset_t()
        sigemptyset(&signals)
        // The last one comes where a terminal is closed.
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // What is to be ignored, as under nohup, stays so.
            var action = sigaction()
            sigaction(number, nil, &action)
            guard !isIgnored(action) else { continue }
            sigaddset(&signals, number)
            signal(number) { received in
                Interruption.mark.store(received, ordering: .relaxed)
                signal(received, SIG_DFL)
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
