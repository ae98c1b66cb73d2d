import AkinTensors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Builds a graph, or inserts more rows into one, on all threads of the pool. Rows with equal codes share a node.
///
/// Rows are inserted in a drawn order, a batch at a time: each of a batch searches the graph as it was before the batch
/// and chooses its links; then every node that was chosen takes the new ones among its own. Neither depends on which
/// thread does it, so the same rows, parameters and seed give the same graph, whatever the number of threads (after
/// Dobson et al. 2023, Scaling graph-based ANNS algorithms to billion-size datasets).
package final class GraphBuilder {
    private let parameters: GraphParameters
    private let codes: CodeBuffer
    private let vectors: VectorRows
    private let sharing: RowSharing
    /// Rows as queries, with their bases.
    private let queries: UnsafeMutablePointer<UInt8>
    private let bases: UnsafeMutablePointer<Int32>
    private let room: Int
    /// How many rows the graph had before.
    private let first: Int
    /// How many nodes it has.
    private var inserted = 0
    /// How many of the new rows are dealt with.
    private var done = 0
    private let lowest: UnsafeMutablePointer<UInt32>
    private let block: UnsafeMutablePointer<UnsafePointer<UInt32>>
    private var levels: [UpperLevel] = []
    private let workers: [GraphWorker]

    /// One of the upper levels while it grows.
    private final class UpperLevel {
        var count = 0
        let rows: UnsafeMutablePointer<UInt32>
        let down: UnsafeMutablePointer<UInt32>
        let links: UnsafeMutablePointer<UInt32>

        init(room: Int, width: Int) {
            rows = .allocate(capacity: max(room, 1))
            down = .allocate(capacity: max(room, 1))
            links = .allocate(capacity: max(room * width, 1))
            links.initialize(repeating: Graph.none, count: room * width)
        }

        deinit {
            rows.deallocate()
            down.deallocate()
            links.deallocate()
        }
    }

    /// `codes` are those of all rows of `vectors`; `existing` is a graph over the first of them, built by this with the
    /// same parameters.
    package init(
        _ codes: CodeBuffer, _ vectors: VectorRows, _ parameters: GraphParameters, existing: Graph? = nil
    ) {
        self.codes = codes
        self.vectors = vectors
        self.parameters = parameters
        sharing = RowSharing(codes, vectors)
        room = codes.count
        first = existing?.count ?? 0
        let stride = codes.space.stride
        queries = alignedBytes(room * stride).assumingMemoryBound(to: UInt8.self)
        bases = .allocate(capacity: max(room, 1))
        lowest = alignedBytes(room * 8 * parameters.links).assumingMemoryBound(to: UInt32.self)
        lowest.initialize(repeating: Graph.none, count: room * 2 * parameters.links)
        block = .allocate(capacity: 1)
        block.initialize(to: UnsafePointer(lowest))
        workers = (0..<ThreadPool.shared.threads).map { _ in GraphWorker(parameters) }

        var rooms: [Int] = []
        for row in 0..<room where isNode(row) {
            if row < first { inserted += 1 }
            for level in 0..<Self.level(of: row, parameters) {
                if rooms.count == level { rooms.append(0) }
                rooms[level] += 1
            }
        }
        let width = parameters.links
        levels = rooms.map { UpperLevel(room: $0, width: width) }
        if let existing { copy(existing) }
        let codes = codes
        nonisolated(unsafe) let (rowQueries, rowBases) = (queries, bases)
        ThreadPool.shared.forEachChunk(of: room, size: 1024) { rows, _ in
            for row in rows {
                rowBases[row] = codes.space.base(
                    of: codes.codes + row * stride, norm: codes.norms[row], into: rowQueries + row * stride)
            }
        }
    }

    private func isNode(_ row: Int) -> Bool { sharing.nodes[row] == row }

    deinit {
        free(queries)
        bases.deallocate()
        free(lowest)
        block.deallocate()
    }

    private func copy(_ graph: Graph) {
        let width = graph.widths.lowest
        for row in 0..<graph.count {
            (lowest + row * width).update(from: graph.links(of: row), count: width)
        }
        for (level, old) in zip(levels, graph.levels) {
            level.count = old.count
            level.rows.update(from: old.rows, count: old.count)
            level.down.update(from: old.down, count: old.count)
            level.links.update(from: old.links, count: old.count * graph.widths.upper)
        }
    }

    /// How many upper levels a row is on: `floor(-ln(u) / ln(links))` with `u` uniform in 0...1.
    private static func level(of row: Int, _ parameters: GraphParameters) -> Int {
        var generator = SeededGenerator(seed: parameters.seed, .graphLevel(row: row))
        let u = Double(max(generator.next() >> 11, 1)) * 0x1p-53
        return min(12, Int(-log(u) / log(Double(max(2, parameters.links)))))
    }

    /// The graph as it is; valid until the next insertion and as long as the builder.
    package var graph: Graph {
        Graph(
            count: inserted == 0 ? 0 : room, width: parameters.links, blocks: UnsafePointer(block), shift: 31,
            levels: levels.prefix { $0.count > 0 }.map {
                Graph.Level(
                    count: $0.count, rows: UnsafePointer($0.rows), down: UnsafePointer($0.down),
                    links: UnsafePointer($0.links))
            },
            shared: sharing.sharedNodes)
    }

    /// Inserts the rows that are not in the graph yet; how wide a search of it has to be. Nil if it was cancelled, and the
    /// graph is of no use.
    @discardableResult
    package func build(isCancelled: () -> Bool = { false }, progress: (Int) -> Void = { _ in })
        -> SearchWidth?
    {
        var generator = SeededGenerator(seed: parameters.seed, .graphOrder(rows: first))
        // Where there are no levels yet, a walk begins at row 0, which is always a node.
        let begun = max(1, first)
        let others = (begun..<max(begun, room)).filter(isNode).shuffled(using: &generator)
        let order = (first == 0 && room > 0 ? [0] : []) + others.map { UInt32($0) }
        done = room - first - order.count
        // The order is drawn, and so are the last in it.
        let sample = order.suffix(SearchWidth.sample(of: order.count))
        guard insert(order.dropLast(sample.count), isCancelled, progress) else { return nil }
        connect(without: sample)
        let width = measuredWidth(sample)
        guard insert(sample, isCancelled, progress) else { return nil }
        connect(without: [])
        return width
    }

    /// How wide a search for rows that are still to be inserted has to be.
    private func measuredWidth(_ sample: ArraySlice<UInt32>) -> SearchWidth {
        let absent = Set(sample)
        return SearchWidth.measured(
            CompactSearch(codes.space, codes.table, graph, vectors),
            sample: sample.map { Int($0) }.filter { vectors.id($0) != 0 },
            waiting: sample.isEmpty ? [] : (0..<room).filter { absent.contains(sharing.nodes[$0]) },
            nodes: inserted)
    }

    /// Inserts nodes in this order; false if it was cancelled.
    private func insert(
        _ nodes: ArraySlice<UInt32>, _ isCancelled: () -> Bool, _ progress: (Int) -> Void
    ) -> Bool {
        var left = nodes
        while !left.isEmpty {
            guard !isCancelled() else { return false }
            let size = min(max(1, inserted / 16), max(1, room / 64), left.count)
            insert(Array(left.prefix(size)))
            left = left.dropFirst(size)
            done += size
            progress(done)
        }
        return true
    }

    /// A node of a batch on one level, with the links that it chooses there.
    private struct Newcomer {
        let level: Int
        let place: UInt32
        let row: UInt32
        var links: [UInt32] = []
    }

    private func insert(_ batch: [UInt32]) {
        let before = graph
        var newcomers: [[Newcomer]] = []
        for row in batch {
            var down = row
            var places = [Newcomer(level: 0, place: row, row: row)]
            for number in 0..<Self.level(of: Int(row), parameters) {
                let level = levels[number]
                level.rows[level.count] = row
                level.down[level.count] = down
                down = UInt32(level.count)
                places.append(Newcomer(level: number + 1, place: down, row: row))
                level.count += 1
            }
            newcomers.append(places)
        }
        inserted += batch.count
        guard before.count > 0 else { return }

        let chunk = 4
        let parts = (batch.count + chunk - 1) / chunk
        newcomers.withUnsafeMutableBufferPointer { newcomers in
            nonisolated(unsafe) let newcomers = newcomers
            nonisolated(unsafe) let builder = self
            ThreadPool.shared.forEach(parts) { part, thread in
                for i in part * chunk..<min(newcomers.count, (part + 1) * chunk) {
                    builder.choose(&newcomers[i], before, builder.workers[thread])
                }
            }
        }
        link(newcomers.flatMap { $0 })
    }

    private func query(_ row: UInt32) -> UnsafePointer<UInt8> {
        UnsafePointer(queries + Int(row) * codes.space.stride)
    }

    /// Chooses a row's links on each of its levels, from the highest down.
    private func choose(
        _ places: inout [Newcomer], _ graph: Graph, _ worker: GraphWorker
    ) {
        let query = query(places[0].row)
        let codes = codes.table
        let top = min(places.count - 1, graph.levels.count)
        // On a level that this batch begins there is nothing to search.
        for level in places.indices where level > graph.levels.count && places[level].place != 0 {
            places[level].links = [0]
        }
        var start = worker.walk.descend(to: top, query, codes, graph) ?? 0
        for level in (0...top).reversed() {
            worker.walk.search(level: level, from: start, ef: parameters.candidates, query, codes, graph)
            start = worker.walk.found[0].node
            if level > 0 { start = graph.levels[level - 1].down[Int(start)] }
            places[level].links = worker.select(
                from: worker.walk, base: bases[Int(places[0].row)],
                width: level == 0 ? graph.widths.lowest : graph.widths.upper, codes,
                row: { level == 0 ? $0 : graph.levels[level - 1].rows[Int($0)] },
                query: { self.query($0) }, bases: bases)
        }
    }

    /// Links newcomers to what they chose, and those back.
    private func link(_ newcomers: [Newcomer]) {
        struct Edge {
            let target: UInt64
            let source: UInt32
        }
        var edges: [Edge] = []
        for newcomer in newcomers {
            let links = links(newcomer.level, newcomer.place)
            for (i, link) in newcomer.links.enumerated() {
                links[i] = link
                edges.append(
                    Edge(target: UInt64(newcomer.level) << 32 | UInt64(link), source: newcomer.place))
            }
        }
        edges.sort { ($0.target, $0.source) < ($1.target, $1.source) }
        var runs: [Range<Int>] = []
        var start = 0
        for i in edges.indices where i + 1 == edges.count || edges[i + 1].target != edges[i].target {
            runs.append(start..<i + 1)
            start = i + 1
        }
        let chunk = 16
        nonisolated(unsafe) let builder = self
        let (all, allRuns) = (edges, runs)
        ThreadPool.shared.forEach((runs.count + chunk - 1) / chunk) { part, thread in
            for run in allRuns[part * chunk..<min(allRuns.count, (part + 1) * chunk)] {
                builder.take(
                    all[run].map(\.source), level: Int(all[run.lowerBound].target >> 32),
                    place: UInt32(truncatingIfNeeded: all[run.lowerBound].target), builder.workers[thread])
            }
        }
    }

    private func links(_ level: Int, _ place: UInt32) -> UnsafeMutablePointer<UInt32> {
        level == 0
            ? lowest + Int(place) * 2 * parameters.links
            : levels[level - 1].links + Int(place) * parameters.links
    }

    private func row(_ level: Int, _ place: UInt32) -> UInt32 {
        level == 0 ? place : levels[level - 1].rows[Int(place)]
    }

    /// Adds links to a node, and chooses among all of them where there are too many.
    private func take(_ sources: [UInt32], level: Int, place: UInt32, _ worker: GraphWorker) {
        let width = level == 0 ? 2 * parameters.links : parameters.links
        let links = links(level, place)
        var all = (0..<width).lazy.map { links[$0] }.prefix { $0 != Graph.none } + []
        for source in sources where !all.contains(source) { all.append(source) }
        if all.count > width {
            let own = row(level, place)
            all = worker.select(
                from: all, query: query(own), base: bases[Int(own)], width: width, codes.table,
                row: { self.row(level, $0) }, rowQuery: { self.query($0) }, bases: bases)
        }
        for i in 0..<width { links[i] = i < all.count ? all[i] : Graph.none }
    }

    /// Sees to it that every node is reached from the first, but for those that have not been inserted: one that is not
    /// becomes a link of the nearest node that is and has a place for it, which is one that is empty or by which nothing was
    /// reached first.
    private func connect(without waiting: ArraySlice<UInt32>) {
        guard inserted > 1 else { return }
        let width = 2 * parameters.links
        let start = Int(graph.levels.first.map { $0.rows[0] } ?? 0)
        var reached = [Bool](repeating: false, count: room)
        /// Whether some node was reached first by this link.
        var isNeeded = [Bool](repeating: false, count: room * width)
        var queue: [Int] = []
        func follow(from row: Int) {
            reached[row] = true
            queue.append(row)
            while let row = queue.popLast() {
                for i in row * width..<(row + 1) * width where lowest[i] != Graph.none {
                    let link = Int(lowest[i])
                    guard !reached[link] else { continue }
                    reached[link] = true
                    isNeeded[i] = true
                    queue.append(link)
                }
            }
        }
        func place(in row: Int) -> Int? {
            let places = row * width..<(row + 1) * width
            return places.first { lowest[$0] == Graph.none } ?? places.last { !isNeeded[$0] }
        }
        follow(from: start)
        let absent = Set(waiting)
        for row in 0..<room where !reached[row] && isNode(row) && !absent.contains(UInt32(row)) {
            let walk = workers[0].walk
            let (query, table, graph) = (query(UInt32(row)), codes.table, graph)
            let entry =
                graph.levels.isEmpty
                ? UInt32(start) : walk.descend(to: 0, query, table, graph) ?? UInt32(start)
            walk.search(level: 0, from: entry, ef: parameters.candidates, query, table, graph)
            let near = (0..<walk.count).lazy.map { Int(walk.found[$0].node) }.filter { reached[$0] }
            let free =
                near.lazy.compactMap { place(in: $0) }.first
                ?? (0..<self.room).lazy.filter { reached[$0] }.compactMap { place(in: $0) }.first
            guard let free else { preconditionFailure("more links needed than rows") }
            lowest[free] = UInt32(row)
            isNeeded[free] = true
            follow(from: row)
        }
    }
}
