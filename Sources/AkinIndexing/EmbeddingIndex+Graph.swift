import AkinStorage
import AkinTensors
import AkinVectorSearch
import Synchronization

/// How an index's graph stands.
public struct GraphStats: Sendable, Equatable, Codable {
    /// Links of a node on the upper levels; twice as many on the lowest.
    public let links: Int
    /// How many candidates a node's links were chosen from.
    public let candidates: Int
    /// Seed of levels and order.
    public let seed: UInt64
    /// Candidates that a search keeps if nobody says anything else: as many as it needs to find nearly all, which was
    /// measured when the graph was built.
    public let width: Int
    /// What a component of its codes is.
    public let codes: CodeKind
    /// Levels, the lowest too.
    public let levels: Int
    /// Items that it finds.
    public let items: Int
    /// Nodes whose items are gone.
    public let removed: Int
    /// Items added since, which are looked at beside it.
    public let unindexed: Int
    /// Size of codes, links and levels.
    public let bytes: Int
}

/// What a graph is built with; the defaults suit from a few thousand to a million items.
public struct GraphOptions: Sendable, Equatable {
    /// Links of a node on the upper levels, 2...256; twice as many on the lowest. More find more, in more time.
    public var links: Int
    /// How many candidates a node's links are chosen from, 1...65,536. More make a better graph, in more time.
    public var candidates: Int
    /// Of levels and order: the same items and seed give the same graph, whatever the number of threads.
    public var seed: UInt64
    /// What a component of the codes is, through which it is searched; nil: a byte, unless on a sample of the vectors
    /// that mistakes too many neighbours.
    public var codes: CodeKind?

    /// What `candidates` can be.
    public static let candidateRange = 1...65_536

    /// As hnswlib's defaults.
    public init(links: Int = 16, candidates: Int = 200, seed: UInt64 = 1, codes: CodeKind? = nil) {
        self.links = links
        self.candidates = candidates
        self.seed = seed
        self.codes = codes
    }

    var parameters: GraphParameters {
        GraphParameters(links: links, candidates: candidates, seed: seed)
    }
}

extension EmbeddingIndex {
    /// From so many items on a graph is built without being asked for; below, exact search is quick enough.
    public static let itemsForGraph = 100_000
    /// Where so many items, or this share of all, are not in the graph yet, they are inserted.
    private static let mostUnindexed = (items: 5_000, share: 0.1)
    /// Where this share of the graph's nodes are dead, it is built anew.
    private static let mostRemoved = 0.2

    /// Builds the graph, anew if there is one: nearest neighbours are found by it from then on, nearly always the same
    /// as by looking at all.
    ///
    /// One transaction: other writers wait for it, readers do not. Items added later are looked at beside the graph, until they are
    /// many enough to be inserted.
    ///
    /// - Parameter progress: Told how many of how many items are done.
    /// - Returns: False if it was cancelled; the index is as it was before then.
    @discardableResult
    public func buildGraph(
        _ options: GraphOptions = GraphOptions(), isCancelled: () -> Bool = { false },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(IndexError) -> Bool {
        guard GraphParameters.linkRange.contains(options.links),
            GraphOptions.candidateRange.contains(options.candidates)
        else {
            throw .noGraph(
                reason: "links must be 2 to 256 and candidates 1 to 65536; leave them out for good ones")
        }
        guard metric.hasCodes else {
            throw .noGraph(
                reason:
                    "by metric \(metric.kind.rawValue) a difference may make two items more alike, so that none can be "
                    + "left out unseen; search is exact")
        }
        guard dimension <= CodeSpace.largestDimension else {
            throw .noGraph(
                reason:
                    "embeddings have \(dimension) dimensions, at most \(CodeSpace.largestDimension) can be "
                    + "compared by codes; search is exact")
        }
        return try extendGraph(options, isCancelled: isCancelled, progress: progress)
    }

    /// Drops the graph: search is exact from then on.
    public func dropGraph() throws(IndexError) {
        try writing { try setGraphRows(0, in: $0) }
    }

    /// Builds, grows or rebuilds the graph where that is due: call it after changes.
    /// - Returns: Whether anything was done.
    @discardableResult
    public func maintainGraph(
        isCancelled: () -> Bool = { false }, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(IndexError) -> Bool {
        guard metric.hasCodes, dimension <= CodeSpace.largestDimension else { return false }
        let (items, rows, inGraph, options) = try reading { transaction in
            let record = try tables.settings.bytes(of: Setting.graph, in: transaction).flatMap {
                GraphRecord(stored: $0, dimension: dimension)
            }
            return (
                try tables.items.count(in: transaction), try self.rows(in: transaction),
                try graphRows(in: transaction), record?.options
            )
        }
        guard inGraph > 0, let options else {
            guard items >= Self.itemsForGraph else { return false }
            return try buildGraph(isCancelled: isCancelled, progress: progress)
        }
        let unindexed = rows - inGraph
        if Double(rows - items) > Self.mostRemoved * Double(inGraph) {
            guard items > 0 else {
                try dropGraph()
                return true
            }
            return try buildGraph(options, isCancelled: isCancelled, progress: progress)
        }
        guard unindexed >= Self.mostUnindexed.items,
            Double(unindexed) > Self.mostUnindexed.share * Double(inGraph)
        else { return false }
        return try extendGraph(nil, isCancelled: isCancelled, progress: progress)
    }

    /// The graph as the transaction sees it; nil if there is none. What was resolved before is used again for as long
    /// as nothing has changed.
    func graph(in transaction: borrowing ReadTransaction) throws -> GraphView? {
        let snapshot = transaction.snapshot
        if let known = graphView.withLock({ $0 }), known.snapshot == snapshot { return known.view }
        let view: GraphView?
        if try graphRows(in: transaction) > 0 {
            let vectors = VectorRows(
                blocks: try resolvedBlocks(in: transaction, verifying: false), capacity: layout.capacity,
                dimension: dimension)
            view = try GraphView(self, vectors, in: transaction)
        } else {
            view = nil
        }
        graphView.withLock { $0 = (snapshot, view) }
        return view
    }

    /// For what can do without the graph: nil also where that is damaged. Its codes are what was written.
    func soundGraph(in transaction: borrowing ReadTransaction) throws -> GraphView? {
        do {
            guard let view = try graph(in: transaction) else { return nil }
            return verifiedCodes.firstDamaged(of: view.sealedCodes) == nil ? view : nil
        } catch IndexError.damagedGraph {
            return nil
        }
    }

    func graphStats(in transaction: borrowing ReadTransaction) throws -> GraphStats? {
        guard let view = try graph(in: transaction) else { return nil }
        let rows = view.codes.count
        let layout = GraphLayout(stride: view.space.stride, width: view.parameters.links)
        let unindexed = view.vectors.count - rows
        let items = try tables.items.count(in: transaction)
        return GraphStats(
            links: view.parameters.links, candidates: view.parameters.candidates, seed: view.parameters.seed,
            width: view.searchWidth, codes: view.space.kind, levels: view.graph.levels.count + 1,
            items: items - unindexed,
            removed: rows - (items - unindexed),
            unindexed: unindexed,
            bytes: layout.codeBlocks(rows: rows) * layout.codeBlockSize
                + layout.linkBlocks(rows: rows) * layout.linkBlockSize
                + view.graph.levels.reduce(0) { $0 + layout.levelSize(nodes: $1.count) })
    }
}
