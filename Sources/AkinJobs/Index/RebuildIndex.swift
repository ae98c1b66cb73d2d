import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinEvaluation
import AkinIndexing
import AkinItems
import AkinVectorSearch

/// Gives an index another backbone: embeds all its pictures again from where they came from. Labels and numbers stay.
public struct RebuildIndex: Job {
    /// Which. One that was open has to be opened again afterwards.
    public var index: IndexPlace
    /// The new backbone.
    public var backbone: any Backbone
    /// Whether items whose pictures cannot be read any more are removed; else they are an error.
    public var dropsUnreadable: Bool

    /// Above so many items, leave-one-out before and after would take too long.
    public static let mostMeasured = 20_000

    /// What was done.
    public struct Result: Encodable, Sendable {
        /// How many items were embedded again.
        public let items: Int
        /// Items that were removed, and why.
        public let dropped: [Skipped]
        /// How long the embedding took.
        public let seconds: Double
        /// With the old backbone; nil where there are too few items to measure it, or too many.
        public let before: Accuracy?
        /// With the new one.
        public let after: Accuracy?
    }

    /// How many items the nearest of the others names rightly.
    public struct Accuracy: Encodable, Sendable {
        /// Of so many.
        public let items: Int
        /// How many wrongly.
        public let errors: Int
        /// 0...1.
        public let accuracy: Double
    }

    /// Which is to get which backbone.
    public init(_ index: IndexPlace, with backbone: any Backbone, droppingUnreadable: Bool = false) {
        self.index = index
        self.backbone = backbone
        dropsUnreadable = droppingUnreadable
    }

    /// Does it. Cancelled, the index is as it was; or it is rebuilt, and has no graph.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try monitor.checkMachine()
        monitor.noteCollapse(of: backbone)
        return try index.changing(monitor) { try rebuild($0, monitor) }
    }

    private func rebuild(_ index: EmbeddingIndex, _ monitor: Monitor) throws -> Result {
        // A similarity that was learned is that of its backbone, which is looked at later.
        if backbone.metric != index.metric.kind, index.metric.kind != .learnedL1 {
            monitor.note(
                .otherMetric(
                    index.metric.kind, backbone: backbone.identity.name, madeFor: backbone.metric))
        }
        let before = try accuracy(of: index)
        let graph = try index.stats().graph
        let wasCalibrated = try index.calibration != nil
        let report = try monitor.during("embedding", endsInOrder: true) { work in
            try index.rebuild(
                with: Embedder(backbone), dropUnreadable: dropsUnreadable,
                isCancelled: { monitor.isCancelled }, progress: { work.update($0) })
        }
        guard let report else { throw JobError.interrupted(.changedNothing) }
        let rebuilt = try index.reopened { monitor.note(.waiting) }
        if wasCalibrated { monitor.note(.calibrationForgotten) }
        try restore(graph, of: rebuilt, monitor)
        return Result(
            items: report.items, dropped: report.dropped, seconds: report.seconds, before: before,
            after: try accuracy(of: rebuilt))
    }

    /// The graph was one of the old embeddings.
    private func restore(_ graph: GraphStats?, of index: EmbeddingIndex, _ monitor: Monitor) throws {
        guard let graph else { return try monitor.maintain(index) }
        let isBuilt = try monitor.during("building the graph", unit: "items") { work in
            try index.buildGraph(
                graph.options, isCancelled: { monitor.isCancelled }, progress: { work.update($0) })
        }
        guard isBuilt else { return monitor.note(.graphNotBuilt) }
        monitor.noteShortfall(of: try index.stats().graph)
        try monitor.keepFit(of: index)
    }

    /// Nil where there are too few items or too many.
    private func accuracy(of index: EmbeddingIndex) throws -> Accuracy? {
        guard (2...Self.mostMeasured).contains(try index.count) else { return nil }
        let total = try LeaveOneOut.outcomes(in: index, classifier: .nearestNeighbours(k: 1)).total
        return Accuracy(items: total.items, errors: total.errors, accuracy: total.accuracy)
    }
}
