import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// A folder of small pictures, one sub-folder a class.
struct PictureFolder {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init(_ count: Int, classes: Int = 3) throws {
        folder = try TemporaryFolder()
        for number in 0..<count { try write("class \(number % classes)/\(number).pgm", seed: UInt64(number)) }
    }

    func write(_ name: String, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        try folder.write(
            name, Image.noise(width: 28, height: 28, channels: 1, using: &generator).encodedAsPNM())
    }
}

@Suite struct AddTests {
    @Test func aFolderIsAddedThenUnchangedThenUpdated() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embedder = try Embedder(index.storedBackbone)
        let pictures = try PictureFolder(150)
        try pictures.folder.write("class 0/broken.png", "no picture")
        try pictures.folder.write("class 1/empty.jpg", "")
        var progress: [WorkProgress] = []
        let first = try index.add(
            try Dataset(folder: pictures.path), embedder: embedder, progress: { progress.append($0) })
        #expect((first.added, first.updated, first.unchanged) == (150, 0, 0))
        #expect(
            first.skipped.map { ($0.source.path as NSString).lastPathComponent } == [
                "broken.png", "empty.jpg",
            ])
        #expect(first.imagesPerSecond > 0)
        #expect(progress.last == progress.max { $0.done < $1.done })
        #expect(try index.faults() == [])
        #expect(try index.stats().labels == ["class 0": 50, "class 1": 50, "class 2": 50])

        // In the order of the data set, so that ids do not depend on the threads.
        let dataset = try Dataset(folder: pictures.path)
        let names = dataset.samples.map(\.source).filter { $0.path.hasSuffix(".pgm") }
        #expect(try index.items().map(\.source) == names)
        let (items, embeddings) = try index.labelled()
        for row in [0, 63, 64, 149] {
            let image = try Image(contentsOf: items[row].source.path)
            let input = try index.storedBackbone.input.values(of: image)
            let alone = try embedder.embeddings(of: input, count: 1)
            #expect(Metric.l2.distance(trusted: alone[0], to: embeddings[row]) < 1e-5)
        }

        let second = try index.add(dataset, embedder: embedder)
        #expect((second.added, second.updated, second.unchanged) == (0, 0, 150))

        try pictures.write("class 0/0.pgm", seed: 1000)
        try FileManager.default.moveItem(
            atPath: pictures.path + "/class 1/1.pgm", toPath: pictures.path + "/class 2/1.pgm")
        let third = try index.add(try Dataset(folder: pictures.path), embedder: embedder)
        #expect((third.added, third.updated, third.unchanged) == (0, 1, 148))
        #expect(third.moved.map(\.label) == ["class 2"])
        let relabelled = try index.add(
            try Dataset(files: [pictures.path + "/class 2"], label: "other"), embedder: embedder)
        #expect((relabelled.added, relabelled.updated, relabelled.unchanged) == (0, 51, 0))
        #expect(relabelled.imagesPerSecond == 0)
        #expect(try index.stats().labels == ["class 0": 50, "class 1": 49, "other": 51])
        #expect(try index.faults() == [])
    }

    @Test func theSameFileTwice() throws {
        let temporary = try TemporaryIndex()
        let pictures = try PictureFolder(3)
        let samples = try Dataset(folder: pictures.path).samples
        let report = try temporary.index.add(
            Dataset(samples: samples + samples), embedder: Embedder(temporary.index.storedBackbone))
        #expect((report.added, report.updated, report.unchanged) == (3, 0, 3))
    }

    /// What was made of a picture before is taken as it is; nothing else about adding it differs.
    @Test func whatWasMadeBeforeIsNotMadeAgain() throws {
        let temporary = try TemporaryIndex()
        let pictures = try PictureFolder(5)
        try pictures.folder.write("class 0/broken.png", "no picture")
        var samples = try Dataset(folder: pictures.path).samples
        let known = samples.indices.filter { $0 % 2 == 0 && samples[$0].source.path.hasSuffix("m") }
        let made = Dictionary(
            uniqueKeysWithValues: known.compactMap { position in
                try? (
                    samples[position].content().hash,
                    Embedder.Made(
                        embedding: [Float](repeating: Float(position), count: 16),
                        isBlank: position == known.last)
                )
            })
        samples[0].label = String(repeating: "l", count: 600)
        let index = temporary.index
        let report = try index.add(
            Dataset(samples: samples), embedder: Embedder(try index.storedBackbone, made: made))
        #expect(Set(report.skipped.map(\.source.path.last)) == ["m", "g"])
        let blank = samples[try #require(known.last)].source
        #expect(report.added == 4 && report.blank == [blank])
        let (items, embeddings) = try index.labelled()
        for (row, item) in items.enumerated() {
            let position = try #require(samples.firstIndex { $0.source == item.source })
            let hash = try samples[position].content().hash
            #expect(item.contentHash == hash && item.label == samples[position].label)
            if let made = made[hash] {
                #expect(Array(embeddings[row]) == made.embedding)
            } else {
                let image = try Image(contentsOf: item.source.path)
                let fresh = Embedder(try index.storedBackbone).embeddings(of: [image])
                #expect(embeddings[row] == fresh[0])
            }
        }
        #expect(try index.faults() == [])
    }

    @Test func anEmptyDataset() throws {
        let temporary = try TemporaryIndex()
        let report = try temporary.index.add(
            Dataset(samples: []), embedder: Embedder(temporary.index.storedBackbone))
        #expect((report.added, report.updated, report.unchanged, report.skipped.count) == (0, 0, 0, 0))
    }

    @Test func anotherBackboneIsRefused() throws {
        let temporary = try TemporaryIndex()
        let other = try checkpoint(seed: 9)
        #expect(
            throws: GalleryError.otherBackbone(expected: temporary.backbone, found: other.identity)
        ) { try temporary.index.add(Dataset(samples: []), embedder: Embedder(other)) }
    }

    @Test func labelsThatCannotBeAreSkipped() throws {
        let temporary = try TemporaryIndex()
        let pictures = try PictureFolder(2)
        var samples = try Dataset(folder: pictures.path).samples
        samples[0].label = String(repeating: "l", count: 600)
        let report = try temporary.index.add(
            Dataset(samples: samples), embedder: Embedder(temporary.index.storedBackbone))
        #expect(report.added == 1)
        #expect(report.skipped.map(\.source) == [samples[0].source])
    }

    @Test func reportsHaveTheFieldsThatScriptsRead() throws {
        let temporary = try TemporaryIndex()
        let report = try temporary.index.add(
            Dataset(samples: []), embedder: Embedder(temporary.index.storedBackbone))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
        #expect(
            Set(try #require(json).keys) == [
                "added", "updated", "unchanged", "moved", "removed", "copies", "kept_labels", "blank",
                "skipped",
                "ignored", "pages", "images_per_second",
            ])
        let stats = try JSONSerialization.jsonObject(with: JSONEncoder().encode(temporary.index.stats()))
        #expect(
            Set(try #require(stats as? [String: Any]).keys) == [
                "items", "labels", "dimension", "metric", "bytes",
            ])
    }
}

