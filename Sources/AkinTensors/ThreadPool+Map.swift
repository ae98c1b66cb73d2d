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
}
