import AkinBasics
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import Synchronization
import TestSupport
import Testing

/// Random operations, on an index and on a plain array, must come to the same.
///
/// `AKIN_FUZZ_OPERATIONS` in the environment says how many, in all runs together, and `AKIN_FUZZ_SEED` which ones;
/// `Tools/fuzz-test` makes 100,000.
@Suite struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let operations = environment["AKIN_FUZZ_OPERATIONS"].flatMap { Int($0) } ?? 2000
    private static let seed = environment["AKIN_FUZZ_SEED"].flatMap { UInt64($0) } ?? 5
    private static let seeds: Range<UInt64> = 0..<6
    private static let tally = Mutex(FuzzTally())

    @Test(arguments: Metric.Kind.allCases, seeds) func anIndexIsWhatAnArrayIs(
        metric: Metric.Kind, seed: UInt64
    ) throws {
        // Some stay within a block of vectors; others need several, and have a tenth of the operations.
        let isLarge = seed % 2 == 1
        let pairs = Metric.Kind.allCases.count * Self.seeds.count / 2
        let both = (Self.operations + pairs - 1) / pairs
        let count = isLarge ? both / 10 : both - both / 10
        let metricNumber = UInt64(Metric.Kind.allCases.firstIndex(of: metric) ?? 0)
        var run = try FuzzRun(metric, seed: (Self.seed, 100 * metricNumber + seed), isLarge: isLarge)
        for step in 0..<count { try run.step("\(metric), seed \(Self.seed)/\(seed), step \(step)") }
        Self.tally.withLock { all in
            all.add(run.tally)
            guard all.runs == Metric.Kind.allCases.count * Self.seeds.count else { return }
            print("fuzz test, seed \(Self.seed): \(all)")
            #expect(all.recall.share > 0.95)
        }
    }
}

/// An index and the array that it must be like.
struct FuzzRun {
    enum Operation: CaseIterable {
        case add, addInParts, move, removeIDs, removeLabel, removeSource, relabelIDs, relabelLabel, write,
            undo, redo
        case keepHistory, compact, repack, build, drop, maintain, verify, reopen
    }

    private static let often: [Operation] = [
        .add, .add, .add, .write, .removeIDs, .build, .undo, .undo, .redo, .redo,
    ]
    private static let labels = ["a", "b", "ä", "a longer label", String(repeating: "x", count: 510)]

    private let temporary: TemporaryIndex
    private var index: EmbeddingIndex
    /// Opened once, whatever is done to the index later.
    private let reader: EmbeddingIndex
    private let isLarge: Bool
    private var generator: SeededGenerator
    private var model = FuzzModel()
    private(set) var tally = FuzzTally(runs: 1)

    init(_ metric: Metric.Kind, seed: (UInt64, UInt64), isLarge: Bool) throws {
        temporary = try TemporaryIndex(metric)
        index = temporary.index
        reader = try EmbeddingIndex(opening: temporary.path, readOnly: true)
        self.isLarge = isLarge
        generator = SeededGenerator(seed: seed.0, seed.1)
    }

    mutating func step(_ comment: String) throws {
        let operation = drawn(Operation.allCases + Self.often)
        let before = model.entries
        try apply(operation, comment)
        if operation != .undo, operation != .redo { model.finish(before) }
        tally.operations["\(operation)", default: 0] += 1
        try check("\(comment), \(operation)")
    }

