import AkinBasics
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

@Suite struct TransactionTests {
    @Test func aViewStaysAsItWas() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embeddings = try temporary.fill(30)
        let before = try index.labelled()
        let found = try index.neighbours(of: embeddings, k: 5)
        try index.read { view in
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
        #expect(try index.read { try $0.items().count } == 20)
    }

    @Test func errorsOfTheCallerComeThrough() throws {
        struct Theirs: Error {}
        let temporary = try TemporaryIndex()
        #expect(throws: Theirs.self) { try temporary.index.read { _ in throw Theirs() } }
        #expect(throws: GalleryError.wrongDimension(expected: 16, found: 3)) {
            try temporary.index.read { try $0.neighbours(of: Matrix(zeros: 1, columns: 3), k: 1) }
        }
    }

    @Test func changesOfOneWriteComeTogether() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(30)
        let before = try index.labelled()
        let embeddings = Matrix(rows: 2, columns: 16, trusted: Array(repeating: 0.5, count: 32))
        let items = [NewItem(label: "new", source: "/n/0"), NewItem(label: "new", source: "/s/1")]
        let added = try index.write("several at once") { change in
            try change.remove(labels: ["a"])
            try change.remove(ids: [2])
            let added = try change.add(items, embeddings: embeddings, backbone: index.backbone)
            try change.relabel("c", to: "new")
            #expect(try index.count == 30)
            return added
        }
        // The item of /s/1 had been removed.
        #expect(added == 2)
        #expect(try index.items(label: "a") == [] && index.items(label: "c") == [])
        #expect(try index.items(label: "new").count == 12)
        #expect(try index.item(source: "/n/0")?.label == "new")
        let change = try #require(try index.history().first)
        #expect(change.verb == .write && change.summary == "several at once")
        #expect(change.counts.added == 2 && change.counts.removed == 11 && change.counts.relabelled == 10)
        try index.undo()
        #expect(try index.labelled() == before)
    }

    @Test func aWriteThatThrowsChangesNothing() throws {
        struct Theirs: Error {}
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(30)
        let before = try index.labelled()
        #expect(throws: Theirs.self) {
            try index.write("not to be") { change in
                try change.remove(labels: ["a"])
                throw Theirs()
            }
        }
        #expect(throws: GalleryError.unknownLabel("zebra")) {
            try index.write("not to be") { change in
                try change.relabel("b", to: "a")
                try change.relabel("zebra", to: "a")
            }
        }
        #expect(throws: GalleryError.wrongDimension(expected: 16, found: 3)) {
            try index.write("not to be") { change in
                try change.remove(sources: ["/s/0"])
                try change.add(
                    [NewItem(label: "a", source: "x")], embeddings: Matrix(zeros: 1, columns: 3),
                    backbone: index.backbone)
            }
        }
        #expect(try index.labelled() == before)
        #expect(try index.history().count == 1 && index.faults().isEmpty)
        #expect(throws: IndexError.openForReading(path: temporary.path)) {
            try EmbeddingIndex(opening: temporary.path, readOnly: true).write("no") { _ in }
        }
    }
}
