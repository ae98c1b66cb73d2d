import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinStorage
import AkinTensors
import AkinVectorSearch
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct RebuildTests {
    /// A backbone of another dimension.
    static func other(units: Int = 24) throws -> Checkpoint {
        let preprocessing = Preprocessing(trusted: 14, width: 14)
        let network = try Network(
            [.flatten, .dense(units: units, activation: .sigmoid)], input: Shape(preprocessing))
        network.initialize(seed: 5)
        return Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "other", seed: 5, epochs: 0, data: "none", labels: []))
    }

    /// The old one cannot be put back, nor what it made.
    @Test func aDamagedBackboneIsReplaced() throws {
        let temporary = try TemporaryIndex()
        let pictures = try PictureFolder(20)
        let dataset = try Dataset(folder: pictures.path)
        try temporary.index.add(dataset, embedder: Embedder(temporary.index.storedBackbone))
        let removed = try temporary.index.items()[0]
        try temporary.index.remove(ids: [removed.id])
        let environment = try Environment(at: temporary.path)
        let settings: Table<String, [UInt8]> = try #require(try environment.table("settings"))
        var bytes = try temporary.index.storedBackbone.bytes
        bytes[bytes.count - 1] ^= 1
        try environment.write { try settings.set(bytes, for: "backbone-bytes", in: $0) }
        let damaged = try EmbeddingIndex(opening: temporary.path)
        #expect(throws: IndexError.damagedBackbone(path: temporary.path)) { try damaged.storedBackbone }
        let labels = try damaged.stats().labels
        try damaged.rebuild(with: Embedder(Self.other()))
        let new = try EmbeddingIndex(opening: temporary.path)
        #expect(try new.faults() == [] && new.stats().labels == labels && new.dimension == 24)
        #expect(try new.history() == [])
        try new.add(dataset, embedder: Embedder(new.storedBackbone))
        #expect(try new.count == 20)
    }

    @Test func itIsAsIfMadeWithTheNewBackbone() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let pictures = try PictureFolder(150)
        let dataset = try Dataset(folder: pictures.path)
        try index.add(dataset, embedder: Embedder(index.storedBackbone))
        try index.relabel(ids: [4], to: "mine")
        try pictures.write("class 0/0.pgm", seed: 999)
        let before = try index.labelled()
        var progress: [WorkProgress] = []
        let report = try #require(
            try index.rebuild(with: Embedder(Self.other()), progress: { progress.append($0) }))
        #expect(report.items == 150 && report.dropped == [] && report.seconds > 0)
        #expect(progress.last == progress.max { $0.done < $1.done } && progress.last?.done == 150)

        let rebuilt = IndexError.rebuilt(path: temporary.path)
        #expect(throws: rebuilt) { try index.count }
        #expect(throws: rebuilt) {
            try index.neighbours(of: Matrix(zeros: 1, columns: index.dimension), k: 1)
        }
        #expect(throws: rebuilt) { try index.remove(ids: [1]) }
        #expect(throws: rebuilt) { try index.undo() }

        let new = try EmbeddingIndex(opening: temporary.path)
        #expect(new.dimension == 24 && new.backbone.name == "other")
        #expect(try new.faults() == [])
        let fresh = try TemporaryFolder()
        let expected = try EmbeddingIndex.create(at: fresh.path + "/index", backbone: Self.other())
        try expected.add(dataset, embedder: Embedder(expected.storedBackbone))
        try expected.relabel(ids: [4], to: "mine")
        let (items, embeddings) = try new.labelled()
        #expect(try items.timeless == expected.items().timeless)
        #expect(try embeddings == expected.labelled().embeddings)
        let change = try #require(try new.history().first)
        #expect(change.verb == .rebuild && change.counts.updated == 150)
        #expect(change.summary.contains("'small'") && change.summary.contains("'other'"))

        // Changes on top of it are taken back first, then itself.
        try new.remove(labels: ["class 1"])
        #expect(try new.undo().verb == .remove)
        #expect(try new.undo().verb == .rebuild)
        #expect(throws: rebuilt) { try new.count }
        #expect(try index.labelled() == before)
        #expect(try index.faults() == [])
        #expect(try index.undo().verb == .relabel)
        #expect(try index.faults() == [])
    }

    @Test func sourcesThatCannotBeRead() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let pictures = try PictureFolder(60)
        try index.add(try Dataset(folder: pictures.path), embedder: Embedder(index.storedBackbone))
        _ = try temporary.fill(3)
        let before = try index.labelled()
        try FileManager.default.removeItem(atPath: pictures.path + "/class 0/0.pgm")
        try pictures.folder.write("class 1/1.pgm", "no picture")
        let embedder = Embedder(try Self.other(units: 8))
        let error = #expect(throws: IndexError.self) { try index.rebuild(with: embedder) }
        guard case .unreadableSources(let sources)? = error else {
            Issue.record("\(error!)")
            return
        }
        let names = ["class 0/0.pgm", "class 1/1.pgm"].map { pictures.path + "/" + $0 }
        #expect(sources.map(\.source.path) == names + ["/s/0", "/s/1", "/s/2"])
        #expect("\(error!)".hasPrefix("5 of the index's sources cannot be embedded again"))
        #expect(try index.labelled() == before)

        let report = try #require(try index.rebuild(with: embedder, dropUnreadable: true))
        #expect(report.items == 58 && report.dropped == sources)
        let new = try EmbeddingIndex(opening: temporary.path)
        #expect(try new.count == 58 && new.faults() == [])
        #expect(try new.history().first?.counts.removed == 5)
        try new.undo()
        #expect(try index.labelled() == before)
        #expect(try index.faults() == [])

        try FileManager.default.removeItem(atPath: pictures.path)
        #expect(throws: IndexError.self) { try index.rebuild(with: embedder, dropUnreadable: true) }
        #expect(try index.labelled() == before)
    }

    /// Settings of two backbones are never mixed up.
    @Test func openedWhileItIsRebuilt() async throws {
        let temporary = try TemporaryIndex()
        let pictures = try PictureFolder(2)
        let path = temporary.path
        try temporary.index.add(
            Dataset(folder: pictures.path), embedder: Embedder(temporary.index.storedBackbone))
        let isDone = Atomic(false)
        async let rebuilding: Void = {
            defer { isDone.store(true, ordering: .relaxed) }
            for _ in 0..<60 {
                try EmbeddingIndex(opening: path).rebuild(with: Embedder(Self.other()))
                try EmbeddingIndex(opening: path).undo()
            }
        }()
        while !isDone.load(ordering: .relaxed) {
            let index = try EmbeddingIndex(opening: path, readOnly: true)
            #expect(index.dimension == (index.backbone.name == "small" ? 16 : 24))
            await Task.yield()
        }
        try await rebuilding
    }

    @Test func cancelledItChangesNothing() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let pictures = try PictureFolder(150)
        try index.add(try Dataset(folder: pictures.path), embedder: Embedder(index.storedBackbone))
        let before = try index.labelled()
        var batches = 0
        let report = try index.rebuild(
            with: Embedder(Self.other()), isCancelled: { batches > 0 }, progress: { _ in batches += 1 })
        #expect(report == nil && batches == 1)
        #expect(try index.labelled() == before && index.history().count == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: temporary.path)
        #expect(Set(names) == ["data.mdb", "lock.mdb"])
    }

    @Test func whatOthersChangeMeanwhileIsEmbeddedToo() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let pictures = try PictureFolder(70)
        let more = try PictureFolder(10)
        let embedder = try Embedder(index.storedBackbone)
        try index.add(try Dataset(folder: pictures.path), embedder: embedder)
        let other = try EmbeddingIndex(opening: temporary.path)
        var round = 0
        let report = try #require(
            try index.rebuild(
                with: Embedder(Self.other()),
                progress: { _ in
                    round += 1
                    guard round == 2 else { return }
                    try! other.add(try! Dataset(folder: more.path), embedder: embedder)
                    try! other.remove(ids: [1])
                    try! other.relabel(ids: [2], to: "changed")
                    try! pictures.write("class 0/3.pgm", seed: 50)
                    try! other.sync(pictures.path, embedder: embedder)
                }))
        #expect(report.dropped == [])
        let new = try EmbeddingIndex(opening: temporary.path)
        #expect(try new.count == 80 && new.faults() == [])
        let (items, embeddings) = try new.labelled()
        let fresh = try Embedder(new.storedBackbone)
        for row in [0, 1, 2, 65, 75, 79] {
            let input = try new.storedBackbone.input.values(
                of: try Image(contentsOf: items[row].source.path))
            let expected = try fresh.embeddings(of: input, count: 1)
            #expect(Metric.l2.distance(trusted: expected[0], to: embeddings[row]) < 1e-5)
        }
    }

    @Test func withoutHistoryItIsForGood() throws {
        let temporary = try TemporaryIndex()
        let pictures = try PictureFolder(10)
        try temporary.index.add(
            try Dataset(folder: pictures.path), embedder: Embedder(temporary.index.storedBackbone))
        try temporary.index.setHistoryLimit(0)
        try temporary.index.rebuild(with: Embedder(Self.other()))
        let new = try EmbeddingIndex(opening: temporary.path)
        #expect(throws: IndexError.nothingToUndo(path: temporary.path)) { try new.undo() }
        #expect(try new.faults() == [] && new.count == 10)
    }
}
