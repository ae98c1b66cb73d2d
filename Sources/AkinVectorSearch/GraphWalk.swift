import CAkinKernels

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The state of one search of a graph, to be used again for the next; by one thread at a time.
///
/// A search goes from node to node towards the query by the codes' integer distances, and keeps the `ef` nearest nodes
/// that it has seen, in order (Malkov and Yashunin 2018, algorithm 2).
final class GraphWalk: @unchecked Sendable {
    struct Candidate {
        var score: Int32
        /// The node, and in the highest bit whether its links have been followed.
        var mark: UInt32

        var node: UInt32 { mark & 0x7fff_ffff }
        var isFollowed: Bool { mark & 0x8000_0000 != 0 }
    }

    /// What the last search found, nearest first.
    private(set) var found: UnsafeMutablePointer<Candidate>
    private(set) var count = 0
    private var room = 0
    private var seen: UnsafeMutablePointer<UInt64>
    private var seenWords = 0
    private var rows: UnsafeMutablePointer<UInt32>
    private var nodes: UnsafeMutablePointer<UInt32>
    private var scores: UnsafeMutablePointer<Int32>
    private var width = 0

    init() {
        found = .allocate(capacity: 1)
        seen = .allocate(capacity: 1)
        rows = .allocate(capacity: 1)
        nodes = .allocate(capacity: 1)
        scores = .allocate(capacity: 1)
    }

    deinit {
        found.deallocate()
        seen.deallocate()
        rows.deallocate()
        nodes.deallocate()
        scores.deallocate()
    }

    private func prepare(nodes count: Int, width: Int, ef: Int) {
        if room < ef + 1 {
            found.deallocate()
            found = .allocate(capacity: ef + 1)
            room = ef + 1
        }
        let words = (count + 63) / 64
        if seenWords < words {
            seen.deallocate()
            seenWords = words + words / 8
            seen = .allocate(capacity: seenWords)
        }
        memset(seen, 0, words * 8)
        if self.width < width {
            for list in [rows, nodes] { list.deallocate() }
            scores.deallocate()
            rows = .allocate(capacity: width)
            nodes = .allocate(capacity: width)
            scores = .allocate(capacity: width)
            self.width = width
        }
    }

    /// The place on level `level` (0 is the lowest, where it is a row) nearest to the query that a greedy walk from the
    /// top finds; nil if the graph is empty.
    func descend(
        to level: Int, _ query: UnsafePointer<UInt8>, _ codes: CodeTable, _ graph: Graph
    ) -> UInt32? {
        guard graph.count > 0 else { return nil }
        guard graph.levels.count > level else {
            // The highest level begins with the first node.
            return 0
        }
        prepare(nodes: 0, width: graph.widths.lowest, ef: 1)
        var place: UInt32 = 0
        var best = Int32.max
        var current = graph.levels.count
        // What a damaged block says must not lead outside.
        let last = UInt32(graph.count - 1)
        rows[0] = min(last, graph.levels[current - 1].rows[0])
        codes.scores(query, rows, 1, into: &best)
        while current > level {
            let here = graph.levels[current - 1]
            var moved = true
            while moved {
                moved = false
                let links = here.links + Int(place) * graph.widths.upper
                var count = 0
                while count < graph.widths.upper, links[count] < here.count {
                    rows[count] = min(last, here.rows[Int(links[count])])
                    count += 1
                }
                codes.scores(query, rows, count, into: scores)
                for i in 0..<count where scores[i] < best {
                    best = scores[i]
                    place = links[i]
                    moved = true
                }
            }
            current -= 1
            let below = current == 0 ? graph.count : graph.levels[current - 1].count
            place = min(UInt32(below - 1), here.down[Int(place)])
        }
        return place
    }

    /// Fills `found` with the `ef` nearest places of a level that a walk from `start` sees.
    func search(
        level: Int, from start: UInt32, ef: Int, _ query: UnsafePointer<UInt8>, _ codes: CodeTable,
        _ graph: Graph
    ) {
        let width = level == 0 ? graph.widths.lowest : graph.widths.upper
        let size = level == 0 ? graph.count : graph.levels[level - 1].count
        prepare(nodes: size, width: graph.widths.lowest, ef: ef)
        let levelRows = level == 0 ? nil : graph.levels[level - 1].rows
        let levelLinks = level == 0 ? nil : graph.levels[level - 1].links
        let (found, seen, rows, nodes, scores) = (found, seen, rows, nodes, scores)
        var count = 0
        let last = UInt32(graph.count - 1)
        nodes[0] = start
        rows[0] = min(last, levelRows.map { $0[Int(start)] } ?? start)
        codes.scores(query, rows, 1, into: scores)
        _ = mark(start, seen)
        _ = insert(Candidate(score: scores[0], mark: start), found, &count, ef: ef)
        var next = 0
        while next < count {
            let node = found[next].node
            found[next].mark |= 0x8000_0000
            let links = levelLinks.map { $0 + Int(node) * width } ?? graph.links(of: Int(node))
            var fresh = 0
            var i = 0
            // None is larger than any; so is what a damaged block may say.
            while i < width, links[i] < size {
                let link = links[i]
                if mark(link, seen) {
                    nodes[fresh] = link
                    rows[fresh] = levelRows.map { min(last, $0[Int(link)]) } ?? link
                    fresh &+= 1
                }
                i &+= 1
            }
            codes.scores(query, rows, fresh, into: scores)
            next &+= 1
            for i in 0..<fresh where count < ef || scores[i] < found[count &- 1].score {
                next = min(next, insert(Candidate(score: scores[i], mark: nodes[i]), found, &count, ef: ef))
            }
            while next < count, found[next].isFollowed { next &+= 1 }
            if next < count, level == 0 { akin_fetch(graph.links(of: Int(found[next].node)), 4 * width) }
        }
        self.count = count
    }

    /// Whether the node had not been seen before.
    @inline(__always)
    private func mark(_ node: UInt32, _ seen: UnsafeMutablePointer<UInt64>) -> Bool {
        let bit: UInt64 = 1 &<< UInt64(node & 63)
        let word = Int(node >> 6)
        let isNew = seen[word] & bit == 0
        seen[word] |= bit
        return isNew
    }

    /// Puts a candidate in its place among those found, of which the farthest falls out; its place.
    @inline(__always)
    private func insert(
        _ candidate: Candidate, _ found: UnsafeMutablePointer<Candidate>, _ count: inout Int, ef: Int
    ) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) / 2
            // Equally near ones in the order in which they were seen.
            if found[middle].score <= candidate.score { low = middle &+ 1 } else { high = middle }
        }
        let moved = min(count, ef &- 1) &- low
        memmove(found + low + 1, found + low, moved &* MemoryLayout<Candidate>.stride)
        found[low] = candidate
        count = min(count &+ 1, ef)
        return low
    }
}
