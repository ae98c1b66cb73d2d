import AkinIndexing
import AkinVectorSearch

/// What was done with a graph.
public struct GraphReport: Encodable, Sendable {
    /// How many items the index has.
    public let items: Int
    /// How long it took.
    public let seconds: Double
    /// The graph that there is now.
    public let graph: GraphStats?

    init(_ index: EmbeddingIndex, since began: ContinuousClock.Instant) throws {
        let stats = try index.stats()
        items = stats.items
        seconds = (ContinuousClock.now - began) / .seconds(1)
        graph = stats.graph
    }
}

/// Builds the graph by which a large index is searched, anew if there is one.
public struct BuildGraph: Job {
    /// Of which.
    public var index: IndexPlace
    /// How.
    public var options: GraphOptions

    /// What is to be built.
    public init(of index: IndexPlace, _ options: GraphOptions = GraphOptions()) {
        self.index = index
        self.options = options
    }

    /// Builds it. Cancelled, the index is as it was.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> GraphReport {
        try index.changing(monitor) { try build(in: $0, monitor) }
    }

    private func build(in index: EmbeddingIndex, _ monitor: Monitor) throws -> GraphReport {
        try monitor.checkMachine()
        let began = ContinuousClock.now
        let isDone = try monitor.during("building", unit: "items", endsInOrder: true) { work in
            try index.buildGraph(
                options, isCancelled: { monitor.isCancelled }, progress: { work.update($0) })
        }
        guard isDone else { throw JobError.interrupted(.changedNothing) }
        let report = try GraphReport(index, since: began)
        monitor.noteShortfall(of: report.graph)
        return report
    }
}

/// Drops the graph of an index: every item is looked at again.
public struct DropGraph: Job {
    /// Of which.
    public var index: IndexPlace

    /// Whose graph is to be dropped.
    public init(of index: IndexPlace) { self.index = index }

    /// Drops it, if there is one.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> GraphReport {
        try monitor.checkMachine()
        return try index.changing(monitor) { index in
            let began = ContinuousClock.now
            try index.dropGraph()
            return try GraphReport(index, since: began)
        }
    }
}
