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
    /// When it was set, in milliseconds of a clock that only goes on.
    private static let time = Atomic<Int>(0)
    /// What comes so soon after the first is the same wish: `timeout` sends a signal to its program, and to the group that this is in.
    private static let soon = 300

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

    /// From now on ctrl-C only sets the mark, and ends the program where that is set. It stays set: whoever has asked to stop
    /// need not ask again for the next piece of work.
    static func catchSignals() {
        // Made before a handler needs them: making them there would not be safe.
        _ = (isRequested, time.load(ordering: .relaxed))
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
                var now = timespec()
                clock_gettime(CLOCK_MONOTONIC, &now)
                let time = now.tv_sec * 1000 + now.tv_nsec / 1_000_000
                if !Interruption.isRequested {
                    Interruption.time.store(time, ordering: .relaxed)
                    Interruption.mark.store(received, ordering: .relaxed)
                } else if time - Interruption.time.load(ordering: .relaxed) > Interruption.soon {
                    // As if it had never been caught.
                    signal(received, SIG_DFL)
                    raise(received)
                }
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
