import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// Random operations, on a gallery in PostgreSQL and on one in memory, must come to the same.
///
/// `AKIN_FUZZ_OPERATIONS` in the environment says how many, in all runs together, and `AKIN_FUZZ_SEED` which ones.
@Suite(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let operations = environment["AKIN_FUZZ_OPERATIONS"].flatMap { Int($0) } ?? 600
    private static let seed = environment["AKIN_FUZZ_SEED"].flatMap { UInt64($0) } ?? 5
    private static let metrics = Metric.Kind.allCases.filter { $0 != .learnedL1 }

    @Test(arguments: metrics) func aSharedIndexIsWhatOneInMemoryIs(metric: Metric.Kind) throws {
        var run = try FuzzRun(metric, seed: Self.seed)
        let count = (Self.operations + Self.metrics.count - 1) / Self.metrics.count
        for step in 0..<count { try run.step("\(metric), seed \(Self.seed), step \(step)") }
    }
}

/// A gallery in PostgreSQL, and the one in memory that it must be like.
private struct FuzzRun {
    private enum Operation: CaseIterable { case put, describe, remove, relabel, move, several, undo, open }

    private struct State: Equatable {
        var items: [Item]
        var embeddings: Matrix
    }

    private var gallery: PostgreSQLGallery
    private var model: MemoryGallery
    private var generator: SeededGenerator
    /// Before each change that can be taken back.
    private var history: [State] = []
    private static let dimension = 5

