import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// A process that makes all kinds of changes is killed at random moments: each time the index has all changes that
/// were acknowledged, and of the one that was being made all or nothing.
///
/// `AKIN_KILL_ROUNDS` in the environment says how many kills, `AKIN_KILL_SEED` repeats a run's changes (the moments
/// are the machine's); `Tools/kill-test` makes 300.
@Suite struct KillTests {
    @Test func aKillLeavesTheStateBeforeOrAfter() async throws {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["AKIN_KILL_ROUNDS"].flatMap { Int($0) } ?? 5
        let seed = environment["AKIN_KILL_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)

        let pictures = try PictureFolder(KillModel.pictures)
        let names = (0..<KillModel.pictures).map { "\(pictures.path)/class \($0 % 3)/\($0).pgm" }
        let folder = try TemporaryFolder()
        let path = folder.path + "/index"
        let acknowledged = try folder.write("acknowledged", "")
        let embeddings = try KillModel.backbones().map { backbone in
            let folder = try TemporaryFolder()
            let index = try EmbeddingIndex.create(at: folder.path + "/index", backbone: backbone)
            try index.add(try Dataset(files: names, label: "a"), embedder: Embedder(backbone))
            return try index.labelled().embeddings
        }
        try EmbeddingIndex.create(at: path, backbone: KillModel.backbones()[0]).setHistoryLimit(6)

        var model = KillModel(seed: seed)
        var interrupted: [String: Int] = [:]
        for round in 0..<rounds {
            let delay = Int.random(in: 0...200_000, using: &generator)
            let begun = model.done
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    path = path as String, names = names as [String], seed = seed as UInt64,
                    begun = begun as Int, delay = delay as Int, acknowledged = acknowledged as String,
                ] in
                var model = KillModel(seed: seed)
                while model.done < begun { model.apply(model.next) }
                let backbones = try KillModel.backbones()
                let log = open(acknowledged, O_WRONLY | O_APPEND)
                Thread {
                    usleep(UInt32(delay))
                    kill(getpid(), SIGKILL)
                }.start()
                while true {
                    let index = try EmbeddingIndex(opening: path)
                    let next = model.next
                    try next.apply(to: index, names, backbones, current: model.state.backbone)
                    model.apply(next)
                    write(log, ".", 1)
                }
            }
            let done = try Data(contentsOf: URL(fileURLWithPath: acknowledged)).count
            while model.done < done { model.apply(model.next) }
            let next = model.next
            let comment = "seed \(seed), round \(round), change \(done): \(next)"
            let found = try KillModel.State(EmbeddingIndex(opening: path), names, embeddings)
            let numbers = try Self.numbers(path)
            if found != model.state || numbers != model.numbers {
                model.apply(next)
                interrupted["\(next.name), done", default: 0] += 1
                try folder.write("acknowledged", String(repeating: ".", count: model.done))
            } else {
                interrupted["\(next.name), not done", default: 0] += 1
            }
            let index = try EmbeddingIndex(opening: path)
            #expect(found == model.state, "\(comment)")
            #expect(try Self.numbers(path) == model.numbers, "\(comment)")
            #expect(try index.faults() == [], "\(comment)")
        }
        let kinds = interrupted.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print(
            "killed \(rounds) times in \(model.done) changes, seed \(seed): \(kinds.joined(separator: "; "))")
    }
}

extension KillTests {
    private static func numbers(_ path: String) throws -> [UInt64] {
        let index = try EmbeddingIndex(opening: path)
        return try (index.history() + index.undone()).map(\.number)
    }
}

/// What an index must be after so many changes, which the seed and what was there before decide.
struct KillModel {
    static let pictures = 60

    static func backbones() throws -> [Checkpoint] { [try checkpoint(), try RebuildTests.other()] }

    struct State: Equatable {
        var backbone = 0
        /// By number of the picture.
        var items: [Int: Entry] = [:]

        struct Entry: Equatable {
            var id: UInt64
            var label: String
        }
    }

    enum Operation {
        case add([Int], label: String)
        case remove([UInt64])
        case relabel([UInt64], label: String)
        case undo
        case redo
        case compact
        /// Builds the graph.
        case build
        case rebuild(Int)

