import AkinIndexing

/// Makes an index's files as small as what is in them.
public struct CompactIndex: Job {
    /// Which.
    public var index: IndexPlace

    /// What is to be made smaller.
    public init(_ index: IndexPlace) { self.index = index }

    /// Does it; the disk needs room for a second index. Readers go on, writers wait.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> CompactionReport {
        try index.changing(monitor) { try $0.compact() }
    }
}