@Suite struct SyncTests {
    @Test func newChangedAndGoneFiles() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embedder = try Embedder(index.storedBackbone)
        let pictures = try PictureFolder(30)
        let elsewhere = try PictureFolder(5)
        try index.add(try Dataset(folder: elsewhere.path), embedder: embedder)
        // Its path begins alike, but it does not lie below.
        let neighbour = pictures.path + "2"
        try FileManager.default.copyItem(atPath: elsewhere.path, toPath: neighbour)
        defer { try? FileManager.default.removeItem(atPath: neighbour) }
        try index.add(try Dataset(folder: neighbour), embedder: embedder)
        try FileManager.default.removeItem(atPath: neighbour + "/class 0")

        let first = try index.sync(pictures.path, embedder: embedder)
        // Two of its pictures were in the neighbour's class that is gone.
        #expect((first.added, first.updated, first.unchanged, first.removed) == (28, 0, 0, 0))
        #expect(first.moved.map(\.from.path) == [0, 3].map { "\(neighbour)/class 0/\($0).pgm" })
        try FileManager.default.removeItem(atPath: pictures.path + "/class 1")
        try pictures.write("class 0/0.pgm", seed: 77)
        try pictures.write("class 0/new.pgm", seed: 78)
        try pictures.folder.write("class 2/2.pgm", "no longer a picture")
        let second = try index.sync(
            pictures.path + "/../" + (pictures.path as NSString).lastPathComponent, embedder: embedder)
        #expect((second.added, second.updated, second.unchanged, second.removed) == (1, 1, 18, 10))
        #expect(second.skipped.count == 1)
        #expect(try index.count == 5 + 3 + 21)
        #expect(try index.faults() == [])
    }

    @Test func aMissingOrEmptyFolderRemovesNothing() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embedder = try Embedder(index.storedBackbone)
        let pictures = try PictureFolder(6)
        try index.sync(pictures.path, embedder: embedder)
        for name in try FileManager.default.contentsOfDirectory(atPath: pictures.path) {
            try FileManager.default.removeItem(atPath: pictures.path + "/" + name)
        }
        #expect(throws: GalleryError.dataset(.noImages(path: pictures.path))) {
            try index.sync(pictures.path, embedder: embedder)
        }
        try pictures.folder.write("class 0/0.png", "no picture")
        let error = #expect(throws: GalleryError.self) { try index.sync(pictures.path, embedder: embedder) }
        #expect("\(error!)".contains("class 0/0.png"))
        try FileManager.default.removeItem(atPath: pictures.path)
        #expect(throws: GalleryError.self) { try index.sync(pictures.path, embedder: embedder) }
        #expect(try index.count == 6)
    }

    @Test func itemsOfAnIDXFileStayAsLongAsTheFile() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let embedder = try Embedder(index.storedBackbone)
        let pictures = try PictureFolder(3)
        let file = try pictures.folder.write("digits/images-idx3", "an IDX file")
        let vectors = Matrix(zeros: 2, columns: index.dimension)
        try index.add(
            [
                NewItem(label: "1", source: Source(file + "#0")),
                NewItem(label: "2", source: Source(file + "#1")),
            ],
            embeddings: vectors, backbone: temporary.backbone)
        #expect(try index.sync(pictures.path, embedder: embedder).removed == 0)
        try FileManager.default.removeItem(atPath: file)
        #expect(try index.sync(pictures.path, embedder: embedder).removed == 2)
    }
}