        var name: String { String("\(self)".prefix { $0.isLetter }) }

        func apply(
            to index: EmbeddingIndex, _ names: [String], _ backbones: [Checkpoint], current: Int
        ) throws {
            switch self {
            case .add(let pictures, let label):
                try index.add(
                    try Dataset(files: pictures.map { names[$0] }, label: label),
                    embedder: Embedder(backbones[current]))
            case .remove(let ids): try index.remove(ids: ids)
            case .relabel(let ids, let label): try index.relabel(ids: ids, to: label)
            case .undo: try index.undo()
            case .redo: try index.redo()
            case .compact: try index.compact()
            case .build: try index.buildGraph(GraphOptions(links: 4, candidates: 20))
            case .rebuild(let backbone): try index.rebuild(with: Embedder(backbones[backbone]))
            }
        }
    }

    let seed: UInt64
    private(set) var state = State()
    private(set) var done = 0
    private var nextID: UInt64 = 1
    private var nextChange: UInt64 = 1
    private var history: [(number: UInt64, before: State)] = []
    private var undone: [(number: UInt64, after: State)] = []

    init(seed: UInt64) { self.seed = seed }

    /// Of the changes that can be undone, the last one first, and then of those that can be made again.
    var numbers: [UInt64] { history.map(\.number).reversed() + undone.map(\.number).reversed() }

    var next: Operation {
        var generator = SeededGenerator(seed: seed, UInt64(done))
        let label = ["a", "b", "c"].randomElement(using: &generator) ?? ""
        let ids = state.items.values.map(\.id).sorted().filter { _ in
            Int.random(in: 0..<3, using: &generator) == 0
        }
        switch Int.random(in: 0..<18, using: &generator) {
        case let kind where kind <= 3 || ids.isEmpty:
            let drawn = (0..<30).map { _ in Int.random(in: 0..<Self.pictures, using: &generator) }
            return .add(Array(Set(drawn)).sorted(), label: label)
        case 4...5: return .remove(ids)
        case 6...7: return .relabel(ids, label: label)
        case 8...9 where !history.isEmpty: return .undo
        // An undo is often what was done before.
        case 14...17: return undone.isEmpty ? (history.isEmpty ? .compact : .undo) : .redo
        case 10: return .rebuild(1 - state.backbone)
        case 11...12: return .build
        default: return .compact
        }
    }

    mutating func apply(_ operation: Operation) {
        let before = state
        var isChange = true
        switch operation {
        case .add(let pictures, let label):
            for picture in pictures {
                if state.items[picture] == nil {
                    state.items[picture] = State.Entry(id: nextID, label: label)
                    nextID += 1
                } else {
                    state.items[picture]?.label = label
                }
            }
            isChange = state != before
        case .remove(let ids):
            state.items = state.items.filter { !ids.contains($0.value.id) }
        case .relabel(let ids, let label):
            for (picture, entry) in state.items where ids.contains(entry.id) {
                state.items[picture]?.label = label
            }
            isChange = state != before
        case .undo:
            undone.append((history.last?.number ?? 0, state))
            state = history.removeLast().before
            isChange = false
        case .redo:
            let again = undone.removeLast()
            history.append((again.number, state))
            state = again.after
            isChange = false
        case .compact, .build: isChange = false
        case .rebuild(let backbone): state.backbone = backbone
        }
        if isChange {
            history = (history + [(nextChange, before)]).suffix(6)
            undone = []
            nextChange += 1
        }
        done += 1
    }
}

extension KillModel.State {
    /// As an index has it; every item must have the embedding of its picture by the index's backbone.
    init(_ index: EmbeddingIndex, _ names: [String], _ embeddings: [Matrix]) throws {
        backbone = index.backbone.name == "small" ? 0 : 1
        let (items, found) = try index.labelled()
        for (row, item) in items.enumerated() {
            let picture = try #require(names.firstIndex(of: item.source.path))
            #expect(self.items[picture] == nil)
            self.items[picture] = Entry(id: item.id, label: item.label)
            let expected = embeddings[backbone][picture]
            #expect(Metric.l2.distance(trusted: expected, to: found[row]) < 1e-5)
        }
    }
}
