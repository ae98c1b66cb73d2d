import AkinBasics
import AkinIndexing
import AkinItems
import AkinTensors
import Foundation
import TestSupport
import Testing

/// `akin index add`, stopped in the middle: by ctrl-C, and by a kill at a random moment.
///
/// `AKIN_KILL_ROUNDS` in the environment says how many kills; `Tools/kill-test` makes 300.
@Suite struct InterruptionTests {
    private let workshop: Workshop
    private static let images = 1600

    init() throws {
        workshop = try Workshop()
        // So large and many that adding them takes many transactions.
        try workshop.draw("abbot", 0..<1, side: 200)
        try workshop.draw("bishop", 0..<1, side: 200)
        for label in ["abbot", "bishop"] {
            for number in 1..<Self.images / 2 {
                try FileManager.default.copyItem(
                    atPath: "\(workshop.pictures)/\(label)/0.png",
                    toPath: "\(workshop.pictures)/\(label)/\(number).png")
            }
        }
    }

    private func create(_ path: String) throws {
        #expect(try AkinProgram.run("index", "create", path, "--backbone", workshop.backbone).code == 0)
    }

    private func add(to path: String) throws -> Subprocess {
        try AkinProgram.start(["index", "add", path, workshop.pictures, "--json"])
    }

    /// Every item's embedding by its source.
    private func content(of path: String) throws -> [String: [Float]] {
        let index = try EmbeddingIndex(opening: path, readOnly: true)
        let (items, embeddings) = try index.labelled()
        #expect(try index.count == items.count)
        #expect(try index.faults().isEmpty)
        for item in items { #expect(item.source.path.contains("/\(item.label)/")) }
        return Dictionary(
            uniqueKeysWithValues: items.indices.map { (items[$0].source.path, Array(embeddings[$0])) })
    }

    @Test func ctrlCStopsAfterATransaction() throws {
        try create(workshop.index)
        let adding = try add(to: workshop.index)
        while adding.isRunning, try EmbeddingIndex(opening: workshop.index, readOnly: true).count == 0 {
            usleep(2000)
        }
        adding.send(signal: SIGINT)
        let outcome = adding.wait()
        outcome.expectFailure("interrupted after ", code: 130)
        #expect((try outcome.json()["error"] as? [String: String])?["kind"] == "interrupted")
        #expect(outcome.errors.contains("of \(Self.images) images"))
        #expect(outcome.errors.contains("to go on, run the same command again"))
        let before = try content(of: workshop.index).count
        #expect((1..<Self.images).contains(before))

        let rest = try add(to: workshop.index).wait().json()
        #expect(rest["unchanged"] as? Int == before && rest["added"] as? Int == Self.images - before)
    }

    @Test func aKillLeavesWholeItems() throws {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["AKIN_KILL_ROUNDS"].flatMap { Int($0) } ?? 3
        let seed = environment["AKIN_KILL_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)

        let whole = workshop.folder.path + "/whole"
        try create(whole)
        let began = ContinuousClock.now
        #expect(try add(to: whole).wait().code == 0)
        let duration = (ContinuousClock.now - began) / .microseconds(1)
        let expected = try content(of: whole)
        #expect(expected.count == Self.images)

        var counts: [Int] = []
        for round in 0..<rounds {
            let path = workshop.folder.path + "/index \(round)"
            try create(path)
            let adding = try add(to: path)
            usleep(UInt32.random(in: 0...UInt32(duration), using: &generator))
            adding.send(signal: SIGKILL)
            _ = adding.wait()

            let found = try content(of: path)
            for (source, embedding) in found {
                #expect(expected[source] == embedding, "seed \(seed), round \(round): \(source)")
            }
            let rest = try add(to: path).wait().json()
            #expect(rest["unchanged"] as? Int == found.count, "seed \(seed), round \(round)")
            #expect(try content(of: path) == expected, "seed \(seed), round \(round)")
            counts.append(found.count)
            try FileManager.default.removeItem(atPath: path)
        }
        print("killed \(rounds) times, seed \(seed); of \(Self.images) items there were \(counts)")
    }
}
