import AkinTensors
import CAkinKernels

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How many candidates a search by a graph has to keep: found by searching.
///
/// What is enough for ten thousand items is too little for a million, and how much more depends on the vectors too. So
/// the neighbours of a sample of the graph's own rows are searched, and the least width is taken that finds nearly all.
package enum SearchWidth {
    /// The widths that are tried.
    package static let choices = [50, 100, 200, 400, 800]
    /// The share of the neighbours that must be found. Rows of the graph are found more easily than new queries are, so
    /// it is more than those are to get.
    private static let recall = 0.995
    private static let neighbours = 10
    private static let sample = 200
    /// By the inner product a row is near to itself and to long rows; queries that are no rows need so much more.
    private static let forProducts = 4
    /// Queries that one thread takes at a time.
    private static let tile = 25

    /// The width for a graph over all rows of `codes`; the same whatever the number of threads. O(rows).
    package static func measured(_ graph: Graph, _ codes: CodeBuffer, seed: UInt64) -> Int {
        let k = min(neighbours, codes.count - 1)
        guard k > 0 else { return choices[0] }
        let queries = SampledRows(sample, of: codes, seed: seed)
        let tiles = (sample + tile - 1) / tile
        let farthest = ThreadPool.shared.map(tiles) {
            queries.farthest(of: k, run($0, of: tiles, in: sample))
        }.flatMap { $0 }
        let width =
            choices.first { width in
                let hits = ThreadPool.shared.map(tiles) {
                    queries.hits(graph, k, within: farthest, width: width, run($0, of: tiles, in: sample))
                }.reduce(0, +)
                return Double(hits) >= recall * Double(k * sample)
            } ?? choices[choices.count - 1]
        return codes.space.metric == .innerProduct ? width * forProducts : width
    }
}

/// Some rows of a buffer as queries.
private final class SampledRows: @unchecked Sendable {
    private let codes: CodeBuffer
    private let table: CodeTable
    private let rows: [Int]
    /// `[rows, stride]`
    private let bytes: UnsafeMutablePointer<UInt8>

    init(_ count: Int, of codes: CodeBuffer, seed: UInt64) {
        self.codes = codes
        table = codes.table
        var generator = SeededGenerator(seed: seed, .sampledRows(of: codes.count))
        rows = (0..<count).map { _ in Int.random(in: 0..<codes.count, using: &generator) }
        let stride = codes.space.stride
        bytes = alignedBytes(count * stride).assumingMemoryBound(to: UInt8.self)
        for (place, row) in rows.enumerated() {
            _ = codes.space.base(
                of: codes.codes + row * stride, norm: codes.norms[row], into: bytes + place * stride)
        }
    }

    deinit { free(bytes) }

    private func query(_ place: Int) -> UnsafePointer<UInt8> {
        UnsafePointer(bytes + place * codes.space.stride)
    }

    /// For each of some of the rows the score of the `k`-th nearest of all others.
    func farthest(of k: Int, _ places: Range<Int>) -> [Int32] {
        var nearest = [[Int32]](repeating: Array(repeating: .max, count: k), count: places.count)
        let piece = 256
        let scores = UnsafeMutablePointer<Int32>.allocate(capacity: places.count * piece)
        defer { scores.deallocate() }
        for first in stride(from: 0, to: codes.count, by: piece) {
            let count = min(piece, codes.count - first)
            table.scores(query(places.lowerBound), places.count, from: first, count, into: scores)
            for (i, place) in places.enumerated() {
                let own = scores + i * count
                var next = 0
                while true {
                    next = akin_next_within(own, nearest[i][k - 1] - 1, next, count)
                    guard next < count else { break }
                    if first + next != rows[place] {
                        var j = k - 1
                        while j > 0, nearest[i][j - 1] > own[next] {
                            nearest[i][j] = nearest[i][j - 1]
                            j -= 1
                        }
                        nearest[i][j] = own[next]
                    }
                    next += 1
                }
            }
        }
        return nearest.map { $0[k - 1] }
    }

    /// How many of the `k` nearest others of some of the rows a walk of this width finds; one as near as the farthest of
    /// them is as good.
    func hits(_ graph: Graph, _ k: Int, within farthest: [Int32], width: Int, _ places: Range<Int>) -> Int {
        CompactSearch.withWalk { walk in
            places.reduce(0) { hits, place in
                guard let start = walk.descend(to: 0, query(place), table, graph) else { return hits }
                walk.search(level: 0, from: start, ef: width, query(place), table, graph)
                let found = (0..<walk.count).count {
                    walk.found[$0].score <= farthest[place] && Int(walk.found[$0].node) != rows[place]
                }
                return hits + min(k, found)
            }
        }
    }
}
