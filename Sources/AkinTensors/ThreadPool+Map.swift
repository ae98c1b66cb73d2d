extension ThreadPool {
    /// The results of `transform` for each index in `0..<count`, in that order; computed in any order.
    package func map<Result>(_ count: Int, _ transform: (_ index: Int) -> Result) -> [Result] {
        guard count > 0 else { return [] }
        return [Result](unsafeUninitializedCapacity: count) { results, initialised in
            let base = UnsafeMutablePointer(results.baseAddress!)
            forEach(count) { index, _ in (base + index).initialize(to: transform(index)) }
            initialised = count
        }
    }

    /// Calls `body` with `0..<count` in pieces of `size`, the last one shorter, for work of which a single item is too
    /// little for a thread. In any order; `thread` as in `forEach`.
    package func forEachChunk(
        of count: Int, size: Int, _ body: (_ range: Range<Int>, _ thread: Int) -> Void
    ) {
        forEach((count + size - 1) / size) { chunk, thread in
            body(chunk * size..<min((chunk + 1) * size, count), thread)
        }
    }
}
