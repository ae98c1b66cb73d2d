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

    package var parameters: GraphParameters {
        GraphParameters(links: links, candidates: candidates, seed: seed)
    }
}
