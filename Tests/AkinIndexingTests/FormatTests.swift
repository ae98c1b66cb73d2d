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
import TestSupport
import Testing

/// The same few changes in every format.
enum KnownIndex {
    static func checkpoint() throws -> Checkpoint {
        let preprocessing = Preprocessing(trusted: 6, width: 6)
        let network = try Network(
            [.flatten, .dense(units: 8, activation: .sigmoid)], input: Shape(preprocessing))
        network.initialize(seed: 3)
        return Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "tiny", seed: 3, epochs: 0, data: "none", labels: []))
    }

    static func make(at path: String) throws -> EmbeddingIndex {
        let index = try EmbeddingIndex.create(at: path, backbone: checkpoint(), metric: .l2)
        var generator = SeededGenerator(seed: 11)
        let items = (0..<40).map { number in
            NewItem(
                label: ["a", "b", "ä"][number % 3],
                source: Source(number == 7 ? "/" + String(repeating: "long/", count: 150) : "/s/\(number)"),
                group: number % 4 == 0 ? "page \(number / 8)" : nil)
        }
        try index.add(
            items, embeddings: drawnEmbeddings(40, 8, using: &generator),
            backbone: index.backbone)
        try index.remove(ids: [3, 40, 17])
        try index.relabel(ids: [5, 8], to: "c")
        try index.add(
            [items[0], NewItem(label: "b", source: "/s/1", group: "page 9")],
            embeddings: drawnEmbeddings(2, 8, using: &generator),
            backbone: index.backbone)
        try index.buildGraph()
        return index
    }
}

@Suite struct FormatTests {
    /// An index as a program of that format has written it, in a folder of its own.
    private func fixture(_ format: Int) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let file = try Fixtures.bytes("indexes/version-\(format).mdb.gz")
        try folder.write("data.mdb", try #require(Gzip.unfolded(file, limit: 8 << 20)))
        return folder
    }

    private func format(of path: String) throws -> UInt64? {
        let environment = try Environment(at: path)
        let settings: Table<String, UInt64> = try #require(try environment.table("settings"))
        return try environment.read { try settings.value(of: "format", in: $0) }
    }

    @Test(arguments: 1...6) func anIndexOfEachFormatAnswersTheSame(written: Int) throws {
        let folder = try fixture(written)
        let new = try TemporaryFolder()
        let expected = try KnownIndex.make(at: new.path + "/index")
        let index = try EmbeddingIndex(opening: folder.path)
        let ((items, embeddings), (same, values)) = try (index.labelled(), expected.labelled())
        #expect(items.timeless == same.timeless && embeddings == values)
        #expect(items.allSatisfy { ($0.time != nil) == (written >= 3) })
        #expect(try index.stats().labels == expected.stats().labels)
        #expect(try index.storedBackbone.bytes == expected.storedBackbone.bytes)
        var generator = SeededGenerator(seed: 12)
        let queries = drawnEmbeddings(20, 8, using: &generator)
        let excluding = (0..<20).map { Exclusion(ids: [UInt64($0)], group: $0 % 2 == 0 ? "page 1" : nil) }
        #expect(
            try index.neighbours(of: queries, k: 9, excluding: excluding)
                == expected.neighbours(of: queries, k: 9, excluding: excluding))
        #expect(try index.faults() == [])
        #expect(try (index.stats().graph != nil) == (written >= 3))
        #expect(try index.history().map(\.verb) == (written == 1 ? [] : [.add, .relabel, .remove, .add]))
        #expect(try format(of: folder.path) == UInt64(written))
    }

    @Test(arguments: 1...6) func anIndexOfEachFormatCanBeChanged(written: Int) throws {
        let folder = try fixture(written)
        let reader = try EmbeddingIndex(opening: folder.path)
        let index = try EmbeddingIndex(opening: folder.path)
        let before = try index.labelled()
        try index.remove(ids: [1, 2])
        #expect(try format(of: folder.path) == EmbeddingIndex.format)
        #expect(try reader.history().first?.counts.removed == 2)
        #expect(try reader.count == before.items.count - 2)
        try index.relabel("c", to: "d")
        let more = try index.add(
            [NewItem(label: "n", source: "/new")], embeddings: Matrix(zeros: 1, columns: 8),
            backbone: index.backbone)
        #expect(more.added == 1)
        #expect(try index.items().last?.id == 41)
        #expect(try index.faults() == [])
        let changed = try index.labelled()
        for _ in 0..<3 { try index.undo() }
        #expect(try index.labelled() == before)
        for _ in 0..<3 { try index.redo() }
        #expect(try index.labelled() == changed)
        for _ in 0..<3 { try index.undo() }
        #expect(try index.labelled() == before)
        #expect(try index.faults() == [])
        try index.compact()
        #expect(try reader.labelled() == before)
    }

    /// The graph of an older program is used as it is, until a change makes another of it.
    @Test(arguments: 3...4) func aGraphOfAnOlderFormatIsBuiltAnew(written: Int) throws {
        let folder = try fixture(written)
        let index = try EmbeddingIndex(opening: folder.path)
        let old = try #require(try index.stats().graph)
        #expect(old.recall == nil && old.suffices)
        #expect(try index.verify().suffices == true)
        #expect(try index.maintainGraph())
        let new = try #require(try index.stats().graph)
        #expect(new.recall != nil && new.options == old.options)
        #expect(try !index.maintainGraph())
        #expect(try index.faults() == [])
    }

    @Test func anOldIndexThatIsOnlyReadStaysAsItIs() throws {
        let folder = try fixture(1)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data.mdb"))
        let index = try EmbeddingIndex(opening: folder.path, readOnly: true)
        #expect(try index.count == 37 && index.history() == [])
        #expect(try index.historyLimit == EmbeddingIndex.historyLimit)
        #expect(throws: IndexError.openForReading(path: folder.path)) { try index.undo() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data.mdb")) == before)
    }

    /// Writes the index of this program's format, from which a fixture is made:
    /// `AKIN_WRITE_INDEX=/tmp/i Tools/test --filter writesTheKnownIndex && gzip -9n < /tmp/i/data.mdb > ...`
    @Test(.enabled(if: ProcessInfo.processInfo.environment["AKIN_WRITE_INDEX"] != nil, "it writes a fixture"))
    func writesTheKnownIndex() throws {
        let path = try #require(ProcessInfo.processInfo.environment["AKIN_WRITE_INDEX"])
        #expect(try KnownIndex.make(at: path).count == 37)
    }
}
