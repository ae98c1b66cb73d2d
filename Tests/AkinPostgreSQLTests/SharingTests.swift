import Akin
import AkinBasics
import Foundation
import Synchronization
import TestSupport
import Testing

/// Pushing and pulling, between two folders and the shared index that they have in common.
@Suite(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) struct SharingTests {
    private let folder: TemporaryFolder
    private let index: EmbeddingIndex
    private let address: PostgreSQLAddress
    private var other: String { folder.path + "/other" }

    init() throws {
        folder = try TemporaryFolder()
        index = try EmbeddingIndex.create(at: folder.path + "/index", backbone: try Workshop.checkpoint())
        address = try .new()
        try add(0..<30, to: index)
    }

    private func add(_ numbers: Range<Int>, to index: EmbeddingIndex, label: String = "a", seed: UInt64 = 1)
        throws
    {
        var generator = SeededGenerator(seed: seed)
        let vectors = drawnVectors(numbers.count, index.dimension, using: &generator)
        let items = numbers.map {
            NewItem(label: label, source: Source("/\($0)"), group: $0 % 2 == 0 ? "even" : nil)
        }
        try index.add(items, embeddings: vectors, backbone: index.backbone)
    }

    private func push(_ path: String? = nil, _ monitor: Monitor = Monitor()) throws -> SharingResult {
        try PushIndex(.folder(path ?? index.path), to: address).run(monitor)
    }

    private func pull(_ path: String? = nil) throws -> SharingResult {
        try PullIndex(address, into: .folder(path ?? other)).run(Monitor())
    }

    private func opened(_ path: String) throws -> EmbeddingIndex { try EmbeddingIndex(opening: path) }

    /// Of all that two indexes have in common of an item.
    private func contents(_ gallery: some Gallery) throws -> [String: [Float]] {
        try gallery.read { reader in
            let (items, embeddings) = try reader.labelled()
            return Dictionary(
                uniqueKeysWithValues: items.enumerated().map { place, item in
                    let group = item.group ?? "-"
                    return (
                        "\(item.source) \(item.label) \(group) \(item.contentHash)", Array(embeddings[place])
                    )
                })
        }
    }

    private func counts(_ result: SharingResult) -> [Int] {
        [result.added, result.updated, result.removed, result.left, result.waiting, result.conflicts.count]
    }

    @Test func aPulledIndexIsAFullOne() throws {
        try index.setClassifier(.ridge)
        let pushed = try push()
        #expect(pushed.created && pushed.answering && counts(pushed) == [30, 0, 0, 0, 0, 0])
        let pulled = try pull()
        #expect(pulled.created && pulled.answering && counts(pulled) == [30, 0, 0, 0, 0, 0])
        let copy = try opened(other)
        #expect(try contents(copy) == contents(index))
        #expect(try copy.storedBackbone.bytes == index.storedBackbone.bytes)
        #expect(try copy.classifier == .ridge && copy.verify(sample: 30).isSound)
        let queries = try index.labelled().embeddings
        #expect(try copy.neighbours(of: queries, k: 9) == index.neighbours(of: queries, k: 9))
        // Nothing is left to do.
        for result in [try push(), try pull(), try push(other), try pull(index.path)] {
            #expect(!result.created && !result.answering && counts(result) == [0, 0, 0, 0, 0, 0])
        }
    }

    @Test func onlyWhatChangedGoesOver() throws {
        _ = try push()
        _ = try pull()
        let copy = try opened(other)
        try index.relabel(ids: [1, 2], to: "b")
        try index.remove(ids: [3])
        try add(40..<45, to: index)
        try add(5..<6, to: index, seed: 9)
        #expect(try counts(push()) == [5, 3, 1, 0, 0, 0])
        try copy.relabel(ids: [11], to: "c")
        try copy.remove(ids: [12, 13])
        #expect(try counts(push(other)) == [0, 1, 2, 0, 9, 0])
        #expect(try counts(pull()) == [5, 3, 1, 0, 0, 0])
        #expect(try counts(pull(index.path)) == [0, 1, 2, 0, 0, 0])
        #expect(try contents(copy) == contents(index))
        let shared = try PostgreSQLGallery(opening: address, backbones: .standard)
        #expect(try contents(shared) == contents(index))
        #expect(try copy.verify(sample: 50).isSound)
        // A pull is one change of the folder's, and taken back as one.
        let before = try contents(copy)
        try index.relabel(ids: [20, 21, 22], to: "d")
        _ = try push()
        _ = try pull()
        #expect(try contents(copy) == contents(index))
        try copy.undo()
        #expect(try contents(copy) == before)
    }

