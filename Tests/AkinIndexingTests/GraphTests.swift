import AkinBasics
import AkinIndexing
import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

@Suite struct GraphTests {
    static let tables = ["codes", "links", "levels"]

    func queries(_ count: Int, of index: EmbeddingIndex) -> Matrix {
        var generator = SeededGenerator(seed: 77)
        return drawnEmbeddings(count, index.dimension, using: &generator)
    }

    /// Neighbours by the graph, of which nearly all must be the true ones, each with its true distance.
    func check(_ index: EmbeddingIndex, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let queries = queries(40, of: index)
        let exact = try index.neighbours(of: queries, k: 10, method: .exact)
        let near = try index.neighbours(of: queries, k: 10)
        let all = try index.labelled()
        let plain = index.metric.nearest(10, trusted: queries, among: all.embeddings)
            .map { $0.map { Neighbour(id: all.items[Int($0.id)].id, distance: $0.distance) } }
        #expect(exact == plain, sourceLocation: sourceLocation)
        let (hits, total) = zip(exact, near).reduce((0, 0)) {
            ($0.0 + Set($1.0.map(\.id)).intersection($1.1.map(\.id)).count, $0.1 + $1.0.count)
        }
        #expect(Double(hits) >= 0.9 * Double(total), "\(hits) of \(total)", sourceLocation: sourceLocation)
        #expect(try index.faults() == [], sourceLocation: sourceLocation)
    }

    @Test(arguments: [Metric.Kind.l2, .l1, .cosine, .innerProduct], CodeKind.allCases)
    func whatIsAddedAndRemovedAfterTheBuilding(metric: Metric.Kind, codes: CodeKind) throws {
        let temporary = try TemporaryIndex(metric)
        let index = temporary.index
        _ = try temporary.fill(600)
        #expect(try index.stats().graph == nil)
        #expect(try index.buildGraph(GraphOptions(links: 8, candidates: 60, codes: codes)))
        try check(index)
        // New ones are found at once; those that are gone are not, nor the old vectors of those that were replaced.
        var generator = SeededGenerator(seed: 5)
        let more = drawnEmbeddings(70, index.dimension, using: &generator)
        let items = (0..<70).map { NewItem(label: "new", source: "/s/\($0 < 40 ? 600 + $0 : $0)") }
        try index.add(items, embeddings: more, backbone: temporary.backbone)
        try index.remove(ids: Array(1...30))
        try index.remove(ids: [610, 611])
        try check(index)
        let stats = try #require(try index.stats().graph)
        #expect(stats.items == 600 - 30 - 30 && stats.removed == 60 && stats.unindexed == 68)
        #expect(stats.codes == codes)
        for row in 0..<9 {
            let found = try index.neighbours(of: more.rows(at: [row]), k: 1)
            if metric != .innerProduct { #expect(found[0][0].distance == 0) }
        }
        // Another object sees the same, also after the file was exchanged.
        let other = try EmbeddingIndex(opening: temporary.path, readOnly: true)
        try check(other)
        try index.compact()
        try check(other)
        try index.undo()
        try check(index)
        #expect(try index.count == 610)
        try index.buildGraph()
        let rebuilt = try #require(try index.stats().graph)
        #expect(rebuilt.items == 610 && rebuilt.removed == 0 && rebuilt.unindexed == 0 && rebuilt.links == 16)
        #expect(rebuilt.codes == .i8)
        try check(index)
        try index.dropGraph()
        #expect(try index.stats().graph == nil)
        #expect(try index.faults() == [])
    }

    /// The number of a file that is gone is given to another, and a compacted file counts its transactions from 1.
    @Test func newFilesAreNotTakenForOldOnes() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embeddings = try temporary.fill(600)
        try index.buildGraph(GraphOptions(links: 8, candidates: 60))
        for round in 0..<20 {
            try index.compact()
            #expect(try index.neighbours(of: embeddings, k: 1).count == 600)
            let ids = (0..<20).map { UInt64(1 + 20 * round + $0) }
            try index.remove(ids: ids)
            try index.compact()
            try index.compact()
            let found = try index.neighbours(of: embeddings, k: 3)
            #expect(!found.joined().contains { ids.contains($0.id) }, "round \(round)")
        }
    }

