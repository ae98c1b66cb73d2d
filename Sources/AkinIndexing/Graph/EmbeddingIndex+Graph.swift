import AkinBasics
import AkinVectorSearch

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
    /// - Parameter progress: Told how many of the items are done.
    /// - Returns: False if it was cancelled; the index is as it was before then.
    @discardableResult
    public func buildGraph(
        _ options: GraphOptions = GraphOptions(), isCancelled: () -> Bool = { false },
        progress: (WorkProgress) -> Void = { _ in }
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
        return try home.extendGraph(options, isCancelled: isCancelled, progress: progress)
    }

    /// Drops the graph: search is exact from then on.
    public func dropGraph() throws(IndexError) {
        try home.write(leavingItems: true) { (access) throws(IndexError) in try access.setGraphRows(0) }
    }

    /// Builds, grows or rebuilds the graph where that is due: call it after changes. One of an older program is built anew.
    /// - Returns: Whether anything was done.
    @discardableResult
    public func maintainGraph(
        isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) throws(IndexError) -> Bool {
        guard metric.hasCodes, dimension <= CodeSpace.largestDimension else { return false }
        let (items, rows, inGraph, record) = try home.read { (reader) throws(IndexError) in
            (try reader.itemCount, try reader.rows, try reader.graphRows, try reader.graphRecord)
        }
        guard inGraph > 0, let record else {
            guard items >= Self.itemsForGraph else { return false }
            return try buildGraph(isCancelled: isCancelled, progress: progress)
        }
        let unindexed = rows - inGraph
        if !record.isOfToday || Double(rows - items) > Self.mostRemoved * Double(inGraph) {
            guard items > 0 else {
                try dropGraph()
                return true
            }
            return try buildGraph(record.options, isCancelled: isCancelled, progress: progress)
        }
        guard unindexed >= Self.mostUnindexed.items,
            Double(unindexed) > Self.mostUnindexed.share * Double(inGraph)
        else { return false }
        return try home.extendGraph(nil, isCancelled: isCancelled, progress: progress)
    }
}
