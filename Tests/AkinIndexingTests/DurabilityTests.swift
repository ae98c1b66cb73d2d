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

@Suite(.serialized) struct DurabilityTests {
    /// A child that adds a folder is killed at a random moment, round after round.
    @Test func killedWhileItAdds() async throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let pictures = try PictureFolder(1500)
        let dataset = try Dataset(folder: pictures.path)
        let embedder = try Embedder(index.storedBackbone)
        let sources = Set(dataset.samples.map(\.source))
        var counts: [Int] = []
        for _ in 0..<6 {
            let delay = Int.random(in: 1...60_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = temporary.path as String, folder = pictures.path as String, delay = delay as Int] in
                let index = try EmbeddingIndex(opening: path)
                let embedder = try Embedder(index.storedBackbone)
                let dataset = try Dataset(folder: folder)
                Thread {
                    usleep(UInt32(delay))
                    kill(getpid(), SIGKILL)
                }.start()
                while true {
                    try index.add(dataset, embedder: embedder)
                    try index.remove(labels: ["class 1"])
                }
            }
            let reopened = try EmbeddingIndex(opening: temporary.path)
            #expect(try reopened.faults() == [], "killed after \(delay) microseconds")
            let items = try reopened.items()
            #expect(items.allSatisfy { sources.contains($0.source) })
            counts.append(items.count)
        }
        let report = try index.add(dataset, embedder: embedder)
        #expect(report.skipped.isEmpty)
        #expect(try index.count == 1500)
        #expect(try index.faults() == [])
        // The same embeddings as if nothing had happened, but for rounding: batches were divided elsewhere.
        let undisturbed = try TemporaryIndex()
        try undisturbed.index.add(dataset, embedder: embedder)
        let (items, embeddings) = try index.labelled()
        let (others, expected) = try undisturbed.index.labelled()
        let positions = Dictionary(uniqueKeysWithValues: zip(items.map(\.source), 0...))
        for (row, other) in others.enumerated() {
            let embedding = embeddings[try #require(positions[other.source])]
            #expect(
                Metric.l2.distance(trusted: embedding, to: expected[row]) < 1e-5, "after counts \(counts)")
        }
    }

    /// While a child writes, this process reads: it never sees half a change.
    @Test func readWhileAnotherProcessWrites() async throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(300)
        let query = Matrix(zeros: 3, columns: index.dimension)
        let reader = Task.detached {
            var rounds = 0
            while !Task.isCancelled {
                let count = try index.count
                #expect(count == 300 || count == 500)
                let found = try index.neighbours(of: query, k: 1000)
                #expect(found.allSatisfy { $0.count == 300 || $0.count == 500 })
                let (items, embeddings) = try index.labelled()
                #expect(items.count == embeddings.rows)
                rounds += 1
            }
            return rounds
        }
        await #expect(processExitsWith: .success) { [path = temporary.path as String] in
            let index = try EmbeddingIndex(opening: path)
            var generator = SeededGenerator(seed: 2)
            for _ in 0..<40 {
                let items = (0..<200).map { NewItem(label: "new", source: "/new/\($0)") }
                try index.add(
                    items, embeddings: drawnEmbeddings(200, index.dimension, using: &generator),
                    backbone: index.backbone)
                try index.remove(labels: ["new"])
            }
        }
        reader.cancel()
        #expect(try await reader.value > 0)
        #expect(try index.faults() == [])
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aFullDisk() throws {
        let disk = try SmallDisk(megabytes: 4)
        defer { extendLifetime(disk) }
        let path = disk.path + "/index"
        let index = try EmbeddingIndex.create(at: path, backbone: checkpoint())
        let pictures = try PictureFolder(100)
        let embedder = try Embedder(index.storedBackbone)
        try index.add(try Dataset(folder: pictures.path), embedder: embedder)
        let before = try index.labelled()
        disk.fill()
        var generator = SeededGenerator(seed: 1)
        let items = (0..<30_000).map { NewItem(label: "more", source: "/more/\($0)") }
        let embeddings = drawnEmbeddings(items.count, index.dimension, using: &generator)
        let error = #expect(throws: IndexError.self) {
            try index.add(items, embeddings: embeddings, backbone: index.backbone)
        }
        #expect(error == .storage(.failed(.diskFull, doing: "committing a change", path: path)))
        try pictures.folder.write("class 0/more.pgm", Array("P5\n1 1\n255\n0".utf8))
        let second = #expect(throws: IndexError.self) {
            let many = try PictureFolder(200)
            try index.add(try Dataset(folder: many.path), embedder: embedder)
        }
        #expect(second == .storage(.failed(.diskFull, doing: "committing a change", path: path)))
        #expect(try index.labelled() == before)
        #expect(try index.faults() == [])
        try disk.empty()
        #expect(
            try EmbeddingIndex(opening: path).add(Dataset(folder: pictures.path), embedder: embedder).added
                == 1)
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aReadOnlyFileSystem() throws {
        let disk = try SmallDisk(megabytes: 4)
        defer { extendLifetime(disk) }
        let path = disk.path + "/index"
        do {
            let index = try EmbeddingIndex.create(at: path, backbone: checkpoint())
            try index.add(
                [NewItem(label: "a", source: "/a")], embeddings: Matrix(zeros: 1, columns: index.dimension),
                backbone: index.backbone)
        }
        try disk.makeReadOnly()
        #expect(
            throws: IndexError.storage(
                .failed(.readOnlyFileSystem, doing: "opening the lock file", path: path))
        ) { try EmbeddingIndex(opening: path) }
        let index = try EmbeddingIndex(opening: path, readOnly: true)
        let query = Matrix(zeros: 1, columns: index.dimension)
        #expect(try index.neighbours(of: query, k: 1) == [[Neighbour(id: 1, distance: 0)]])
        #expect(throws: IndexError.self) {
            try EmbeddingIndex.create(at: disk.path + "/new", backbone: checkpoint())
        }
    }
}
