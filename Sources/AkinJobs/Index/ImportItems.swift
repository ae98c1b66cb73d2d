import AkinDatasets
import AkinEmbedding
import AkinExchange
import AkinIndexing
import AkinItems
import AkinVectorSearch

/// Puts embeddings of any model into an index. Where there is none yet, one is made; it answers queries by vectors, but
/// cannot embed pictures.
public struct ImportItems: Job {
    /// Into which.
    public var index: IndexPlace
    /// One file that says everything, or one of vectors and, if there is one, one of items; their endings tell the
    /// formats.
    public var paths: [String]
    /// What is taken for granted.
    public var options: ImportOptions
    /// How distances between embeddings are measured where an index is made: by default `l2`. One that is there has to
    /// measure so.
    public var metric: Metric.Kind?

    /// What was imported.
    public struct Result: Encodable, Sendable {
        /// The folder of the index.
        public let index: String
        /// Whether it was made.
        public let created: Bool
        /// What became of the items.
        public let report: ImportReport

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(index, forKey: .index)
            try container.encode(created, forKey: .created)
        }

        private enum CodingKeys: String, CodingKey { case index, created }
    }

    /// What is to be imported.
    public init(
        _ paths: [String], into index: IndexPlace, _ options: ImportOptions = ImportOptions(),
        metric: Metric.Kind? = nil
    ) {
        self.index = index
        self.paths = paths
        self.options = options
        self.metric = metric
    }

    /// Imports it. The files are read through before anything is written; cancelled, what has been written stays.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let files = try ExchangeFiles(paths)
        let isThere = EmbeddingIndex.exists(at: index.path)
        try monitor.checkMachine()
        var options = options
        // An index that is made for the files has their backbone, known or not.
        if !isThere { options.isSameBackbone = true }
        let source = try ImportSource(files, options)
        if !isThere {
            try source.tableLabels.check(besides: [:])
            try create(for: source)
        }
        let report = try index.changing(monitor) { index in
            if isThere, let metric, metric != index.metric.kind {
                throw JobError.otherMetric(index: index.path, metric: index.metric.kind, asked: metric)
            }
            try source.tableLabels.check(besides: index.read { try $0.labelCounts() })
            return try importItems(from: source, to: index, monitor)
        }
        note(source.columns, monitor)
        return Result(index: self.index.path, created: !isThere, report: report)
    }

    private func importItems(
        from source: ImportSource, to index: EmbeddingIndex, _ monitor: Monitor
    ) throws -> ImportReport {
        let report = try monitor.notingNewLabels(of: index) {
            try monitor.inTransactions(
                "importing", unit: "items", interruption: { .imported($0, of: $1) }
            ) {
                try index.importItems(from: source, isCancelled: $0, progress: $1)
            }
        }
        try monitor.afterChange {
            try monitor.maintain(index)
            try monitor.noteWhatTellsNothing([], in: index)
        }
        return report
    }

    private func note(_ columns: ColumnRemarks, _ monitor: Monitor) {
        if let delimiter = columns.delimiter {
            monitor.note(.pictures(.delimiter(path: paths.last ?? "", delimiter)))
        }
        if !columns.ignored.isEmpty {
            monitor.note(.ignoredColumns(columns.ignored, missing: columns.missing))
        }
    }

    /// Nothing is made if the files cannot be read through.
    private func create(for source: ImportSource) throws {
        try source.check()
        _ = try EmbeddingIndex.create(
            at: index.path, dimension: source.dimension, metric: metric ?? .l2,
            backbone: source.backbone ?? .unnamed())
    }
}
