import AkinBasics
import AkinIndexing
import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

/// Items with equal embeddings, which share a node of the graph; and graphs that find too little.
@Suite struct EqualItemsTests {
    /// `count` items, of which those from `first` on have the embedding of zeros.
    private func index(
        _ count: Int, equalFrom first: Int, _ metric: Metric.Kind = .l2
    ) throws -> (temporary: TemporaryIndex, embeddings: Matrix) {
        let temporary = try TemporaryIndex(metric)
        var generator = SeededGenerator(seed: 1)
        var embeddings = drawnEmbeddings(count, temporary.index.dimension, using: &generator)
        for row in first..<count { embeddings[row] = ArraySlice(repeating: 0, count: embeddings.columns) }
        try temporary.index.add(
            (0..<count).map { NewItem(label: "a", source: "/s/\($0)") }, embeddings: embeddings,
            backbone: temporary.backbone)
        return (temporary, embeddings)
    }

    private func check(_ index: EmbeddingIndex, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var generator = SeededGenerator(seed: 2)
        var queries = drawnEmbeddings(40, index.dimension, using: &generator)
        queries[0] = ArraySlice(repeating: 0, count: index.dimension)
        for k in [1, 10, 300] {
            let exact = try index.neighbours(of: queries, k: k, method: .exact)
            let found = try index.neighbours(of: queries, k: k)
            // Of those that are as near as the query's own copies, all; of those farther off as many as there are.
            let copies = exact[0].prefix { $0.distance == 0 }
            #expect(found[0].prefix(copies.count) == copies, sourceLocation: sourceLocation)
            let hits = zip(exact, found).reduce(0) { $0 + SearchWidth.recalled($1.1, of: $1.0) }
            #expect(Double(hits) >= 0.98 * Double(40 * exact[0].count), sourceLocation: sourceLocation)
        }
        #expect(try index.faults() == [], sourceLocation: sourceLocation)
    }

    @Test(arguments: [Metric.Kind.l2, .cosine, .l1], [0.005, 0.01, 0.1, 0.3, 1])
    func theyDoNotHideTheOthers(metric: Metric.Kind, share: Double) throws {
        let (temporary, _) = try index(3000, equalFrom: 3000 - Int(3000 * share), metric)
        try temporary.index.buildGraph()
        let stats = try #require(try temporary.index.stats().graph)
        #expect(stats.suffices && stats.recall ?? 0 >= SearchWidth.target && stats.shortfall == nil)
        try check(temporary.index)
        let report = try temporary.index.verify()
        #expect(report.isSound && report.suffices == true && report.isExact == false)
    }

    @Test func someOfThemAreRemovedAndMoreAdded() throws {
        let (temporary, embeddings) = try index(2000, equalFrom: 1400)
        let index = temporary.index
        try index.buildGraph()
        // The node itself, then others.
        for ids in [[1401], Array(1402...1500), Array(1700...2000)] as [[UInt64]] {
            try index.remove(ids: ids)
            try check(index)
        }
        try index.undo()
        try index.undo()
        try check(index)
        // One gets another embedding; new ones with the same are found beside the graph, and in it.
        var generator = SeededGenerator(seed: 3)
        try index.add(
            [NewItem(label: "b", source: "/s/1600")],
            embeddings: drawnEmbeddings(1, index.dimension, using: &generator), backbone: temporary.backbone)
        try check(index)
        let again = embeddings.rows(at: Array(repeating: 1999, count: 5200))
        try index.add(
            (0..<5200).map { NewItem(label: "c", source: "/more/\($0)") }, embeddings: again,
            backbone: temporary.backbone)
        try check(index)
        #expect(try index.maintainGraph())
        #expect(try index.stats().graph?.unindexed == 0)
        try check(index)
        try index.compact()
        try check(index)
        // All of them.
        try index.remove(labels: ["c"])
        try index.remove(ids: index.items().map(\.id).filter { $0 > 1400 && $0 != 1601 })
        try check(index)
        #expect(try index.maintainGraph())
        #expect(try index.stats().graph?.removed == 0)
        try check(index)
    }

