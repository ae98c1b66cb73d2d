import Akin
import Foundation
import Synchronization
import TestSupport
import Testing

/// A gallery of a program's own, all of it on this page: items in an array, with the least that a gallery needs. A home in
/// some database is written likewise.
private final class ArrayGallery: Gallery {
    let backbone: BackboneIdentity
    let metric: Metric
    let dimension: Int
    private let entries = Mutex<[Entry]>([])
    private let writing = NSLock()

    struct Entry: Sendable {
        var item: Item
        var vector: [Float]
    }

    init(_ backbone: any Backbone, metric: Metric = .l2) {
        self.backbone = backbone.identity
        self.metric = metric
        dimension = backbone.dimension
    }

    func read<R>(_ body: (Reader) throws -> R) throws -> R {
        try body(Reader(entries.withLock { $0 }, metric, dimension))
    }

    func write<R>(_ change: PendingChange, _ body: (Writer) throws -> R) throws -> R {
        writing.lock()
        defer { writing.unlock() }
        let writer = Writer(Reader(entries.withLock { $0 }, metric, dimension), backbone)
        let result = try body(writer)
        let changed = writer.current.entries
        entries.withLock { $0 = changed }
        return result
    }

    final class Reader: GalleryReader {
        let metric: Metric
        let dimension: Int
        fileprivate(set) var entries: [Entry]

        init(_ entries: [Entry], _ metric: Metric, _ dimension: Int) {
            (self.entries, self.metric, self.dimension) = (entries, metric, dimension)
        }

        var count: Int { entries.count }
        var state: GalleryState? { nil }

        func labelCounts() -> [String: Int] {
            entries.reduce(into: [:]) { $0[$1.item.label, default: 0] += 1 }
        }
        func item(_ id: UInt64) -> Item? { entries.first { $0.item.id == id }?.item }
        func item(source: Source) -> Item? { entries.first { $0.item.source == source }?.item }
        func items(label: String?) -> [Item] {
            entries.map(\.item).filter { label == nil || $0.label == label }
        }
        func items(sourcePrefix prefix: String) -> [Item] {
            entries.map(\.item).filter { $0.source.path.utf8.starts(with: prefix.utf8) }
        }
        func forEachItem(_ body: (Item, UnsafeBufferPointer<Float>) throws -> Void) throws {
            for entry in entries { try entry.vector.withUnsafeBufferPointer { try body(entry.item, $0) } }
        }
        func neighbours(
            of queries: Matrix, k: Int, excluding: [Exclusion], filter: ItemFilter, method: SearchMethod
        ) -> [[Neighbour]] {
            (0..<queries.rows).map { row in
                let exclusion = excluding.isEmpty ? Exclusion() : excluding[row]
                let admitted = entries.filter { filter.admits($0.item) && !exclusion.names($0.item) }
                let all = admitted.map {
                    Neighbour(id: $0.item.id, distance: metric.distance(trusted: queries[row], to: $0.vector))
                }
                return Array(all.sorted().prefix(k))
            }
        }
    }

    final class Writer: GalleryWriter {
        let current: Reader
        let backbone: BackboneIdentity
        private var nextID: UInt64

        init(_ current: Reader, _ backbone: BackboneIdentity) {
            (self.current, self.backbone) = (current, backbone)
            nextID = (current.entries.last?.item.id ?? 0) + 1
        }

        var hasHadNoItem: Bool { nextID == 1 }

        private func place(_ isIt: (Item) -> Bool) -> Int? { current.entries.firstIndex { isIt($0.item) } }

        func put(_ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>) -> PutOutcome {
            let place = place { $0.source == item.source }
            let old = place.map { current.entries[$0].item }
            let new = Item(
                id: old?.id ?? nextID, label: item.label, source: item.source, group: item.group,
                contentHash: contentHash)
            guard let place else {
                nextID += 1
                current.entries.append(Entry(item: new, vector: Array(vector)))
                return .added
            }
            if new == old { return .unchanged }
            current.entries[place] = Entry(item: new, vector: Array(vector))
            return .updated
        }

        func describe(_ item: NewItem, contentHash: ContentHash) -> PutOutcome? {
            guard let place = place({ $0.source == item.source && $0.contentHash == contentHash }) else {
                return nil
            }
            current.entries[place].item.label = item.label
            current.entries[place].item.group = item.group
            return .updated
        }

        func moveItem(_ id: UInt64, to item: NewItem) -> Bool {
            guard let place = place({ $0.id == id }) else { return false }
            let old = current.entries[place].item
            current.entries[place].item = Item(
                id: id, label: item.label, source: item.source, group: item.group,
                contentHash: old.contentHash)
            return true
        }

