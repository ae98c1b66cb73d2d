import AkinIndexing
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

@Suite struct SnapshotTests {
    @Test func aViewStaysAsItWas() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embeddings = try temporary.fill(30)
        let before = try index.labelled()
        let found = try index.neighbours(of: embeddings, k: 5)
        try index.snapshot { view in
            try index.remove(labels: ["a"])
            try index.relabel("b", to: "z")
            try index.compact()
            #expect(try index.count == 20)
            #expect(try view.count == 30)
            #expect(try view.labelled() == before)
            #expect(try view.neighbours(of: embeddings, k: 5) == found)
            #expect(try view.items(label: "b").count == 10 && view.items(label: "z") == [])
            #expect(try view.item(1)?.label == "a" && view.item(source: "/s/0")?.id == 1)
            #expect(try view.stats().labels == ["a": 10, "b": 10, "c": 10])
            #expect(try view.history().count == 1)
        }
        #expect(try index.snapshot { try $0.items().count } == 20)
    }

    @Test func errorsOfTheCallerComeThrough() throws {
        struct Theirs: Error {}
        let temporary = try TemporaryIndex()
        #expect(throws: Theirs.self) { try temporary.index.snapshot { _ in throw Theirs() } }
        #expect(throws: IndexError.wrongDimension(expected: 16, found: 3)) {
            try temporary.index.snapshot { try $0.neighbours(of: Matrix(rows: 1, columns: 3), k: 1) }
        }
    }
}
