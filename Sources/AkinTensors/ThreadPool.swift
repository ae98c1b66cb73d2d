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

    // `mutex` guards all below but `next`; the two conditions mean "a loop has begun" and "the last worker has left
    // a loop".
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let begun = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let left = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Loops of several threads that may run at the same time; a loop begun beside so many runs on its own thread.
    private let loops: UnsafeMutableBufferPointer<Loop>

    private struct Loop: ~Copyable {
        /// What to call; nil where there is no loop.
        var body: akin_closure?
        var count = 0
        /// How many workers are in it.
        var working = 0
        /// The first index that nobody has taken.
        let next = Atomic<Int>(0)
    }

    /// Set on threads that are in a loop of any pool.
    private static let inside = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// A pool of its own, for tests: everything else shares one.
    package init(threads: Int) {
        precondition(threads > 0)
        self.threads = threads
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(begun, nil)
        pthread_cond_init(left, nil)
        loops = .allocate(capacity: 4)
        for place in loops.indices { loops.initializeElement(at: place, to: Loop()) }
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
        pthread_setspecific(Self.inside, UnsafeRawPointer(mutex))
        pthread_mutex_lock(mutex)
        while true {
            // The first of those that still have something to do.
            let open = loops.indices.first {
                loops[$0].body != nil && loops[$0].next.load(ordering: .relaxed) < loops[$0].count
            }
            guard let open else {
                pthread_cond_wait(begun, mutex)
                continue
            }
            let (body, count) = (loops[open].body!, loops[open].count)
            loops[open].working += 1
            pthread_mutex_unlock(mutex)

            drain(open, body, count: count, thread: thread)

            pthread_mutex_lock(mutex)
            loops[open].working -= 1
            if loops[open].working == 0 { pthread_cond_broadcast(left) }
        }
    }

    private func drain(_ place: Int, _ body: akin_closure, count: Int, thread: Int) {
        while true {
            let index = loops[place].next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            akin_closure_call(body, index, thread)
        }
    }

    /// Calls `body` once for each index in `0..<count`, in any order, and returns when all have returned.
    /// `thread` is below `threads` and names the caller's scratch space.
    ///
    /// Loops of several threads share the pool's; a loop inside a loop runs on its thread alone, as thread 0: so
    /// scratch space must belong to the one who calls, not to the pool.
    @inline(never)
    public func forEach(_ count: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
        guard threads > 1, count > 1, pthread_getspecific(Self.inside) == nil else {
            for index in 0..<count { body(index, 0) }
            return
        }
        pthread_mutex_lock(mutex)
        guard let place = loops.indices.first(where: { loops[$0].body == nil }) else {
            pthread_mutex_unlock(mutex)
            alone { for index in 0..<count { body(index, 0) } }
            return
        }
        var closure = akin_closure()
        words(of: body, &closure)
        loops[place].body = closure
        loops[place].count = count
        loops[place].next.store(0, ordering: .relaxed)
        pthread_cond_broadcast(begun)
        pthread_mutex_unlock(mutex)

        alone { drain(place, closure, count: count, thread: 0) }

        pthread_mutex_lock(mutex)
        while loops[place].working > 0 { pthread_cond_wait(left, mutex) }
        loops[place].body = nil
        pthread_mutex_unlock(mutex)
        // Its last use: until here, what it captured has to live.
        words(of: body, &closure)
    }

    /// Calls `body`, whose loops run on the calling thread alone: for what is to be measured on one thread.
    package func alone<R, E>(_ body: () throws(E) -> R) throws(E) -> R {
        let outer = pthread_getspecific(Self.inside)
        pthread_setspecific(Self.inside, UnsafeRawPointer(mutex))
        defer { pthread_setspecific(Self.inside, outer) }
        return try body()
    }
}

/// See CAkinClosures.
@_silgen_name("akin_closure_words")
private func words(of body: (Int, Int) -> Void, _ words: UnsafeMutablePointer<akin_closure>)
