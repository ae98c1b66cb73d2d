/// Which items may be in the answers to some queries.
package struct SearchFilter: Sendable {
    /// Only these; nil: all.
    package var allowed: Set<UInt64>?
    /// Empty, or for each query the ids that its answer must not contain.
    package var excluding: [Set<UInt64>]

    package init(allowed: Set<UInt64>? = nil, excluding: [Set<UInt64>] = []) {
        self.allowed = allowed
        self.excluding = excluding
    }

    /// An id of 0 is that of a dead row.
    @inline(__always)
    func admits(_ id: UInt64, query: Int) -> Bool {
        id != 0 && (allowed?.contains(id) ?? true) && (excluding.isEmpty || !excluding[query].contains(id))
    }
}
