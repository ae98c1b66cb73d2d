import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinStorage
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

@Suite struct IndexTests {
    @Test func whatWasCreatedIsOpened() throws {
        let temporary = try TemporaryIndex(.cosine)
        let opened = try EmbeddingIndex(opening: temporary.path, readOnly: true)
        #expect(opened.metric == .cosine)
        #expect(opened.dimension == temporary.index.dimension)
        #expect(try opened.storedBackbone.bytes == temporary.index.storedBackbone.bytes)
        #expect(try opened.count == 0)
        #expect(try opened.labelled().items == [])
        let query = Matrix(zeros: 1, columns: opened.dimension)
        #expect(try opened.neighbours(of: query, k: 3) == [[]])
        let stats = try opened.stats()
        #expect(stats.items == 0 && stats.labels == [:] && stats.bytes > 0)
    }

    @Test func createNeverTouchesWhatIsThere() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(5)
        #expect(throws: IndexError.alreadyAnIndex(path: temporary.path)) {
            try EmbeddingIndex.create(at: temporary.path, backbone: checkpoint())
        }
        #expect(try temporary.index.count == 5)
        let folder = try TemporaryFolder()
        let file = try folder.write("notes.txt", "mine")
        #expect(throws: IndexError.folderNotEmpty(path: folder.path)) {
            try EmbeddingIndex.create(at: folder.path, backbone: checkpoint())
        }
        #expect(throws: IndexError.self) { try EmbeddingIndex.create(at: file, backbone: checkpoint()) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["notes.txt"])
    }

    /// Another program's LMDB database, and one that a killed `create` left without settings.
    @Test func otherDatabases() throws {
        let folder = try TemporaryFolder()
        do {
            let environment = try Environment(at: folder.path)
            let table: Table<String, String> = try #require(try environment.table("theirs", creating: true))
            try environment.write { try table.set("value", for: "key", in: $0) }
        }
        let error = #expect(throws: IndexError.self) { try EmbeddingIndex(opening: folder.path) }
        #expect("\(error!)".contains("none of an index's tables"))
        #expect(throws: IndexError.alreadyAnIndex(path: folder.path)) {
            try EmbeddingIndex.create(at: folder.path, backbone: checkpoint())
        }
        let other = try TemporaryFolder()
        _ = try Environment(at: other.path)
        #expect(throws: IndexError.self) { try EmbeddingIndex(opening: other.path) }
        #expect(try EmbeddingIndex.create(at: other.path, backbone: checkpoint()).count == 0)
    }

    @Test func whatIsNoIndex() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path, folder.path + "/none"] {
            guard
                case .notAnIndex? = #expect(
                    throws: IndexError.self, performing: { try EmbeddingIndex(opening: path) })
            else {
                Issue.record("\(path)")
                return
            }
        }
        try folder.write(
            "data.mdb",
            "this is no database at all, but long enough to be read as one "
                + String(repeating: ".", count: 9000))
        let error = #expect(throws: IndexError.self) { try EmbeddingIndex(opening: folder.path) }
        #expect("\(error!)".contains("no LMDB database"))
    }

    @Test func aNewerFormat() throws {
        let temporary = try TemporaryIndex()
        let environment = try Environment(at: temporary.path)
        let settings: Table<String, UInt64> = try #require(try environment.table("settings"))
        try environment.write { try settings.set(EmbeddingIndex.format + 1, for: "format", in: $0) }
        #expect(
            throws: IndexError.newerFormat(
                path: temporary.path, found: EmbeddingIndex.format + 1, supported: EmbeddingIndex.format)
        ) { try EmbeddingIndex(opening: temporary.path) }
    }

    @Test(arguments: [0, 20, 30, 5_000, 150_000]) func aDamagedBlock(offset: Int) throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(5000)
        let environment = try Environment(at: temporary.path)
        let vectors: Table<UInt64, [UInt8]> = try #require(try environment.table("vectors"))
        var block = try #require(try environment.read { try vectors.value(of: 1, in: $0) })
        block[offset] ^= 4
        try environment.write { try vectors.set(block, for: 1, in: $0) }
        let expected = IndexError.damagedBlock(path: temporary.path, block: 1)
        let index = try EmbeddingIndex(opening: temporary.path)
        let query = Matrix(zeros: 1, columns: index.dimension)
        #expect(throws: expected) { try index.neighbours(of: query, k: 1) }
        #expect(throws: expected) { try index.labelled() }
        let last = try #require(try index.items().last)
        #expect(throws: expected) { try index.remove(ids: [last.id]) }
        #expect(try index.count == 5000)
        #expect(try !index.faults().isEmpty)
    }

    /// Without its backbone an index embeds nothing more, but what it holds can be read, and it can be given another one.
    @Test func aDamagedCheckpoint() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(9)
        let expected = try temporary.index.labelled()
        let environment = try Environment(at: temporary.path)
        let settings: Table<String, [UInt8]> = try #require(try environment.table("settings"))
        let whole = try temporary.index.storedBackbone.bytes
        for place in [0, 3, 100, whole.count / 2, whole.count - 1] {
            var bytes = whole
            bytes[place] ^= 1
            try environment.write { try settings.set(bytes, for: "backbone-bytes", in: $0) }
            let index = try EmbeddingIndex(opening: temporary.path)
            #expect(throws: IndexError.self, "byte \(place)") { try index.storedBackbone }
            #expect(try index.labelled() == expected && index.faults().count == 1 && !index.hasBackbone)
            try index.relabel(ids: [1], to: "king")
            try index.undo()
        }
        for (key, value) in [("metric", "l3"), ("dimension", "17"), ("backbone", "none")] {
            try environment.write { transaction in
                try settings.set(whole, for: "backbone-bytes", in: transaction)
                try settings.set(Array(value.utf8), for: key, in: transaction)
            }
            #expect(throws: IndexError.self, "\(key)") { try EmbeddingIndex(opening: temporary.path) }
        }
    }

    /// Settings that are valid, but not those that were written.
    @Test func damagedSettingsThatCouldBe() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/index"
        let index = try EmbeddingIndex.create(
            at: path, dimension: 4, backbone: BackboneIdentity(named: "theirs"))
        for source in ["/1", "/2", "/3"] as [Source] {
            try index.add(
                [NewItem(label: "a", source: source)], embeddings: Matrix(zeros: 1, columns: 4),
                backbone: index.backbone)
        }
        let environment = try Environment(at: path)
        let settings: Table<String, [UInt8]> = try #require(try environment.table("settings"))
        func damaged(_ key: String, _ value: [UInt8], _ body: () throws -> Void) throws {
            let whole = try #require(try environment.read { try settings.value(of: key, in: $0) })
            try environment.write { try settings.set(value, for: key, in: $0) }
            try body()
            try environment.write { try settings.set(whole, for: key, in: $0) }
        }
        let eight = [UInt8](repeating: 0, count: 7)
        for (key, value) in [("metric", Array("l1".utf8)), ("backbone-name", Array("thairs".utf8))] {
            try damaged(key, value) {
                #expect(throws: IndexError.damagedSettings(path: path, key: "seal")) {
                    try EmbeddingIndex(opening: path)
                }
            }
        }
        for key in ["next-id", "next-change"] {
            try damaged(key, eight + [3]) {
                let error = IndexError.damagedSettings(path: path, key: key)
                let faults = try index.faults()
                #expect(faults == ["\(error)"])
                #expect(throws: error) { try index.remove(ids: [1]) }
            }
        }
        #expect(try EmbeddingIndex(opening: path).faults() == [])
    }

    @Test func aDamagedItem() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(9)
        let environment = try Environment(at: temporary.path)
        let items: Table<UInt64, [UInt8]> = try #require(try environment.table("items"))
        var record = try #require(try environment.read { try items.value(of: 4, in: $0) })
        record[record.count - 1] ^= 1
        try environment.write { try items.set(record, for: 4, in: $0) }
        let expected = IndexError.damagedItem(path: temporary.path, id: 4)
        #expect(throws: expected) { try temporary.index.items() }
        #expect(throws: expected) { try temporary.index.item(4) }
        #expect(throws: expected) { try temporary.index.remove(ids: [4]) }
        #expect(try temporary.index.item(5) != nil)
    }

    @Test func embeddingsOfAnotherBackboneAreRefused() throws {
        let temporary = try TemporaryIndex()
        let other = BackboneIdentity(name: "theirs", hash: ContentHash(high: 1, low: 2))
        let error = #expect(throws: GalleryError.otherBackbone(expected: temporary.backbone, found: other)) {
            try temporary.index.add([], embeddings: Matrix(zeros: 0, columns: 3), backbone: other)
        }
        #expect(
            "\(error!)".contains("\(temporary.backbone)") && "\(error!)".contains("'theirs' (000000000000)"))
    }

    @Test func badInputIsRefusedWhole() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let good = NewItem(label: "a", source: "/a")
        func add(_ items: [NewItem], _ embeddings: Matrix) throws {
            try index.add(items, embeddings: embeddings, backbone: temporary.backbone)
        }
        let two = Matrix(zeros: 2, columns: index.dimension)
        #expect(throws: GalleryError.wrongDimension(expected: index.dimension, found: 3)) {
            try add([good], Matrix(zeros: 1, columns: 3))
        }
        #expect(throws: GalleryError.countsDiffer(items: 1, embeddings: 2)) { try add([good], two) }
        for value in [Float.nan, .infinity, -.infinity, 1e30] {
            var embeddings = two
            embeddings[1, 3] = value
            #expect(throws: GalleryError.notFinite(position: 1)) {
                try add([good, NewItem(label: "a", source: "/b")], embeddings)
            }
            #expect(throws: GalleryError.notFinite(position: 1)) {
                try index.neighbours(of: embeddings, k: 1)
            }
        }
        for label in ["", String(repeating: "x", count: 511)] {
            #expect(throws: GalleryError.badLabel(label, limit: 510)) {
                try add([good, NewItem(label: label, source: "/b")], two)
            }
        }
        #expect(throws: GalleryError.emptySource) { try add([good, NewItem(label: "a", source: "")], two) }
        #expect(throws: GalleryError.exclusionsDiffer(queries: 2, exclusions: 1)) {
            try index.neighbours(of: two, k: 1, excluding: [Exclusion()])
        }
        #expect(try index.count == 0)
    }

    @Test func changesAreAllOrNothing() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(10)
        #expect(throws: GalleryError.unknownItem(id: 99)) { try index.remove(ids: [1, 2, 99]) }
        #expect(throws: GalleryError.unknownLabel("z")) { try index.remove(labels: ["a", "z"]) }
        #expect(throws: GalleryError.unknownLabel("")) { try index.remove(labels: [""]) }
        #expect(throws: GalleryError.unknownSource("/none")) { try index.remove(sources: ["/s/1", "/none"]) }
        #expect(throws: GalleryError.unknownSource("")) { try index.remove(sources: [""]) }
        #expect(throws: GalleryError.unknownItem(id: 99)) { try index.relabel(ids: [1, 99], to: "b") }
        #expect(throws: GalleryError.unknownLabel("z")) { try index.relabel("z", to: "b") }
        #expect(throws: GalleryError.badLabel("", limit: 510)) { try index.relabel("a", to: "") }
        #expect(try index.stats().labels == ["a": 4, "b": 3, "c": 3])
        #expect(try index.faults() == [])
        #expect(try index.items(label: "z") == [] && index.items(label: "") == [])
        #expect(try index.item(source: "") == nil && index.item(99) == nil)
    }

    @Test func openForReadingNothingIsChanged() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(3)
        let index = try EmbeddingIndex(opening: temporary.path, readOnly: true)
        let expected = IndexError.openForReading(path: temporary.path)
        #expect(throws: expected) { try index.remove(ids: [1]) }
        #expect(throws: expected) { try index.relabel("a", to: "b") }
        #expect(throws: expected) {
            try index.add(.init(samples: []), embedder: Embedder(index.storedBackbone))
        }
        #expect(try index.count == 3)
    }

    @Test func moreNeighboursThanItems() throws {
        let temporary = try TemporaryIndex()
        let embeddings = try temporary.fill(7)
        let found = try temporary.index.neighbours(of: embeddings, k: 1000)
        #expect(found.allSatisfy { $0.count == 7 })
        #expect(found.map { $0[0].id } == Array(1...7))
        #expect(found.allSatisfy { $0[0].distance == 0 })
        #expect(try temporary.index.neighbours(of: embeddings, k: 0) == Array(repeating: [], count: 7))
        #expect(try temporary.index.neighbours(of: embeddings, k: -1) == Array(repeating: [], count: 7))
    }

    @Test func idsAreNotGivenTwice() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(3)
        try temporary.index.remove(ids: [1, 2, 3])
        _ = try temporary.fill(2)
        #expect(try temporary.index.items().map(\.id) == [4, 5])
    }

    @Test func errorsSayWhatToDo() {
        #expect(
            "\(IndexError.newerFormat(path: "/i", found: 7, supported: 1))"
                == "'/i' has format 7, this program knows formats up to 1; use a newer one")
        #expect(
            "\(GalleryError.unknownLabel("x"))" == "there is no label 'x' in the index")
    }
}
