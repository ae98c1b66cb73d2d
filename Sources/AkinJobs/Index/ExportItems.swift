import AkinBasics
import AkinExchange
import AkinIndexing
import AkinItems

/// Writes an index's items and embeddings into files.
public struct ExportItems: Job {
    /// Of which.
    public var index: IndexPlace
    /// One file that says everything, or one of vectors and one of items; their endings tell the formats. One `.csv` alone is a table of
    /// the items for spreadsheets, which `RelabelFromTable` takes back.
    public var paths: [String]
    /// Whether files that are there may be replaced.
    public var overwrites: Bool

    /// What was written.
    public struct Result: Encodable, Sendable {
        /// How many items.
        public let exported: Int
        /// Length of an embedding.
        public let dimension: Int
        /// Where to.
        public let files: [String]
    }

    /// What is to be written where.
    public init(of index: IndexPlace, to paths: [String], overwriting: Bool = false) {
        self.index = index
        self.paths = paths
        overwrites = overwriting
    }

    /// Writes it. Cancelled, there are no files, or those of before.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let isTable = paths.count == 1 && paths[0].lowercased().hasSuffix(".csv")
        let files = try isTable ? nil : ExchangeFiles(paths)
        let index = try index.reading()
        try OutputFile.check(paths.map { OutputFile($0, replacing: overwrites) }, of: self.index) {
            try index.items().files
        }
        guard let files else {
            let exported = try index.exportTable(to: OutputFile(paths[0], replacing: overwrites))
            return Result(exported: exported, dimension: index.dimension, files: paths)
        }
        let exported = try monitor.during("exporting", unit: "items") { work in
            try index.export(
                to: files, overwriting: overwrites, isCancelled: { monitor.isCancelled },
                progress: { work.update($0) })
        }
        guard let exported else { throw JobError.interrupted(.wroteNothing) }
        return Result(exported: exported, dimension: index.dimension, files: paths)
    }
}