    private func change(_ index: EmbeddingIndex, _ change: (inout [UInt8]) -> Void) throws {
        let environment = try Environment(at: index.path)
        let table: Table<UInt64, [UInt8]> = try environment.possibleTable("shared")
        try environment.write { transaction in
            var bytes = Array(try #require(try table.bytes(of: 0, in: transaction)))
            change(&bytes)
            try table.set(bytes, for: 0, in: transaction)
        }
    }

    /// Never a crash, whatever the answer, and always told.
    @Test func damageIsFoundAndRepaired() throws {
        let (temporary, embeddings) = try index(900, equalFrom: 700)
        let index = temporary.index
        try index.buildGraph(GraphOptions(links: 4, candidates: 20))
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<40 {
            try change(index) { bytes in
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
            }
            _ = try? index.neighbours(of: embeddings, k: 10)
            #expect(try !index.verify().isSound)
            let report = try index.verify(repairing: true)
            #expect(report.isSound && report.repaired == ["graph: built again"])
        }
        try check(index)
    }

    /// What has its checksum but is not what it should be.
    @Test(arguments: ["row", "order", "vector", "node", "end"]) func wrongSharingIsFound(what: String) throws
    {
        let (temporary, _) = try index(900, equalFrom: 700)
        let index = temporary.index
        try index.buildGraph(GraphOptions(links: 4, candidates: 20))
        try change(index) { bytes in
            func number(_ place: Int) -> UInt32 {
                bytes[(48 + 4 * place)...].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
            }
            func set(_ number: UInt32, _ place: Int) {
                withUnsafeBytes(of: number) {
                    bytes.replaceSubrange(48 + 4 * place..<52 + 4 * place, with: $0)
                }
            }
            // One node, where its rows end, and these.
            #expect(number(0) == 700 && number(1) == 200 && number(2) == 700 && bytes.count == 48 + 4 * 202)
            switch what {
            case "row": set(3 | 1 << 31, 5)
            case "order":
                let row = number(5)
                set(number(6), 5)
                set(row, 6)
            case "vector": set(number(3) & 0x7fff_ffff, 3)
            case "node": set(2, 0)
            default: set(100, 1)
            }
            let checksum = ContentHash(of: bytes[16...])
            withUnsafeBytes(of: (checksum.high.littleEndian, checksum.low.littleEndian)) {
                bytes.replaceSubrange(0..<16, with: $0)
            }
        }
        // That one vector is looked at twice costs time only.
        #expect(try index.faults().isEmpty == (what == "vector"))
    }

    /// Where no width finds enough, every item is looked at, and that is said.
    @Test func aGraphThatFindsTooLittleIsNotUsed() throws {
        let temporary = try TemporaryIndex(.l2)
        let index = temporary.index
        let embeddings = try temporary.fill(6000)
        try index.buildGraph(GraphOptions(links: 2, candidates: 1))
        let stats = try #require(try index.stats().graph)
        #expect(!stats.suffices && stats.width == 800 && stats.recall ?? 1 < SearchWidth.target)
        #expect(stats.shortfall?.contains("every item is looked at") == true)
        var generator = SeededGenerator(seed: 4)
        let queries = drawnEmbeddings(100, embeddings.columns, using: &generator)
        let exact = try index.neighbours(of: queries, k: 10, method: .exact)
        #expect(try index.neighbours(of: queries, k: 10) == exact)
        #expect(try index.neighbours(of: queries, k: 10, method: .graph(width: 20)) != exact)
        let report = try index.verify()
        #expect(report.isSound && report.suffices == false && report.isExact == true)
        #expect(try #require(report.recall) < 0.99)
        // It stays so when it grows, and until it is built anew.
        try index.add(
            (0..<6000).map { NewItem(label: "n", source: "/n/\($0)") },
            embeddings: drawnEmbeddings(6000, embeddings.columns, using: &generator),
            backbone: temporary.backbone)
        #expect(try index.maintainGraph())
        #expect(try index.stats().graph?.suffices == false)
        try index.buildGraph()
        #expect(try index.stats().graph?.suffices == true)
    }
}
