#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import CAkinClosures
import Synchronization

/// The threads on which Akin's loops run: one for each core, started once, and never an allocation in a loop.
///
/// What a loop computes must not depend on who computes it: divide the work by its own size, not by the number
/// of threads, and a run repeats bit for bit whatever that number is.
public final class ThreadPool: @unchecked Sendable {
    /// The pool that everything uses. `AKIN_THREADS` in the environment sets its size.
    public static let shared = ThreadPool(
        threads: getenv("AKIN_THREADS").flatMap { Int(String(cString: $0)) }.map { min(max($0, 1), 256) }
            ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// How many threads work on a loop, the caller's among them.
    public let threads: Int

    // `mutex` guards all below; the two conditions mean "a loop has begun" and "a worker has left the loop".
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let begun = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let left = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var body: akin_closure?
    private var count = 0
    private var generation: UInt64 = 0
    private var working = 0
    private let next = Atomic<Int>(0)
    private let busy = Atomic<Bool>(false)

    /// A pool of its own, for tests: everything else shares one.
    public init(threads: Int) {
        precondition(threads > 0)
        self.threads = threads
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(begun, nil)
        pthread_cond_init(left, nil)
        for thread in 1..<max(threads, 1) {
            let start = Unmanaged.passRetained(Start(pool: self, thread: thread))
            #if canImport(Glibc)
            var handle = pthread_t()
            #else
            var handle: pthread_t?
            #endif
            pthread_create(
                &handle, nil,
                { argument in
                    #if canImport(Glibc)
                    let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                    #else
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    #endif
                    start.pool.work(thread: start.thread)
                }, start.toOpaque())
        }
    }

    private final class Start {
        let pool: ThreadPool
        let thread: Int
        init(pool: ThreadPool, thread: Int) {
            self.pool = pool
            self.thread = thread
        }
    }

    private func work(thread: Int) -> Never {
        var seen: UInt64 = 0
        while true {
            pthread_mutex_lock(mutex)
            while generation == seen || body == nil {
                seen = generation
                pthread_cond_wait(begun, mutex)
            }
            seen = generation
            let body = body!
            let count = count
            working += 1
            pthread_mutex_unlock(mutex)

            drain(body, count: count, thread: thread)

            pthread_mutex_lock(mutex)
            working -= 1
            pthread_cond_signal(left)
            pthread_mutex_unlock(mutex)
        }
    }

    private func drain(_ body: akin_closure, count: Int, thread: Int) {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            akin_closure_call(body, index, thread)
        }
    }

    /// Calls `body` once for each index in `0..<count`, in any order, and returns when all have returned.
    /// `thread` is below `threads` and names the caller's scratch space.
    ///
    /// Where the pool is busy (a loop inside a loop, or another thread's), the caller runs its loop alone, as
    /// thread 0: so scratch space must belong to the one who calls, not to the pool.
    @inline(never)
    public func forEach(_ count: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
        guard threads > 1, count > 1,
            busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
        else {
            for index in 0..<count { body(index, 0) }
            return
        }
        var closure = akin_closure()
        words(of: body, &closure)
        pthread_mutex_lock(mutex)
        next.store(0, ordering: .relaxed)
        self.body = closure
        self.count = count
        generation &+= 1
        pthread_cond_broadcast(begun)
        pthread_mutex_unlock(mutex)

        drain(closure, count: count, thread: 0)

        pthread_mutex_lock(mutex)
        self.body = nil
        while working > 0 { pthread_cond_wait(left, mutex) }
        pthread_mutex_unlock(mutex)
        // Its last use: until here, what it captured has to live.
        words(of: body, &closure)
        busy.store(false, ordering: .releasing)
    }

    /// Calls `body`, whose loops run on the calling thread alone: for what is to be measured on one thread.
    package func alone<R, E>(_ body: () throws(E) -> R) throws(E) -> R {
        let isMine = busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
        defer { if isMine { busy.store(false, ordering: .releasing) } }
        return try body()
    }
}

/// See CAkinClosures.
@_silgen_name("akin_closure_words")
private func words(of body: (Int, Int) -> Void, _ words: UnsafeMutablePointer<akin_closure>)
