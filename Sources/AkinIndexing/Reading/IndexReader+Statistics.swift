import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch

/// What an index holds.
public struct IndexStats: Sendable, Equatable, Codable {
    /// How many items there are.
    public let items: Int
    /// How many items each label has.
    public let labels: [String: Int]
    /// Length of an embedding.
    public let dimension: Int
    /// By what neighbours are near.
    public let metric: Metric.Kind
    /// Size on disk.
    public let bytes: Int
    /// Nil if there is no graph, or a damaged one: search is exact.
    public let graph: GraphStats?
    /// What of the graph cannot be read; nil if there is none, or nothing of the kind is seen at first sight. `verify`
    /// looks at all of it.
    public let graphDamage: String?

    private enum CodingKeys: String, CodingKey {
        case items, labels, dimension, metric, bytes, graph
        case graphDamage = "graph_damage"
    }
}

/// How long searches take, as measured on this machine a moment ago: of 10 neighbours, one query after the other on one
/// thread.
public struct SearchTimes: Sendable, Equatable, Codable {
    /// Milliseconds a query by looking at every item.
    public let exactMilliseconds: Double
    /// Milliseconds a query by the graph; nil if there is none, or its codes are not what was written.
    public let graphMilliseconds: Double?

    private enum CodingKeys: String, CodingKey {
        case exactMilliseconds = "exact_milliseconds"
        case graphMilliseconds = "graph_milliseconds"
    }
}

extension IndexReader {
    /// O(labels), and the beginnings of the graph's blocks.
    public func stats() throws(IndexError) -> IndexStats {
        var graph: GraphStats?
        var damage: String?
        do throws(IndexError) {
            graph = try graphStats()
        } catch .damagedGraph(_, let part) {
            damage = part
        } catch {
            throw error
        }
        return IndexStats(
            items: try itemCount, labels: try countsByLabel(), dimension: dimension, metric: metric.kind,
            bytes: home.environment.bytes, graph: graph, graphDamage: damage)
    }

    /// At most so many of the index's own items are asked about, and for no longer than this by each method.
    private static let timed = (queries: 100, duration: Duration.milliseconds(100))

    /// Measures how long searches take, on some of the index's own items; nil if it has none. Reads all vectors once, to
    /// compare them with their checksums, unless the index has been read so before.
    public func searchTimes() throws(IndexError) -> SearchTimes? {
        let vectors = try vectorRows()
        var queries: [Matrix] = []
        for row in stride(from: 0, to: vectors.count, by: max(1, vectors.count / Self.timed.queries)) {
            guard queries.count < Self.timed.queries, vectors.id(row) != 0 else { continue }
            let vector = UnsafeBufferPointer(start: vectors.vector(row), count: dimension)
            queries.append(Matrix(rows: 1, columns: dimension, trusted: Array(vector)))
        }
        guard !queries.isEmpty else { return nil }
        let width = try soundGraph()?.searchWidth.candidates
        return try ThreadPool.shared.alone { () throws(IndexError) in
            SearchTimes(
                exactMilliseconds: try milliseconds(queries, .exact),
                graphMilliseconds: try width.map { (width) throws(IndexError) in
                    try milliseconds(queries, .graph(width: width))
                })
        }
    }

    private func milliseconds(_ queries: [Matrix], _ method: SearchMethod) throws(IndexError) -> Double {
        func ask(_ query: Matrix) throws(IndexError) {
            _ = try nearest(10, to: query, filter: SearchFilter(), method: method)
        }
        // The first finds nothing in the processor's cache.
        try ask(queries[0])
        let began = ContinuousClock.now
        var done = 0
        repeat {
            try ask(queries[done])
            done += 1
        } while done < queries.count && ContinuousClock.now - began < Self.timed.duration
        return (ContinuousClock.now - began) / .milliseconds(1) / Double(done)
    }
}