    private mutating func apply(_ operation: Operation, _ comment: String) throws {
        let known = model.entries.randomElement(using: &generator)?.item
        switch operation {
        case .add:
            let (items, vectors) = someItems()
            let report = try index.add(items, embeddings: vectors, backbone: index.backbone)
            #expect(
                (report.added, report.updated, report.unchanged) == model.put(items, vectors), "\(comment)")
        case .addInParts:
            let change = PendingChange(.sync, "two transactions")
            for _ in 0..<2 {
                let (items, vectors) = someItems()
                try index.add(items, embeddings: vectors, backbone: index.backbone, as: change)
                _ = model.put(items, vectors)
            }
        case .move: try move()
        case .removeIDs:
            let ids = someIDs()
            #expect(try index.remove(ids: Array(ids)) == model.remove { ids.contains($0.id) }, "\(comment)")
        case .removeLabel:
            guard let label = known?.label else { return }
            #expect(try index.remove(labels: [label]) == model.remove { $0.label == label }, "\(comment)")
        case .removeSource:
            guard let source = known?.source else { return }
            #expect(try index.remove(sources: [source]) == model.remove { $0.source == source }, "\(comment)")
        case .relabelIDs:
            let (ids, label) = (someIDs(), drawn(Self.labels))
            let count = model.relabel(to: label) { ids.contains($0.id) }
            #expect(try index.relabel(ids: Array(ids), to: label) == count, "\(comment)")
        case .relabelLabel:
            guard let old = known?.label else { return }
            let label = drawn(Self.labels)
            let count = model.relabel(to: label) { $0.label == old }
            #expect(try index.relabel(old, to: label) == count, "\(comment)")
        case .write: try write()
        case .undo:
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                if model.undo() {
                    try index.undo()
                } else {
                    #expect(throws: IndexError.nothingToUndo(path: index.path)) { try index.undo() }
                }
            }
        case .redo:
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                if model.redo() {
                    try index.redo()
                } else {
                    #expect(throws: IndexError.self) { try index.redo() }
                }
            }
        case .keepHistory:
            let limit = drawn([0, 1, 5, 20, 20, 30])
            try index.setHistoryLimit(limit)
            model.keep(changes: limit)
        case .compact: try index.compact()
        case .repack: try index.repack()
        case .build:
            guard index.metric.hasCodes, !model.entries.isEmpty else { return }
            let (links, candidates) = drawn(isLarge ? [(8, 60), (16, 100)] : [(4, 12), (8, 60), (16, 200)])
            try index.buildGraph(
                GraphOptions(
                    links: links, candidates: candidates, seed: generator.next(),
                    codes: CodeKind.allCases.randomElement(using: &generator)))
        case .drop: try index.dropGraph()
        case .maintain: try index.maintainGraph()
        case .verify:
            let report = try index.verify(sample: 50, repairing: Bool.random(using: &generator))
            #expect(report.isSound && report.repaired.isEmpty && report.items == model.entries.count)
        case .reopen: index = try EmbeddingIndex(opening: index.path)
        }
    }

    /// Some items change places with each other, some go to new ones, and some drive out others.
    private mutating func move() throws {
        let ids = someIDs().sorted()
        let label = drawn(Self.labels)
        var sources = model.entries.filter { ids.contains($0.item.id) }.map(\.item.source)
        sources += model.entries.prefix(3).map(\.item.source) + ["/new place", "/s/1", "/another"]
        sources = Array(Set(sources)).sorted().shuffled(using: &generator)
        let moves = Dictionary(uniqueKeysWithValues: zip(ids, sources))
        try index.write("moved") { change in
            for source in sources.prefix(ids.count) {
                guard let item = try change.current.item(source: source), moves[item.id] == nil else {
                    continue
                }
                #expect(try change.removeItem(item.id))
            }
            for (id, source) in moves.sorted(by: { $0.key < $1.key }) {
                #expect(try change.moveItem(id, to: NewItem(label: label, source: source)))
            }
            #expect(try !change.moveItem(1 << 50, to: NewItem(label: "a", source: "/nowhere")))
        }
        model.move(moves, label: label)
    }

    /// Several changes at once, of which some are given up at the end.
    private mutating func write() throws {
        struct GivenUp: Error {}
        let begun = model
        let isGivenUp = Int.random(in: 0..<4, using: &generator) == 0
        do {
            try index.write("several") { change in
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0:
                        let (items, vectors) = someItems()
                        let added = try change.add(items, embeddings: vectors, backbone: index.backbone)
                        #expect(added == model.put(items, vectors).added)
                    case 1:
                        let ids = someIDs()
                        #expect(try change.remove(ids: Array(ids)) == model.remove { ids.contains($0.id) })
                    default:
                        let (ids, label) = (someIDs(), drawn(Self.labels))
                        let count = model.relabel(to: label) { ids.contains($0.id) }
                        #expect(try change.relabel(ids: Array(ids), to: label) == count)
                    }
                }
                if isGivenUp { throw GivenUp() }
            }
        } catch is GivenUp {
            model = begun
        }
    }

    private mutating func drawn<T>(_ values: [T]) -> T {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }

    /// Of items that there are.
    private mutating func someIDs() -> Set<UInt64> {
        let count = Int.random(in: 1...(isLarge ? 700 : 12), using: &generator)
        return Set((0..<count).compactMap { _ in model.entries.randomElement(using: &generator)?.item.id })
    }

    /// New ones and such as replace others: sources that are long and begin alike, vectors that others have too.
    private mutating func someItems() -> ([NewItem], Matrix) {
        let count = Int.random(in: 1...(isLarge ? 2500 : 12), using: &generator)
        let items = (0..<count).map { _ in
            let number = Int.random(in: 0..<(isLarge ? 9000 : 60), using: &generator)
            let isLong = number % 5 == 0
            return NewItem(
                label: drawn(Self.labels),
                source: Source(
                    isLong ? "/" + String(repeating: "long/", count: 150) + "\(number)" : "/s/\(number)"),
                group: drawn([nil, "page 1", String(repeating: "p", count: 600)]))
        }
        var vectors = drawnEmbeddings(count, index.dimension, using: &generator)
        for row in 0..<count where Int.random(in: 0..<8, using: &generator) == 0 {
            if let entry = model.entries.randomElement(using: &generator) { vectors[row] = entry.vector[...] }
        }
        return (items, vectors)
    }
}

