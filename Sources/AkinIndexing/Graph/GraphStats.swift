import AkinVectorSearch

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

    /// To build the like of it again.
    public var options: GraphOptions {
        GraphOptions(links: links, candidates: candidates, seed: seed, codes: codes)
    }
}
