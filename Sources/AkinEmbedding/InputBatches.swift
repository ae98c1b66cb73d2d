import AkinBasics

/// Batches that a thread of its own reads while those before them are used.
///
/// The thread ends with the last batch, or early by `stop()`: whoever may leave before the end calls it in a `defer`.
public final class InputBatches<Failure: Error>: Sendable {
    private let queue: BoundedQueue<InputBatch>
    private let reading: Background<Void, Failure>

    init(
        _ reader: InputReader, batch: Int, depth: Int,
        choosing: @escaping @Sendable (Range<Int>) throws(Failure) -> InputReader.Choice
    ) {
        precondition(batch > 0 && depth > 0, "a batch has at least one sample, and there is room for one")
        let queue = BoundedQueue<InputBatch>(capacity: depth)
        self.queue = queue
        reading = Background { () throws(Failure) in
            defer { queue.close() }
            for first in stride(from: 0, to: reader.samples.count, by: batch) {
                let range = first..<min(first + batch, reader.samples.count)
                let isWanted = try choosing(range)
                guard queue.push(reader.read(range, choosing: isWanted)) else { return }
            }
        }
    }

    deinit { queue.close() }

    /// Waits for the next batch; nil when all have been read, or reading was stopped.
    ///
    /// - Throws: What `choosing` threw, after all batches before that.
    public func next() throws(Failure) -> InputBatch? {
        if let batch = queue.pop() { return batch }
        try reading.result()
        return nil
    }

    /// Begins no further batch and waits for the one that is being read. May be called from any thread, and at any
    /// time; batches that have been read already can still be asked for.
    public func stop() {
        queue.close()
        // Its error is for `next()`.
        _ = try? reading.result()
    }
}

extension InputReader {
    /// All samples, `batch` at a time, read by another thread ahead of their use: up to `depth` batches wait for it.
    ///
    /// - Parameter choosing: Asked before each batch, on the reading thread; its answer is that of `read(_:choosing:)`.
    public func readingAhead<Failure: Error>(
        batch: Int, depth: Int = 2, choosing: @escaping @Sendable (Range<Int>) throws(Failure) -> Choice
    ) -> InputBatches<Failure> {
        InputBatches(self, batch: batch, depth: depth, choosing: choosing)
    }

    /// As the above, all samples wanted.
    public func readingAhead(batch: Int, depth: Int = 2) -> InputBatches<Never> {
        readingAhead(batch: batch, depth: depth) { (_) throws(Never) -> Choice in { _, _ in true } }
    }
}
