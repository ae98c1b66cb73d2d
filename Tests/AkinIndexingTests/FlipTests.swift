import AkinBasics
import AkinExchange
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// One byte of an index's file is changed, anywhere: never a crash, and never an answer that was not the one before
/// unless `verify` finds that something is wrong.
///
/// `AKIN_FLIPS` in the environment says in how many places, `AKIN_FLIP_SEED` in which ones; others each time if it does
/// not.
@Suite struct FlipTests {
    @Test func aFlippedByteIsFoundOrDoesNoHarm() async throws {
        let environment = ProcessInfo.processInfo.environment
        let flips = environment["AKIN_FLIPS"].flatMap { Int($0) } ?? 100
        let seed = environment["AKIN_FLIP_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        let folder = try TemporaryFolder()
        try Self.makeIndex(folder.path + "/index")
        let answers = try Self.answers(folder.path + "/index")
        try folder.write("answers", answers)
        var generator = SeededGenerator(seed: seed)
        let size = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/index/data.mdb")).count
        // A process for some at a time, which a crash would end.
        for start in stride(from: 0, to: flips, by: 10) {
            let places = (start..<min(start + 10, flips)).map { _ in
                Int.random(in: 0..<size, using: &generator)
            }
            let masks = places.map { _ in UInt8.random(in: 1...255, using: &generator) }
            await #expect(processExitsWith: .success, "seed \(seed), bytes \(places), masks \(masks)") {
                [folder = folder.path as String, places = places as [Int], masks = masks as [UInt8]] in
                let expected = try String(contentsOfFile: folder + "/answers", encoding: .utf8)
                let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/index/data.mdb"))
                for (place, mask) in zip(places, masks) {
                    let copy = try TemporaryFolder()
                    var flipped = bytes
                    flipped[place] ^= mask
                    try flipped.write(to: URL(fileURLWithPath: copy.path + "/data.mdb"))
                    let found = try? Self.answers(copy.path)
                    let isSound = (try? EmbeddingIndex(opening: copy.path).verify().isSound) ?? false
                    #expect(!isSound || found == expected, "byte \(place) xor \(mask)")
                }
            }
        }
    }

    private static func makeIndex(_ path: String) throws {
        let index = try EmbeddingIndex.create(at: path, dimension: 24)
        var generator = SeededGenerator(seed: 3)
        let items = (0..<3000).map { number in
            NewItem(label: "label \(number % 7)", source: "/\(number)", group: "group \(number % 5)")
        }
        try index.add(
            items, embeddings: drawnEmbeddings(3000, 24, using: &generator), backbone: index.backbone)
        try index.buildGraph(GraphOptions(links: 8, candidates: 60))
        try index.relabel(ids: [6], to: "another")
        try index.remove(ids: [77, 78, 2000])
    }

    /// All that the index says to some questions.
    private static func answers(_ path: String) throws -> String {
        let index = try EmbeddingIndex(opening: path)
        var generator = SeededGenerator(seed: 4)
        let queries = drawnEmbeddings(20, 24, using: &generator)
        let group = Array(repeating: Exclusion(group: "group 1"), count: 20)
        let label = ItemFilter(labels: ["label 3"])
        return """
            \(try index.neighbours(of: queries, k: 10, method: .exact))
            \(try index.neighbours(of: queries, k: 10, excluding: group, filter: label))
            \(try index.neighbours(of: queries, k: 10))
            \(try index.items())
            \(try index.item(source: "/1500") as Any)
            \(try index.stats().labels.sorted { $0.key < $1.key })
            \(try index.history())
            """
    }
}