    init(_ metric: Metric.Kind, seed: UInt64) throws {
        gallery = try PostgreSQLGallery.create(
            at: try .new(), dimension: Self.dimension, metric: metric, backbone: .init(named: "drawn"))
        model = try MemoryGallery(
            dimension: Self.dimension, metric: try #require(Metric(metric)), backbone: .init(named: "drawn"))
        generator = SeededGenerator(seed: seed, UInt64(metric.rawValue.utf8.count))
    }

    private func state(_ gallery: some Gallery) throws -> State {
        try gallery.read { reader throws in
            let (items, embeddings) = try reader.labelled()
            return State(items: items.timeless, embeddings: embeddings)
        }
    }

    mutating func step(_ comment: String) throws {
        let before = try state(model)
        let operation = drawn(Operation.allCases + [.put, .put, .several])
        switch operation {
        case .undo:
            guard let last = history.popLast() else {
                #expect(throws: PostgreSQLError.self) { try gallery.undo() }
                return
            }
            try gallery.undo()
            try remake(last)
        case .open: gallery = try PostgreSQLGallery(opening: gallery.address, backbones: .standard)
        default:
            let last = try gallery.history().first?.number
            try change(operation, comment)
            // What is done and undone within a change is one too.
            let isChange = try gallery.history().first?.number != last
            #expect(try isChange || state(model) == before, "\(operation), \(comment)")
            if isChange { history = (history + [before]).suffix(100) }
        }
        #expect(try gallery.history().count == history.count, "\(operation), \(comment)")
        try check("\(operation), \(comment)")
    }

    /// The same on both sides, as it was drawn before.
    private mutating func change(_ operation: Operation, _ comment: String) throws {
        struct GivenUp: Error {}
        let count = operation == .several ? Int.random(in: 2...5, using: &generator) : 1
        var steps: [Step] = []
        for _ in 0..<count {
            steps.append(
                try drawnStep(
                    operation == .several ? drawn([.put, .remove, .relabel, .describe]) : operation))
        }
        let isGivenUp = operation == .several && Int.random(in: 0..<4, using: &generator) == 0
        func apply(_ gallery: some Gallery) throws -> [String] {
            var outcomes: [String] = []
            do {
                try gallery.write("fuzz") { writer throws in
                    for step in steps { outcomes.append(try step.apply(writer)) }
                    if isGivenUp { throw GivenUp() }
                }
            } catch is GivenUp {}
            return outcomes
        }
        #expect(try apply(gallery) == apply(model), "\(operation), \(comment)")
    }

    private enum Step {
        case put([NewItem], Matrix)
        case describe(NewItem, ContentHash)
        case remove(UInt64)
        case relabel(UInt64, String)
        case move([(UInt64, NewItem)])

        func apply(_ writer: some GalleryWriter) throws -> String {
            switch self {
            case .put(let items, let vectors):
                return "\(try writer.add(items, embeddings: vectors, backbone: writer.backbone))"
            case .describe(let item, let hash):
                return "\(String(describing: try writer.describe(item, contentHash: hash)))"
            case .remove(let id): return "\(try writer.removeItem(id))"
            case .relabel(let id, let label): return "\(try writer.relabelItem(id, to: label))"
            case .move(let moves):
                let moving = Set(moves.map(\.0))
                for (_, item) in moves {
                    guard let other = try writer.current.item(source: item.source), !moving.contains(other.id)
                    else { continue }
                    _ = try writer.removeItem(other.id)
                }
                return "\(try moves.map { try writer.moveItem($0.0, to: $0.1) })"
            }
        }
    }

    private mutating func drawnStep(_ operation: Operation) throws -> Step {
        let items = try model.read { $0.items(label: nil) }
        let known = items.randomElement(using: &generator)
        switch operation {
        case .describe:
            let item = known ?? Item(id: 1, label: "a", source: "/none", contentHash: ContentHash(of: [1]))
            return .describe(
                NewItem(label: drawn(hardTexts), source: item.source, group: drawn([nil, "g", "h"])),
                drawn([item.contentHash, item.contentHash, ContentHash(of: [2])]))
        case .remove: return .remove(known?.id ?? 77)
        case .relabel: return .relabel(drawn([known?.id ?? 77, known?.id ?? 77, 9999]), drawn(hardTexts))
        case .move:
            let ids = Set((0..<3).compactMap { _ in items.randomElement(using: &generator)?.id }).sorted()
            var sources =
                (items.filter { ids.contains($0.id) } + items.prefix(2)).map(\.source) + ["/new", "/other"]
            sources = Array(Set(sources)).sorted().shuffled(using: &generator)
            let label = drawn(hardTexts)
            return .move(zip(ids, sources).map { ($0, NewItem(label: label, source: $1)) })
        default:
            let count = Int.random(in: 1...8, using: &generator)
            let new = (0..<count).map { _ in
                NewItem(
                    label: drawn(hardTexts),
                    source: Source("/s/\(Int.random(in: 0..<40, using: &generator))/" + drawn(hardTexts)),
                    group: drawn([nil, "g", hardTexts[3]]))
            }
            return .put(new, drawnVectors(count, Self.dimension, using: &generator))
        }
    }

    private mutating func drawn<T>(_ values: [T]) -> T {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }

    /// A model in this state, which has given as many numbers as the other.
    private mutating func remake(_ state: State) throws {
        let server = try #require(DatabaseServer.shared)
        let next = try server.sql(
            "select next_item from akin.indexes where name = '\(gallery.address.index)'",
            database: DatabaseServer.user)
        let given = try #require(UInt64(next.prefix { $0.isNumber })) - 1
        model = try MemoryGallery(dimension: Self.dimension, metric: model.metric, backbone: model.backbone)
        guard given > 0 else { return }
        var list = ItemList()
        for item in state.items {
            list.append(
                label: Array(item.label.utf8), source: Array(item.source.path.utf8),
                group: Array((item.group ?? "").utf8))
        }
        list.ids = state.items.map(\.id)
        // The number that was given last goes again.
        let isGone = list.ids.last != given
        if isGone {
            list.append(label: [97], source: Array("/last".utf8), group: [])
            list.ids.append(given)
        }
        let values = state.embeddings.values + [Float](repeating: 0, count: Self.dimension)
        let hashes = state.items.map(\.contentHash) + [ContentHash(of: [0])]
        try values.withUnsafeBufferPointer { values in
            let batch = ItemBatch(
                items: list, range: 0..<list.count, vectors: values.baseAddress!,
                contentHashes: hashes)
            try model.write("as it was") { writer throws in
                #expect(try writer.add(batch, keepingIDs: true) == nil)
                if isGone { #expect(writer.removeItem(given)) }
            }
        }
    }

    private mutating func check(_ comment: String) throws {
        let (found, expected) = (try state(gallery), try state(model))
        #expect(found == expected, "\(comment)")
        let queries = drawnVectors(drawn([1, 6]), Self.dimension, using: &generator)
        let ids = Set((0..<3).compactMap { _ in expected.items.randomElement(using: &generator)?.id })
        let excluding = (0..<drawn([0, queries.rows])).map { _ in
            Exclusion(ids: drawn([[], ids]), group: drawn([nil, "g", ""]))
        }
        let filter = drawn([
            ItemFilter(), ItemFilter(labels: Array(hardTexts.prefix(4))),
            ItemFilter(groups: [hardTexts[3], "h"]),
            ItemFilter(ids: ids.union([1 << 62])),
        ])
        let k = drawn([1, 4, 30])
        let label = drawn(hardTexts)
        func answers(_ gallery: some Gallery) throws -> [[Neighbour]] {
            try gallery.read { reader throws in
                try reader.neighbours(of: queries, k: k, excluding: excluding, filter: filter)
            }
        }
        #expect(try answers(gallery) == answers(model), "\(comment), \(filter), k \(k)")
        try gallery.read { reader throws in
            #expect(try reader.count == expected.items.count, "\(comment)")
            let counts = Dictionary(expected.items.map { ($0.label, 1) }, uniquingKeysWith: +)
            #expect(try reader.labelCounts() == counts, "\(comment)")
            let alike = expected.items.filter { $0.label == label }
            #expect(try reader.items(label: label).timeless == alike, "\(comment)")
            let below = expected.items.filter { $0.source.path.hasPrefix("/s/1") }
            #expect(try reader.items(sourcePrefix: "/s/1").timeless == below, "\(comment)")
        }
    }
}