extension FuzzRun {
    private mutating func check(_ comment: String) throws {
        let index = Bool.random(using: &generator) ? index : reader
        let entries = model.entries
        #expect(try index.faults() == [], "\(comment)")
        let (items, embeddings) = try index.labelled()
        #expect(items.timeless == entries.map(\.item), "\(comment)")
        #expect(embeddings.values == entries.flatMap(\.vector), "\(comment)")
        #expect(try index.items() == items, "\(comment)")
        #expect(try index.history().count == model.history.count, "\(comment)")
        #expect(try index.undone().count == model.undone.count, "\(comment)")
        if Int.random(in: 0..<4, using: &generator) == 0 { try checkChanges(of: index, comment) }
        let stats = try index.stats()
        #expect(stats.items == entries.count, "\(comment)")
        #expect(
            stats.labels == Dictionary(entries.map { ($0.item.label, 1) }, uniquingKeysWith: +), "\(comment)")
        if let graph = stats.graph {
            #expect(graph.items + graph.unindexed == entries.count, "\(comment)")
        }
        if let item = entries.randomElement(using: &generator)?.item {
            let found = try index.item(item.id)
            #expect([found].compactMap(\.self).timeless == [item], "\(comment)")
            #expect(try index.item(source: item.source) == found, "\(comment)")
            let alike = entries.map(\.item).filter { $0.label == item.label }
            #expect(try index.items(label: item.label).timeless == alike, "\(comment)")
        }
        try checkSearch(index, hasGraph: stats.graph != nil, comment)
    }

    /// What is told of each change fits the arrays before and after it.
    private func checkChanges(of index: EmbeddingIndex, _ comment: String) throws {
        let states = model.history + [model.entries] + model.undone.reversed()
        let past = model.history.count
        var told: [(isUndone: Bool, items: [ItemChange])] = []
        try index.read {
            try $0.forEachChange {
                told.append(($1, $2)); return true
            }
        }
        #expect(told.count == states.count - 1, "\(comment)")
        for (place, change) in told.enumerated() {
            let before = change.isUndone ? place : past - 1 - place
            let expected = ItemChange.all(
                from: states[before].map(\.item), to: states[before + 1].map(\.item))
            #expect(change.isUndone == (place >= past), "\(comment)")
            #expect(
                change.items.map { [$0.before].compactMap(\.self).timeless }
                    == expected.map { [$0.before].compactMap(\.self) }, "\(comment)")
            #expect(
                change.items.map { [$0.after].compactMap(\.self).timeless }
                    == expected.map { [$0.after].compactMap(\.self) }, "\(comment)")
        }
    }

    private mutating func checkSearch(_ index: EmbeddingIndex, hasGraph: Bool, _ comment: String) throws {
        let entries = model.entries
        var queries = drawnEmbeddings(drawn([1, 1, 5, 20]), index.dimension, using: &generator)
        if let entry = entries.randomElement(using: &generator) { queries[0] = entry.vector[...] }
        let excluding = (0..<drawn([0, queries.rows])).map { _ in
            Exclusion(
                ids: Set((0..<3).compactMap { _ in entries.randomElement(using: &generator)?.item.id }),
                group: drawn([nil, "page 1"]))
        }
        let filter = drawn([
            ItemFilter(), ItemFilter(), ItemFilter(labels: ["a", "ä", "none"]),
            ItemFilter(groups: ["page 1"]), ItemFilter(labels: ["b"], ids: someIDs().union([1 << 40])),
        ])
        let k = drawn([1, 10, 10, 30])
        let exact = try index.neighbours(
            of: queries, k: k, excluding: excluding, filter: filter, method: .exact)
        let near = try index.neighbours(of: queries, k: k, excluding: excluding, filter: filter)
        let narrow = try index.neighbours(
            of: queries, k: k, excluding: excluding, filter: filter, method: .graph(width: 1))
        for row in 0..<queries.rows {
            let comment = "\(comment), query \(row), k \(k), \(filter)"
            let all = entries.filter { entry in
                let item = entry.item
                return (filter.labels?.contains(item.label) ?? true)
                    && (filter.groups.map { item.group != nil && $0.contains(item.group!) } ?? true)
                    && (filter.ids?.contains(item.id) ?? true)
                    && (excluding.isEmpty
                        || !excluding[row].ids.contains(item.id)
                            && (excluding[row].group == nil || item.group != excluding[row].group))
            }.map {
                Neighbour(
                    id: $0.item.id, distance: index.metric.distance(trusted: queries[row], to: $0.vector))
            }
            let expected = Array(all.sorted().prefix(k))
            #expect(exact[row] == expected, "\(comment)")
            tally.exactAnswers += 1
            // By the graph as many, all of them there and as far away as it says.
            let distances = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.distance) })
            for found in [near[row], narrow[row]] {
                #expect(found.count == expected.count && found == found.sorted(), "\(comment)")
                #expect(Set(found.map(\.id)).count == found.count, "\(comment)")
                #expect(found.allSatisfy { distances[$0.id] == $0.distance }, "\(comment)")
            }
            if hasGraph, filter == ItemFilter(), let farthest = expected.last?.distance {
                // An item as near as the farthest is as good.
                let found = near[row].count { $0.distance <= farthest }
                tally.recalls[index.metric.kind, default: .init()].add(
                    .init(searches: 1, neighbours: expected.count, found: found))
            }
        }
    }
}
