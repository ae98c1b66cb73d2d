import AkinBasics
import AkinIndexing
import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

/// Rows of a graph: they stay where they are when their items go.
@Suite struct RowsTests {
    private func setGraphRows(_ rows: UInt64, _ path: String) throws {
        let environment = try Environment(at: path)
        let settings: Table<String, UInt64> = try #require(try environment.table("settings"))
        try environment.write { try settings.set(rows, for: "graph-rows", in: $0) }
    }

    private func rows(_ path: String) throws -> (ids: [UInt64], blocks: [[UInt8]]) {
        let environment = try Environment(at: path)
        let vectors: Table<UInt64, [UInt8]> = try #require(try environment.table("vectors"))
        var ids: [UInt64] = []
        var blocks: [[UInt8]] = []
        try environment.read { transaction in
            try vectors.forEach(in: transaction) { _, bytes in
                blocks.append(Array(bytes))
                let count = bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
                for row in 0..<Int(count) {
                    ids.append(bytes.loadUnaligned(fromByteOffset: 48 + 8 * row, as: UInt64.self))
                }
                return true
            }
        }
        return (ids, blocks)
    }

    @Test func rowsOfTheGraphStay() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(6)
        try index.buildGraph()
        _ = try temporary.fill(10)
        let before = try index.labelled()
        try index.remove(ids: [2, 8])
        #expect(try rows(temporary.path).ids == [1, 0, 3, 4, 5, 6, 7, 10, 9])
        var generator = SeededGenerator(seed: 8)
        let vector = drawnEmbeddings(1, index.dimension, using: &generator)
        try index.add(
            [NewItem(label: "a", source: "/s/3")], embeddings: vector, backbone: temporary.backbone)
        #expect(try rows(temporary.path).ids == [1, 0, 3, 0, 5, 6, 7, 10, 9, 4])
        let (items, embeddings) = try index.labelled()
        #expect(items.map(\.id) == [1, 3, 4, 5, 6, 7, 9, 10])
        #expect(embeddings[2] == vector[0])
        #expect(embeddings[7].elementsEqual(before.embeddings[9]))
        #expect(try index.faults() == [])
        try index.relabel(ids: [1], to: "c")
        try index.undo()
        try index.undo()
        try index.undo()
        #expect(try index.labelled() == before)
        #expect(try rows(temporary.path).ids == [1, 0, 3, 0, 5, 6, 7, 10, 9, 4, 8, 2])
        #expect(try index.faults() == [])
    }

    @Test func packedTogetherTheyAreAsIfNewlyAdded() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(8000)
        try index.buildGraph(GraphOptions(links: 4, candidates: 10))
        _ = try temporary.fill(9000)
        try index.remove(ids: (1...9000).filter { $0 % 3 == 0 })
        let kept = try index.labelled()
        #expect(try rows(temporary.path).ids.count == 8000 + 666)
        #expect(try index.faults() == [])
        try index.repack()
        #expect(try index.labelled() == kept)
        #expect(try index.faults() == [])
        #expect(try rows(temporary.path).ids == kept.items.map(\.id))

        let other = try TemporaryIndex()
        let items = kept.items.map { NewItem(label: $0.label, source: $0.source) }
        try other.index.add(items, embeddings: kept.embeddings, backbone: other.backbone)
        let expected = try rows(other.path).blocks.map { $0[(48 + 8 * 3640)...] }
        #expect(try rows(temporary.path).blocks.map { $0[(48 + 8 * 3640)...] } == expected)
    }

    @Test func aDroppedGraphsDeadRowsDoNoHarm() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(10)
        try index.buildGraph()
        try index.remove(ids: [3, 9, 10])
        try index.dropGraph()
        #expect(try index.faults() == [])
        try index.remove(ids: [1])
        #expect(try rows(temporary.path).ids == [8, 2, 0, 4, 5, 6, 7])
        #expect(try index.faults() == [])
        try index.compact()
        #expect(try rows(temporary.path).ids == [2, 4, 5, 6, 7, 8])
        #expect(try index.faults() == [])
    }

    @Test func rowsThatAreMissingAreFound() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embeddings = try temporary.fill(10)
        try setGraphRows(11, temporary.path)
        let damage = IndexError.damagedGraph(path: temporary.path, part: "its settings")
        #expect(throws: damage) { try index.remove(ids: [1]) }
        #expect(throws: damage) { try index.neighbours(of: embeddings, k: 1) }
        #expect(try index.stats().graphDamage == "its settings")
        // All items are there, so what does without the graph is not disturbed.
        #expect(try index.labelled().embeddings == embeddings)
        #expect(
            try index.neighbours(of: embeddings, k: 1, method: .exact).map { $0[0].id } == Array(1...10))
        #expect(try !index.faults().isEmpty)
        #expect(try index.verify(repairing: true).repaired == ["graph: built again"])
        #expect(try index.stats().graph?.items == 10)
    }

    /// Where the graph says that there were more, and items are gone with them, it is the vectors that are damaged.
    @Test func anItemWhoseRowIsMissingIsMissed() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embeddings = try temporary.fill(8000)
        try index.buildGraph(GraphOptions(links: 4, candidates: 10))
        try index.remove(ids: Array(1...4000))
        let environment = try Environment(at: temporary.path)
        let vectors: Table<UInt64, [UInt8]> = try #require(try environment.table("vectors"))
        let last = try environment.write { transaction in
            let last = try #require(try vectors.last(in: transaction)).key
            _ = try vectors.remove(last, in: transaction)
            return last
        }
        for method in [SearchMethod.exact, .automatic] {
            #expect(throws: IndexError.damagedBlock(path: temporary.path, block: last)) {
                try index.neighbours(of: embeddings.rows(at: [0]), k: 1, method: method)
            }
        }
    }
}
