import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// What was taken back is made again, as it was.
@Suite struct RedoTests {
    /// All that a change may change.
    private struct State: Equatable {
        let items: [Item]
        let embeddings: Matrix
        let backbone: BackboneIdentity
        let classifier: [UInt8]?
        let calibration: [UInt8]?

        init(_ path: String) throws {
            let index = try EmbeddingIndex(opening: path)
            (items, embeddings) = try index.labelled()
            backbone = index.backbone
            (classifier, calibration) = try (index.classifierRecord, index.calibrationRecord)
            #expect(try index.faults() == [])
        }
    }

    private func entries(_ table: String, _ path: String) throws -> Int {
        let environment = try Environment(at: path)
        let entries: Table<Sixteen, [UInt8]> = try #require(try environment.table(table))
        return try environment.read { try entries.count(in: $0) }
    }

    @Test func everyKindOfChange() throws {
        let temporary = try TemporaryIndex()
        let path = temporary.path
        let pictures = try PictureFolder(60)
        let embedder = try Embedder(temporary.index.storedBackbone)
        func opened() throws -> EmbeddingIndex { try EmbeddingIndex(opening: path) }
        var states = [try State(path)]
        var histories: [[Change]] = [[]]
        func done() throws {
            states.append(try State(path))
            histories.append(try opened().history())
            #expect(histories.last?.count == states.count - 1)
        }
        _ = try temporary.fill(40)
        try done()
        try opened().add(try Dataset(folder: pictures.path), embedder: embedder)
        try done()
        try opened().remove(ids: [7, 3, 40, 50])
        try done()
        try opened().relabel("a", to: "z")
        try done()
        try opened().relabel(ids: [1, 2, 60], to: "é")
        try done()
        try pictures.write("class 0/0.pgm", seed: 999)
        try pictures.write("class 0/new.pgm", seed: 1000)
        try FileManager.default.removeItem(atPath: pictures.path + "/class 2/2.pgm")
        try FileManager.default.moveItem(
            atPath: pictures.path + "/class 1/1.pgm", toPath: pictures.path + "/class 0/1.pgm")
        try opened().sync(pictures.path, embedder: embedder)
        try done()
        _ = try temporary.fill(40, labels: ["k"], seed: 5)
        try done()
        try opened().write("places are changed, and one is taken") { change in
            let (one, other) = (try change.current.item(1), try change.current.item(2))
            #expect(try change.removeItem(4))
            #expect(try change.moveItem(1, to: NewItem(label: "m", source: other!.source)))
            #expect(try change.moveItem(2, to: NewItem(label: "m", source: one!.source, group: "g")))
            #expect(try change.moveItem(5, to: NewItem(label: "m", source: "/s/3")))
        }
        try done()
        try opened().setAnswering(
            classifier: [1, 2], calibration: [3], as: PendingChange(.calibrate, "so"))
        try done()
        try opened().remove(
            sources: temporary.index.items().filter { $0.source.path.hasPrefix("/s") }.map(\.source))
        try done()
        try opened().rebuild(with: Embedder(RebuildTests.other()))
        try done()
        try opened().relabel(ids: [60], to: "b")
        try done()
        try goBackAndForth(path, states, histories)
    }

