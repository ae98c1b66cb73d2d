import AkinStorage
import AkinTensors
import AkinVectorSearch

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

extension EmbeddingIndex {
    /// At most so many of the index's own items are asked about, and for no longer than this by each method.
    private static let timed = (queries: 100, duration: Duration.milliseconds(100))

    /// Measures how long searches take, on some of the index's own items; nil if it has none. Reads all vectors once, to
    /// compare them with their checksums, unless this object has done so before.
    public func searchTimes() throws(IndexError) -> SearchTimes? {
        try reading { transaction in
            let blocks = try resolvedBlocks(in: transaction)
            let rows = try self.rows(in: transaction)
            var queries: [Matrix] = []
            for row in stride(from: 0, to: rows, by: max(1, rows / Self.timed.queries)) {
                let (block, place) = row.quotientAndRemainder(dividingBy: layout.capacity)
                guard queries.count < Self.timed.queries, blocks[block].id(at: place) != 0 else { continue }
                let vector = blocks[block].row(at: place, dimension: dimension)
                queries.append(Matrix(rows: 1, columns: dimension, values: Array(vector)))
            }
            guard !queries.isEmpty else { return nil }
            let hasGraph = try soundGraph(in: transaction) != nil
            return try ThreadPool.shared.alone {
                SearchTimes(
                    exactMilliseconds: try milliseconds(queries, .exact, in: transaction),
                    graphMilliseconds: hasGraph ? try milliseconds(queries, .automatic, in: transaction) : nil
                )
            }
        }
    }

    private func milliseconds(
        _ queries: [Matrix], _ method: SearchMethod, in transaction: borrowing ReadTransaction
    ) throws -> Double {
        func ask(_ query: Matrix) throws {
            _ = try neighbours(
                of: query, k: 10, excluding: [], filter: ItemFilter(), method: method, in: transaction)
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
