import AkinBasics
import AkinEmbedding
import AkinImages
import AkinIndexing
import AkinItems
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Whatever is done to files between two syncs: an index and a gallery in memory come to the same, and each picture is
/// still the item that it was.
@Suite struct RandomFilesTests {
    @Test(arguments: 0..<8) func aPictureStaysItsItem(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, 61)
        let folder = try TemporaryFolder()
        let temporary = try TemporaryIndex()
        let index = temporary.index
        try index.setHistoryLimit(100)
        let memory = try MemoryGallery(dimension: index.dimension, backbone: index.backbone)
        let embedder = try Embedder(index.storedBackbone)
        var files = RandomFiles(folder: folder)
        for _ in 0..<12 { try files.write(using: &generator) }
        var labels: [UInt64: (label: String, content: ContentHash)] = [:]
        for round in 0..<12 {
            let before = try index.items()
            if round > 0 { for _ in 0..<6 { try files.change(using: &generator) } }
            let comment = "seed \(seed), round \(round)"
            let report = try index.sync(folder.path, embedder: embedder)
            let other = try memory.sync(folder.path, embedder: embedder)
            #expect(report.moved == other.moved && report.copies == other.copies, "\(comment)")
            func counts(_ report: SyncReport) -> [Int] {
                [report.added, report.updated, report.unchanged, report.removed, report.keptLabels]
            }
            #expect(counts(report) == counts(other), "\(comment)")
            #expect(
                report.added + report.updated + report.unchanged + report.moved.count
                    == files.contents.count, "\(comment)")
            let items = try index.items()
            let others = try memory.read { $0.items(label: nil) }
            #expect(items.timeless == others.timeless, "\(comment)")
            #expect(try index.faults() == [], "\(comment)")
            // An item for each file, and of the very content.
            #expect(Set(items.map(\.source)) == Set(files.contents.keys), "\(comment)")
            #expect(items.allSatisfy { files.contents[$0.source] == $0.contentHash }, "\(comment)")
            // Of each content as many items are the same as there can be.
            for (content, old) in Dictionary(grouping: before, by: \.contentHash) {
                let new = items.filter { $0.contentHash == content }
                let same = Set(old.map(\.id)).intersection(new.map(\.id))
                #expect(same.count == min(old.count, new.count), "\(comment)")
            }
            for item in items {
                if let given = labels[item.id], given.content == item.contentHash {
                    #expect(item.label == given.label, "\(comment)")
                }
            }
            if let item = items.randomElement(using: &generator) {
                let label = "by hand \(round)"
                labels[item.id] = (label, item.contentHash)
                try index.relabel(ids: [item.id], to: label)
                _ = try memory.write("by hand") { try $0.relabel(ids: [item.id], to: label) }
            }
        }
        let items = try index.items()
        while try !index.history().isEmpty { try index.undo() }
        #expect(try index.count == 0 && index.faults() == [] && !items.isEmpty)
    }
}

/// Small pictures, often of one content, in a few folders.
private struct RandomFiles {
    let folder: TemporaryFolder
    private(set) var contents: [Source: ContentHash] = [:]

    init(folder: TemporaryFolder) { self.folder = folder }

    private func name(using generator: inout SeededGenerator) -> String {
        let label = ["abbot", "bishop", "cook"].randomElement(using: &generator) ?? ""
        return "\(label)/\(Int.random(in: 0..<9, using: &generator)).pgm"
    }

    mutating func write(using generator: inout SeededGenerator) throws {
        let pixels = [UInt8](repeating: UInt8.random(in: 0..<40, using: &generator), count: 16)
        let bytes = Image(width: 4, height: 4, channels: 1, trusted: pixels).encodedAsPNM()
        let path = try folder.write(name(using: &generator), bytes)
        contents[Source(path)] = ContentHash(of: bytes)
    }

    /// Writes, copies, moves, exchanges or removes a file.
    mutating func change(using generator: inout SeededGenerator) throws {
        let sources = contents.keys.sorted()
        guard let source = sources.randomElement(using: &generator),
            let other = sources.randomElement(using: &generator)
        else { return try write(using: &generator) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: source.path))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: try write(using: &generator)
        case 1: try put(bytes, name(using: &generator))
        case 2...3:
            let new = name(using: &generator)
            guard folder.path + "/" + new != source.path else { return }
            try put(bytes, new)
            try remove(source)
        case 4:
            let others = try Data(contentsOf: URL(fileURLWithPath: other.path))
            try put(bytes, String(other.path.dropFirst(folder.path.count + 1)))
            try put(others, String(source.path.dropFirst(folder.path.count + 1)))
        default: if contents.count > 3 { try remove(source) }
        }
    }

    private mutating func put(_ bytes: Data, _ name: String) throws {
        contents[Source(try folder.write(name, Array(bytes)))] = ContentHash(of: bytes)
    }

    private mutating func remove(_ source: Source) throws {
        try FileManager.default.removeItem(atPath: source.path)
        contents[source] = nil
    }
}