    /// By states and histories after each change, and before all of them.
    private func goBackAndForth(_ path: String, _ states: [State], _ histories: [[Change]]) throws {
        // All the way back, all the way forth, and here and there.
        var place = states.count - 1
        var generator = SeededGenerator(seed: 7)
        let goals = [0, place, 0, place] + (0..<12).map { _ in Int.random(in: 0...place, using: &generator) }
        for goal in goals {
            while place != goal {
                let index = try EmbeddingIndex(opening: path)
                if goal < place {
                    let change = try index.undo()
                    place -= 1
                    #expect(change == histories[place + 1].first)
                } else {
                    let change = try index.redo()
                    place += 1
                    #expect(change == histories[place].first)
                }
                #expect(try State(path) == states[place], "change \(place)")
                let now = try EmbeddingIndex(opening: path)
                #expect(try now.history() == histories[place])
                #expect(try now.undone() == Array(histories.last!.reversed().dropFirst(place)))
            }
        }
        while place < states.count - 1 {
            try EmbeddingIndex(opening: path).redo()
            place += 1
        }
        let last = try #require(histories.last?.first)
        #expect(throws: IndexError.nothingToRedo(path: path, last: last)) {
            try EmbeddingIndex(opening: path).redo()
        }
        #expect(try entries("redo", path) == 0)
    }

    /// Pictures that are gone, or other ones, and what was known of the answers.
    @Test func aRebuildThatDropsItems() throws {
        let temporary = try TemporaryIndex()
        let pictures = try PictureFolder(30)
        try temporary.index.add(
            Dataset(folder: pictures.path), embedder: Embedder(temporary.index.storedBackbone))
        _ = try temporary.fill(3)
        try temporary.index.setAnswering(
            classifier: [9], calibration: [8], as: PendingChange(.calibrate, "so"))
        try pictures.write("class 0/3.pgm", seed: 77)
        let before = try State(temporary.path)
        try temporary.index.rebuild(with: Embedder(RebuildTests.other()), dropUnreadable: true)
        let after = try State(temporary.path)
        #expect(after.items.count == 30 && after.calibration == nil && before.calibration != nil)
        for _ in 0..<3 {
            #expect(try EmbeddingIndex(opening: temporary.path).undo().verb == .rebuild)
            #expect(try State(temporary.path) == before)
            let old = try EmbeddingIndex(opening: temporary.path)
            #expect(try old.redo().verb == .rebuild)
            #expect(throws: IndexError.rebuilt(path: temporary.path)) { try old.count }
            #expect(try State(temporary.path) == after)
        }
    }

    @Test func anotherChangeForgets() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        #expect(throws: IndexError.nothingToRedo(path: index.path, last: nil)) { try index.redo() }
        _ = try temporary.fill(20)
        try index.remove(ids: [1, 2])
        try index.relabel(ids: [5], to: "x")
        for _ in 0..<2 { try index.undo() }
        #expect(try index.undone().map(\.number) == [2, 3])
        // What changes no item is no other change.
        _ = try temporary.fill(20)
        try index.buildGraph(GraphOptions(links: 4, candidates: 20))
        try index.compact()
        try index.repack()
        try index.redo()
        #expect(try index.count == 18 && index.faults() == [])
        try index.relabel(ids: [6], to: "y")
        let last = try #require(try index.history().first)
        #expect(last.number == 4 && last.verb == .relabel)
        #expect(throws: IndexError.nothingToRedo(path: index.path, last: last)) { try index.redo() }
        #expect(try index.undone() == [])
        #expect(try entries("redo", index.path) == 0)
        // A change of which nothing is kept is one too.
        try index.undo()
        try index.setClassifierRecord([1])
        #expect(throws: IndexError.self) { try index.redo() }
        #expect(try index.faults() == [])
    }

    @Test func noMoreAreKeptThanAreToBe() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(30)
        for id in 1...9 as ClosedRange<UInt64> { try index.remove(ids: [id]) }
        for _ in 0..<6 { try index.undo() }
        #expect(try index.history().count == 4 && index.undone().count == 6)
        try index.setHistoryLimit(7)
        #expect(try index.history().map(\.number) == [4, 3, 2, 1])
        #expect(try index.undone().map(\.number) == [5, 6, 7])
        #expect(try entries("redo", index.path) == 3 && index.faults() == [])
        for _ in 0..<3 { try index.redo() }
        #expect(throws: IndexError.self) { try index.redo() }
        #expect(try index.count == 24 && index.history().count == 7)
        try index.undo()
        try index.setHistoryLimit(0)
        #expect(try index.undone() == [] && index.history() == [])
        #expect(try entries("redo", index.path) == 0 && index.faults() == [])
    }

    @Test func whatHasPutInTheFirstItems() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(3)
        try index.relabel(ids: [1], to: "x")
        try index.undo(mayEmpty: false)
        let first = try #require(try index.history().first)
        #expect(throws: IndexError.wouldBeEmpty(path: index.path, first)) { try index.undo(mayEmpty: false) }
        #expect(try index.count == 3 && index.undone().map(\.number) == [2])
        try index.undo()
        #expect(try index.count == 0)
        try index.redo()
        try index.redo()
        #expect(try index.count == 3 && index.item(1)?.label == "x")
    }

    @Test func damageIsFoundAndRefused() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(9)
        try index.remove(ids: [4])
        try index.relabel(ids: [5], to: "x")
        for _ in 0..<2 { try index.undo() }
        let environment = try Environment(at: temporary.path)
        let redo: Table<Sixteen, [UInt8]> = try #require(try environment.table("redo"))
        let key = Sixteen(bytes: [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0])
        let entry = try #require(try environment.read { try redo.value(of: key, in: $0) })
        #expect(entry.count == 24)
        for place in entry.indices {
            var damaged = entry
            damaged[place] ^= 8
            try environment.write { try redo.set(damaged, for: key, in: $0) }
            #expect(throws: IndexError.damagedChange(path: temporary.path, number: 2)) { try index.redo() }
            #expect(try index.faults().count == 1)
        }
        #expect(try index.count == 9)
        #expect(try index.verify(repairing: true).isSound)
        #expect(try index.undone() == [])
    }

    /// What is told of changes, whatever came after them.
    @Test func whatWasChangedIsTold() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(4, labels: ["a", "b"])
        try index.relabel(ids: [1, 3], to: "c")
        try index.remove(ids: [1])
        try index.write("there and back") { change in
            for (id, label) in [(2, "z"), (2, "b"), (3, "d")] {
                _ = try change.relabelItem(UInt64(id), to: label)
            }
        }
        func told() throws -> [String] {
            var lines: [String] = []
            try index.read {
                try $0.forEachChange { change, isUndone, items in
                    let texts = items.map {
                        "\($0.kind) \($0.item.id) \($0.before?.label ?? "-")>\($0.after?.label ?? "-")"
                    }
                    lines.append("\(change.number)\(isUndone ? "u" : "") " + texts.joined(separator: ", "))
                    return true
                }
            }
            return lines
        }
        let all = [
            "4 relabelled 3 c>d", "3 removed 1 c>-", "2 relabelled 1 a>c, relabelled 3 a>c",
            "1 added 1 ->a, added 2 ->b, added 3 ->a, added 4 ->b",
        ]
        #expect(try told() == all)
        for _ in 0..<4 { try index.undo() }
        #expect(try told() == all.reversed().map { "\($0.prefix(1))u\($0.dropFirst())" })
        for _ in 0..<2 { try index.redo() }
        #expect(try told() == Array(all[2...]) + ["3u removed 1 c>-", "4u relabelled 3 c>d"])
        let (third, ninth) = try index.read { (try $0.itemChanges(of: 3), try $0.itemChanges(of: 9)) }
        #expect(third?.items.map(\.item.id) == [1] && ninth == nil)
    }
}
