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
    /// measured when the graph was built; or, where not even the most that were tried do, so many.
    public let width: Int
    /// The share of the 10 true neighbours that a search of this width found of rows which were not in the graph yet; nil
    /// where an older program built it.
    public let recall: Double?
    /// Whether that is enough. If not, search is exact unless it is asked to go by the graph.
    public let suffices: Bool
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

    /// That searches by it would miss too much, in words; nil if they do not.
    public var shortfall: String? {
        guard !suffices, let recall else { return nil }
        let share = (recall * 1000).rounded(.down) / 10
        return
            "keeping \(width) candidates it finds \(share) % of the 10 true neighbours, which is too few: every item is "
            + "looked at instead"
    }

    /// To build the like of it again.
    public var options: GraphOptions {
        GraphOptions(links: links, candidates: candidates, seed: seed, codes: codes)
    }
}