    /// The shared index's word holds.
    @Test func conflictsAreNamedAndDecided() throws {
        _ = try push()
        _ = try pull()
        let copy = try opened(other)
        try index.relabel(ids: [1, 4], to: "here")
        try index.remove(ids: [2])
        try index.relabel(ids: [3], to: "alike")
        try copy.relabel(ids: [1, 2], to: "there")
        try copy.remove(ids: [4])
        try copy.relabel(ids: [3], to: "alike")
        #expect(try counts(push()) == [0, 3, 1, 0, 0, 0])
        let pushed = try push(other)
        #expect(counts(pushed) == [0, 0, 0, 0, 0, 3])
        let conflicts = pushed.conflicts.sorted { $0.source < $1.source }
        #expect(conflicts.map(\.source) == ["/0", "/1", "/3"])
        #expect(conflicts.map(\.here) == ["there", "there", nil])
        #expect(conflicts.map(\.there) == ["here", nil, "here"])
        let pulled = try pull()
        #expect(pulled.conflicts.count == 3 && counts(pulled).prefix(3) == [1, 1, 1])
        #expect(try contents(copy) == contents(index))
        #expect(try counts(push(other)) == [0, 0, 0, 0, 0, 0])
        // Who wants another, changes it again.
        try copy.relabel(ids: [1], to: "there")
        #expect(try counts(push(other)) == [0, 1, 0, 0, 0, 0])
    }

    @Test func twoThatHaveNeverMetAreJoined() throws {
        _ = try push()
        let copy = try EmbeddingIndex.create(at: other, backbone: try Workshop.checkpoint())
        try add(0..<20, to: copy)
        try copy.relabel(ids: [5], to: "mine")
        try add(100..<110, to: copy)
        let pushed = try push(other)
        #expect(counts(pushed) == [10, 0, 0, 0, 10, 1] && pushed.conflicts[0].here == "mine")
        #expect(try counts(pull()).prefix(3) == [10, 1, 0])
        #expect(try copy.count == 40 && copy.labelled().items.count == 40)
    }

    @Test func anInterruptedPushGoesOn() throws {
        try add(30..<4500, to: index)
        let asked = Mutex(0)
        #expect(throws: JobError.self) {
            try push(
                nil,
                Monitor(isCancelled: {
                    asked.withLock {
                        $0 += 1; return $0 > 1
                    }
                }))
        }
        let shared = try PostgreSQLGallery(opening: address, backbones: .standard)
        #expect(try shared.read { try $0.count } == 2000)
        #expect(try counts(push()) == [2500, 0, 0, 0, 0, 0])
        #expect(try contents(shared) == contents(index))
    }

    @Test func whatDoesNotBelongTogetherIsRefused() throws {
        _ = try push()
        _ = try EmbeddingIndex.create(at: other, backbone: try Workshop.checkpoint(seed: 2))
        #expect(throws: GalleryError.self) { try push(other) }
        #expect(throws: GalleryError.self) { try pull() }
        let cosine = folder.path + "/cosine"
        _ = try EmbeddingIndex.create(at: cosine, backbone: try Workshop.checkpoint(), metric: .cosine)
        #expect(throws: JobError.self) { try push(cosine) }
        #expect(throws: PostgreSQLError.self) {
            try PullIndex(.new(), into: .folder(folder.path + "/new")).run(Monitor())
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new"))
    }

    @Test func embeddingsWithoutABackbone() throws {
        let named = folder.path + "/named"
        let index = try EmbeddingIndex.create(
            at: named, dimension: 3, metric: .l1, backbone: .init(named: "theirs"))
        try index.add(
            [.init(label: "ä", source: "x#1", group: "g")],
            embeddings: Matrix(rows: 1, columns: 3, values: [1, 2, 3]),
            backbone: index.backbone)
        _ = try push(named)
        _ = try pull()
        let copy = try opened(other)
        #expect(copy.metric == .l1 && copy.backbone == index.backbone && !copy.hasBackbone)
        #expect(try contents(copy) == contents(index))
    }
}
