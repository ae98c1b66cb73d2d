import AkinIndexing

/// Copies an index as it is now into another folder, whatever others change meanwhile.
public struct SnapshotIndex: Job {
    /// Which.
    public var index: IndexPlace
    /// A folder that does not exist, or is empty.
    public var folder: String

    /// What the copy holds.
    public struct Result: Encodable, Sendable {
        /// How many items there are.
        public let items: Int
        /// Size on disk.
        public let bytes: Int
    }

    /// What is to be copied where.
    public init(of index: IndexPlace, to folder: String) {
        self.index = index
        self.folder = folder
    }

    /// Copies it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try index.reading().snapshot(to: folder)
        let stats = try IndexPlace.folder(folder).reading().stats()
        return Result(items: stats.items, bytes: stats.bytes)
    }
}