        func relabelItem(_ id: UInt64, to label: String) -> Bool {
            guard let place = place({ $0.id == id }) else { return false }
            current.entries[place].item.label = label
            return true
        }

        func removeItem(_ id: UInt64) -> Bool {
            guard let place = place({ $0.id == id }) else { return false }
            current.entries.remove(at: place)
            return true
        }

        func add(_ batch: ItemBatch, keepingIDs: Bool) -> Int? {
            for position in 0..<batch.count where current.item(source: batch.item(position).source) != nil {
                return position
            }
            for position in 0..<batch.count {
                if keepingIDs, let id = batch.id(position) { nextID = id }
                let vector = Array(batch.vector(position, dimension: current.dimension))
                let item = batch.item(position)
                _ = put(item, contentHash: item.contentHash ?? ContentHash(of: []), vector[...])
            }
            return nil
        }
    }
}

@Suite struct NewGalleryTests {
    private let folder: TemporaryFolder
    private let backbone = PixelBackbone()
    private var pictures: String { folder.path + "/pictures" }

    init() throws {
        folder = try TemporaryFolder()
        for (label, grey) in [("dark", 20), ("middle", 120), ("bright", 220)] {
            for number in 0..<5 {
                let pixels = (0..<64).map { UInt8(grey + (number * 7 + $0) % 20) }
                try folder.write(
                    "pictures/\(label)/\(number).png",
                    Image(width: 8, height: 8, channels: 1, trusted: pixels).encodedAsPNG())
            }
        }
    }

    @Test func isUsedFromPicturesToAnAnswer() throws {
        let gallery = ArrayGallery(backbone)
        let embedder = Embedder(backbone)
        let report = try gallery.add(try Dataset(folder: pictures), embedder: embedder)
        #expect(report.added == 15 && report.skipped == [])
        #expect(try gallery.add(try Dataset(folder: pictures), embedder: embedder).unchanged == 15)

        let query = Image(width: 8, height: 8, channels: 1, trusted: Array(repeating: 128, count: 64))
        let embedding = embedder.embeddings(of: [query])
        for classifier in [Classifier.nearestNeighbours(k: 3), .averageClassDistance, .classMean] {
            let answer = try classifier.answers(to: embedding, in: gallery).predictions[0]
            #expect(answer.label == "middle", "\(classifier)")
            #expect(answer.neighbours[0].item.source.path.contains("/middle/"))
        }

        try gallery.write("names") { change in
            try change.relabel("middle", to: "grey")
            try change.remove(labels: ["bright"])
        }
        #expect(try gallery.read { $0.labelCounts() } == ["dark": 5, "grey": 5])
        #expect(throws: GalleryError.unknownLabel("bright")) {
            try gallery.write("no") { try $0.remove(labels: ["bright"]) }
        }
        try FileManager.default.removeItem(atPath: pictures + "/dark/0.png")
        let synced = try gallery.sync(pictures, embedder: embedder)
        #expect(synced.removed == 1 && synced.added == 5 && synced.keptLabels == 5)
        try FileManager.default.moveItem(atPath: pictures, toPath: folder.path + "/elsewhere")
        let moved = try gallery.sync(folder.path + "/elsewhere", embedder: embedder)
        #expect(moved.moved.count == 14 && moved.keptLabels == 5 && moved.added + moved.removed == 0)
    }

    /// Into files, and from them into each of the other homes: the same items, and the same answers.
    @Test func handsItsItemsOn() throws {
        let gallery = ArrayGallery(backbone)
        try gallery.add(try Dataset(folder: pictures), embedder: Embedder(backbone))
        let files = try ExchangeFiles([folder.path + "/items.jsonl"])
        #expect(try gallery.export(to: files) == 15)
        let memory = try MemoryGallery(dimension: 16, backbone: gallery.backbone)
        let index = try EmbeddingIndex.create(
            at: folder.path + "/index", backbone: backbone, backbones: BackboneRegistry([PixelBackbone.self]))
        #expect(try memory.importItems(from: files).added == 15)
        #expect(try index.importItems(from: files).added == 15)
        #expect(try gallery.importItems(from: files).unchanged == 15)
        let (items, embeddings) = try gallery.read { try $0.labelled() }
        let expected = try gallery.read { try $0.neighbours(of: embeddings, k: 4) }
        #expect(try memory.read { try $0.neighbours(of: embeddings, k: 4) } == expected)
        #expect(try index.neighbours(of: embeddings, k: 4) == expected)
        for others in [try memory.read { try $0.items() }, try index.items()] {
            #expect(others.map(\.source) == items.map(\.source))
            #expect(others.map(\.label) == items.map(\.label) && others.map(\.id) == items.map(\.id))
        }
    }
}