    @Test func theSameItemsGiveTheSameGraph() throws {
        let blocks = try (0..<2).map { _ in
            let temporary = try TemporaryIndex()
            _ = try temporary.fill(500)
            try temporary.index.buildGraph()
            let environment = try Environment(at: temporary.path)
            return try Self.tables.flatMap { name in
                let table: Table<UInt64, [UInt8]> = try environment.possibleTable(name)
                return try environment.read { transaction in
                    var all: [[UInt8]] = []
                    try table.forEach(in: transaction) { _, bytes in
                        all.append(Array(bytes))
                        return true
                    }
                    return all
                }
            }
        }
        #expect(blocks[0] == blocks[1])
    }

    @Test func embeddingsWithAnOutlierGetHalfFloats() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        var generator = SeededGenerator(seed: 9)
        var embeddings = drawnEmbeddings(2000, index.dimension, using: &generator)
        for row in 0..<2000 { embeddings[row, 0] = row % 2 == 0 ? 300 : -300 }
        let items = (0..<2000).map { NewItem(label: "a", source: "/s/\($0)") }
        try index.add(items, embeddings: embeddings, backbone: temporary.backbone)
        try index.buildGraph()
        #expect(try index.stats().graph?.codes == .bf16)
        let width = try #require(try index.stats().graph).width
        #expect(try #require(try index.verify().recall) > 0.99)
        // By those of bytes many rows have one code, and share a node: all of them are looked at.
        try index.buildGraph(GraphOptions(codes: .i8))
        let bytes = try #require(try index.stats().graph)
        #expect(bytes.codes == .i8 && bytes.width <= width)
        #expect(try #require(try index.verify().recall) > 0.99)
    }

    @Test func filtersAndExclusionsInsideTheSearch() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embeddings = try temporary.fill(900, labels: ["a", "b", "c", "a", "b", "c", "a", "b", "rare"])
        for isBuilt in [false, true] {
            if isBuilt { try index.buildGraph(GraphOptions(links: 8, candidates: 60)) }
            let queries = embeddings.rows(at: Array(0..<20))
            for (label, count) in [("a", 10), ("rare", 10), ("none", 0)] {
                let filter = ItemFilter(labels: [label])
                let exact = try index.neighbours(of: queries, k: 10, filter: filter, method: .exact)
                let near = try index.neighbours(of: queries, k: 10, filter: filter)
                #expect(exact.allSatisfy { $0.count == count } && near.allSatisfy { $0.count == count })
                let members = Set(try index.items(label: label).map(\.id))
                #expect(near.joined().allSatisfy { members.contains($0.id) })
                #expect(exact.joined().allSatisfy { members.contains($0.id) })
            }
            for method in [SearchMethod.exact, .automatic, .graph(width: 50)] {
                let all = try index.neighbours(of: queries, k: .max, method: method)
                #expect(all.allSatisfy { $0.count == 900 })
            }
            let own = (0..<20).map { Exclusion(ids: [UInt64($0 + 1)]) }
            for method in [SearchMethod.exact, .automatic, .graph(width: 50)] {
                let others = try index.neighbours(of: queries, k: 3, excluding: own, method: method)
                #expect(
                    others.enumerated().allSatisfy { row, found in
                        found.count == 3 && !found.contains { $0.id == UInt64(row + 1) }
                    })
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func itGrowsOnItsOwnAndIsBuiltAnewWhereMuchWasRemoved(codes: CodeKind) throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(3000)
        #expect(try !index.maintainGraph())
        try index.buildGraph(GraphOptions(links: 6, candidates: 20, seed: 4, codes: codes))
        var generator = SeededGenerator(seed: 6)
        let more = drawnEmbeddings(5200, index.dimension, using: &generator)
        try index.add(
            (0..<5200).map { NewItem(label: "more", source: "/more/\($0)") }, embeddings: more,
            backbone: temporary.backbone)
        #expect(try index.stats().graph?.unindexed == 5200)
        #expect(try index.maintainGraph())
        #expect(try index.stats().graph?.unindexed == 0)
        #expect(try !index.maintainGraph())
        #expect(try index.faults() == [])
        try index.remove(ids: Array(1...2000))
        #expect(try index.maintainGraph())
        let stats = try #require(try index.stats().graph)
        #expect(stats.items == 6200 && stats.removed == 0 && stats.links == 6 && stats.seed == 4)
        #expect(stats.codes == codes)
        #expect(try index.verify().recall ?? 0 > 0.9)
        try index.remove(labels: ["a", "b", "c", "more"])
        #expect(try index.maintainGraph())
        #expect(try index.stats().graph == nil)
    }

    @Test func cancelledItIsAsBefore() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(300)
        #expect(try !temporary.index.buildGraph(isCancelled: { true }))
        #expect(try temporary.index.stats().graph == nil)
        let empty = try TemporaryIndex()
        #expect(throws: IndexError.noGraph(reason: "the index is empty; add items first")) {
            try empty.index.buildGraph()
        }
    }

    /// Makes a block of the graph, or its settings, another.
    private func damage(
        _ temporary: TemporaryIndex, codesAt places: [Int] = [], settings: ((inout [UInt8]) -> Void)? = nil
    ) throws {
        let environment = try Environment(at: temporary.path)
        let codes: Table<UInt64, [UInt8]> = try environment.possibleTable("codes")
        let names: Table<String, [UInt8]> = try environment.possibleTable("settings")
        try environment.write { transaction in
            if !places.isEmpty {
                var bytes = Array(try #require(try codes.bytes(of: 0, in: transaction)))
                for place in places { bytes[place] ^= 0x7f }
                try codes.set(bytes, for: 0, in: transaction)
            }
            if let settings {
                var bytes = Array(try #require(try names.bytes(of: "graph", in: transaction)))
                settings(&bytes)
                try names.set(bytes, for: "graph", in: transaction)
            }
        }
    }

    /// Search that looks at every item needs no graph: where that is damaged, it is as if there were none.
    @Test(arguments: ["block of codes", "codes", "settings", "length of settings"])
    func aDamagedGraphHindersNoExactSearch(what: String) throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embeddings = try temporary.fill(700)
        let queries = queries(20, of: index)
        let expected = try index.neighbours(of: queries, k: 10)
        try index.buildGraph()
        let damage: String?
        switch what {
        case "block of codes":
            try self.damage(temporary, codesAt: [20])
            damage = "block 0 of its codes"
        case "codes":
            // Behind 2048 norms and errors.
            try self.damage(temporary, codesAt: Array(stride(from: 48 + 8 * 2048, to: 60_000, by: 7)))
            damage = nil
        case "settings":
            try self.damage(temporary) { $0[30] ^= 1 }
            damage = "its settings"
        default:
            try self.damage(temporary) { $0.removeLast() }
            damage = "its settings"
        }
        for index in [index, try EmbeddingIndex(opening: temporary.path, readOnly: true)] {
            #expect(try index.neighbours(of: queries, k: 10, method: .exact) == expected)
            #expect(try index.labelled().embeddings == embeddings)
            #expect(try index.searchTimes()?.graphMilliseconds == nil)
            let stats = try index.stats()
            #expect(
                stats.items == 700 && stats.graphDamage == damage && (stats.graph == nil) == (damage != nil))
            guard let damage else { continue }
            for method in [SearchMethod.automatic, .graph(width: 50)] {
                let error = IndexError.damagedGraph(path: temporary.path, part: damage)
                #expect("\(error)".contains("is damaged: \(damage)"))
                #expect(throws: error) { try index.neighbours(of: queries, k: 10, method: method) }
            }
        }
        #expect(try index.verify(repairing: true).repaired == ["graph: built again"])
        #expect(try index.searchTimes()?.graphMilliseconds != nil)
        try check(index)
    }

    @Test func howWideASearchIsToBeIsMeasured() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(3000)
        // The worse the graph, the wider the search that finds as much.
        try index.buildGraph(GraphOptions(links: 32, candidates: 200))
        let good = try #require(try index.stats().graph).width
        try index.buildGraph(GraphOptions(links: 4, candidates: 16))
        let bad = try #require(try index.stats().graph).width
        #expect(SearchWidth.choices.contains(good) && SearchWidth.choices.contains(bad) && good < bad)
        let queries = queries(20, of: index)
        #expect(
            try index.neighbours(of: queries, k: 10)
                == index.neighbours(of: queries, k: 10, method: .graph(width: bad)))
    }

    /// Graphs of which less was measured have a shorter record.
    @Test(arguments: [4, 8]) func aGraphsRecordMayLackTheWidth(bytes missing: Int) throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(300)
        try index.buildGraph()
        try damage(temporary) { bytes in
            bytes.removeLast(missing)
            let checksum = ContentHash(of: bytes[8...]).low
            for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt64(place))) }
        }
        let stats = try #require(try index.stats().graph)
        #expect(stats.width == (missing == 8 ? 100 : 50) && stats.recall == nil && stats.suffices)
        try check(index)
    }

    private func addMore(_ count: Int, to temporary: TemporaryIndex) throws {
        var generator = SeededGenerator(seed: 6)
        try temporary.index.add(
            (0..<count).map { NewItem(label: "new", source: "/more/\($0)") },
            embeddings: drawnEmbeddings(count, temporary.index.dimension, using: &generator),
            backbone: temporary.backbone)
    }

    /// With few items there may be no upper level, and where the new ones begin to walk is not in the graph yet.
    @Test(arguments: [1, 4, 5, 6] as [UInt64]) func aGraphWithoutLevelsGrows(seed: UInt64) throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(10)
        try index.buildGraph(GraphOptions(seed: seed))
        try addMore(6000, to: temporary)
        #expect(try index.maintainGraph())
        #expect(try index.stats().graph?.unindexed == 0)
        try check(index)
    }

    /// What is damaged does not get a new checksum with what is added.
    @Test(arguments: tables) func aDamagedGraphIsBuiltAnewBeforeItGrows(table name: String) throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(600)
        try index.buildGraph(GraphOptions(links: 4, candidates: 30, seed: 3))
        let environment = try Environment(at: temporary.path)
        let table: Table<UInt64, [UInt8]> = try environment.possibleTable(name)
        try environment.write { transaction in
            let key = try #require(try table.last(in: transaction)).key
            var bytes = Array(try #require(try table.bytes(of: key, in: transaction)))
            // Behind the header, among what is used: links, say, that lead far away.
            for place in 50..<min(66, bytes.count) { bytes[place] ^= 0x55 }
            try table.set(bytes, for: key, in: transaction)
        }
        try addMore(6000, to: temporary)
        #expect(try index.maintainGraph())
        let stats = try #require(try index.stats().graph)
        #expect(stats.links == 4 && stats.candidates == 30 && stats.seed == 3 && stats.unindexed == 0)
        try check(index)
    }

    /// What a cancelled building leaves is what there was: dead rows, and the graph before.
    @Test func cancelledOverDeadRowsItIsAsBefore() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(600)
        try index.buildGraph()
        try index.remove(ids: Array(1...100))
        let before = try index.stats()
        #expect(try !index.buildGraph(isCancelled: { true }))
        #expect(try index.stats().graph == before.graph && before.graph?.removed == 100)
        try check(index)
        #expect(try index.buildGraph())
        #expect(try index.stats().graph?.removed == 0)
        try check(index)
    }

    @Test(arguments: CodeKind.allCases)
    func everyDamageIsFoundAndRepaired(codes: CodeKind) throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(700)
        try index.buildGraph(GraphOptions(links: 4, candidates: 20, codes: codes))
        #expect(try index.verify().isSound)
        let queries = queries(20, of: index)
        var generator = SeededGenerator(seed: 8)
        let environment = try Environment(at: temporary.path)
        for name in Self.tables {
            let table: Table<UInt64, [UInt8]> = try environment.possibleTable(name)
            for _ in 0..<12 {
                try environment.write { transaction in
                    let key = try #require(try table.last(in: transaction)).key
                    var bytes = Array(try #require(try table.bytes(of: key, in: transaction)))
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
                    try table.set(bytes, for: key, in: transaction)
                }
                // Never a crash, whatever the answer.
                _ = try? index.neighbours(of: queries, k: 10)
                #expect(try !index.verify().isSound)
                let report = try index.verify(repairing: true)
                #expect(report.isSound && report.repaired == ["graph: built again"])
                #expect(try index.stats().graph?.codes == codes)
            }
        }
        let labels: Table<String, [UInt8]> = try environment.possibleTable("sources")
        try environment.write { transaction in _ = try labels.remove("/s/7", in: transaction) }
        #expect(try !index.verify().isSound)
        let report = try index.verify(repairing: true)
        #expect(report.isSound && report.repaired == ["tables of sources, labels and groups"])
        try check(index)
    }
}
