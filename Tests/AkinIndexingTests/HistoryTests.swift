import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinStorage
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct HistoryTests {
    private func undoEntries(_ path: String) throws -> Int {
        let environment = try Environment(at: path)
        let undo: Table<UInt64, [UInt8]> = try #require(try environment.table("undo"))
        return try environment.read { try undo.count(in: $0) }
    }

    @Test func eachOperationIsOneChangeThatCanBeTakenBack() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let pictures = try PictureFolder(150)
        let embedder = try Embedder(index.storedBackbone)
        var states = [try index.labelled()]
        func did(_ verb: Change.Verb, _ summary: String, _ counts: [Int]) throws {
            let change = try #require(try index.history().first)
            #expect(change.number == UInt64(states.count))
            #expect(change.verb == verb && change.summary == summary)
            let found = change.counts
            #expect([found.added, found.updated, found.removed, found.relabelled] == counts)
            #expect(!change.user.isEmpty && abs(change.time.timeIntervalSinceNow) < 600)
            #expect(try index.faults() == [])
            states.append(try index.labelled())
        }
        _ = try temporary.fill(40)
        try did(.add, "40 items", [40, 0, 0, 0])
        try index.add(try Dataset(folder: pictures.path), embedder: embedder)
        try did(.add, pictures.path, [150, 0, 0, 0])
        // Nothing was changed, so nothing is told.
        try index.add(try Dataset(folder: pictures.path), embedder: embedder)
        try index.remove(ids: [7, 3, 40, 100])
        try did(.remove, "4 items", [0, 0, 4, 0])
        try index.relabel("a", to: "z")
        try did(.relabel, "'a' to 'z'", [0, 0, 0, 12])
        try index.relabel(ids: [1], to: "b")
        try did(.relabel, "1 item to 'b'", [0, 0, 0, 1])
        try index.remove(labels: ["class 1"])
        try did(.remove, "label 'class 1'", [0, 0, 49, 0])
        try pictures.write("class 0/0.pgm", seed: 999)
        try pictures.write("class 0/new.pgm", seed: 1000)
        try FileManager.default.removeItem(atPath: pictures.path + "/class 2/2.pgm")
        try index.sync(pictures.path, embedder: embedder)
        try did(.sync, pictures.path, [51, 1, 1, 0])
        _ = try temporary.fill(40, labels: ["k"], seed: 5)
        try did(.add, "40 items", [3, 37, 0, 0])
        try index.remove(sources: ["/s/0"])
        try did(.remove, "source '/s/0'", [0, 0, 1, 0])

        while states.count > 1 {
            states.removeLast()
            let change = try index.undo()
            #expect(change.number == UInt64(states.count))
            let now = try index.labelled()
            #expect(now == states.last!, "after taking back change \(change.number)")
            #expect(try index.faults() == [])
            #expect(try index.history().count == states.count - 1)
        }
        #expect(throws: IndexError.nothingToUndo(path: temporary.path)) { try index.undo() }
        #expect(try undoEntries(temporary.path) == 0)
        // Neither ids nor numbers of changes are given twice.
        _ = try temporary.fill(1)
        #expect(try index.history().map(\.number) == [10])
        #expect(try index.items().map(\.id) == [245])
    }

    @Test func whatAChangeItselfAddedIsNotKept() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(20_000)
        #expect(try undoEntries(temporary.path) == 0)
        let twice = [NewItem(label: "a", source: "/twice"), NewItem(label: "b", source: "/twice")]
        var generator = SeededGenerator(seed: 4)
        let vectors = drawnEmbeddings(2, temporary.index.dimension, using: &generator)
        try temporary.index.add(twice, embeddings: vectors, backbone: temporary.backbone)
        #expect(try undoEntries(temporary.path) == 0)
        let counts = try #require(try temporary.index.history().first?.counts)
        #expect(counts.added == 1 && counts.updated == 1)
        try temporary.index.undo()
        #expect(try temporary.index.count == 20_000)
        try temporary.index.undo()
        #expect(try temporary.index.count == 0)
        #expect(try temporary.index.faults() == [])
    }

    @Test func aChangeEndsWhereAnotherBegins() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let change = PendingChange(.import, "in parts")
        func add(_ source: Source) throws {
            try index.add(
                [NewItem(label: "a", source: source)], embeddings: Matrix(zeros: 1, columns: index.dimension),
                backbone: temporary.backbone, as: change)
        }
        try add("/1")
        try add("/2")
        #expect(try index.history().map(\.counts.added) == [2])
        let other = try EmbeddingIndex(opening: temporary.path)
        try other.relabel("a", to: "b")
        try add("/3")
        try add("/4")
        #expect(try index.history().map(\.verb) == [.import, .relabel, .import])
        #expect(try index.undo().counts.added == 2)
        #expect(try index.items().map(\.source) == ["/1", "/2"])
        try add("/5")
        try index.undo()
        #expect(try index.items().map(\.label) == ["b", "b"])
        try index.undo()
        #expect(try index.items().map(\.label) == ["a", "a"])
        try index.undo()
        #expect(try index.count == 0)
    }

    @Test func onlySoManyAreKept() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(60)
        #expect(try index.historyLimit == 20)
        for id in 1...30 as ClosedRange<UInt64> { try index.remove(ids: [id]) }
        #expect(try index.history().map(\.number) == Array((12...31).reversed()))
        #expect(try undoEntries(temporary.path) == 20)
        try index.setHistoryLimit(3)
        #expect(try index.history().map(\.number) == [31, 30, 29])
        #expect(try undoEntries(temporary.path) == 3)
        #expect(try index.faults() == [])
        for _ in 0..<3 { try index.undo() }
        #expect(throws: IndexError.nothingToUndo(path: temporary.path)) { try index.undo() }
        #expect(try index.count == 33)
        try index.setHistoryLimit(0)
        try index.remove(ids: [40])
        #expect(try index.history() == [])
        #expect(try undoEntries(temporary.path) == 0)
        try index.setHistoryLimit(2)
        try index.remove(ids: [41])
        #expect(try index.history().count == 1)
        try index.undo()
        #expect(try index.item(41) != nil && index.item(40) == nil)
        #expect(try index.faults() == [])
    }

    @Test func aFailedChangeLeavesNoTrace() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(5)
        #expect(throws: GalleryError.unknownItem(id: 9)) { try temporary.index.remove(ids: [1, 9]) }
        #expect(try temporary.index.history().count == 1)
        #expect(try undoEntries(temporary.path) == 0)
    }

    @Test func damageIsFoundAndRefused() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(9)
        try index.remove(ids: [4])
        let environment = try Environment(at: temporary.path)
        let undo: Table<Sixteen, [UInt8]> = try #require(try environment.table("undo"))
        let changes: Table<UInt64, [UInt8]> = try #require(try environment.table("changes"))
        let key = Sixteen(bytes: [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0])
        let entry = try #require(try environment.read { try undo.value(of: key, in: $0) })
        let record = try #require(try environment.read { try changes.value(of: 2, in: $0) })
        let expected = IndexError.damagedChange(path: temporary.path, number: 2)
        for place in [0, 9, 13, 20, 40, entry.count - 1] {
            var damaged = entry
            damaged[place] ^= 8
            try environment.write { try undo.set(damaged, for: key, in: $0) }
            #expect(throws: expected) { try index.undo() }
            #expect(try index.faults().count == 1)
        }
        try environment.write { try undo.set(entry, for: key, in: $0) }
        for place in [0, 10, 30, 75, record.count - 1] {
            var damaged = record
            damaged[place] ^= 8
            try environment.write { try changes.set(damaged, for: 2, in: $0) }
            #expect(throws: expected) { try index.undo() }
            #expect(throws: expected) { try index.history() }
            #expect(try !index.faults().isEmpty)
        }
        try environment.write { try changes.set(record, for: 2, in: $0) }
        try index.undo()
        #expect(try index.faults() == [] && index.count == 9)
    }

    @Test func theFieldsThatScriptsRead() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(2)
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(temporary.index.history()))
        let change = try #require((json as? [[String: Any]])?.first)
        #expect(
            Set(change.keys) == [
                "number", "time", "user", "verb", "summary", "added", "updated", "removed", "relabelled",
            ])
        #expect(change["verb"] as? String == "add")
        #expect((change["time"] as? String)?.hasSuffix("Z") == true)
    }
}

/// A key of sixteen bytes.
struct Sixteen: TableKey {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init?(key: UnsafeRawBufferPointer) { bytes = Array(key) }

    func withKey<R>(_ body: (UnsafeRawBufferPointer) throws(StorageError) -> R) throws(StorageError) -> R {
        try bytes.withStored(body)
    }
}
