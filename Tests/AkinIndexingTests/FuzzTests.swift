import AkinIndexing
import AkinStorage
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

/// Random operations, on an index and on a plain array, must come to the same.
@Suite struct FuzzTests {
    struct Entry: Equatable {
        var item: Item
        var vector: [Float]
    }

    struct Model {
        var entries: [Entry] = []
        var nextID: UInt64 = 1
        /// What was there before each change that can be taken back.
        var history: [[Entry]] = []

        /// To be called after a change.
        mutating func keep(_ before: [Entry]) {
            history = (history + [before]).suffix(EmbeddingIndex.historyLimit)
        }

        mutating func put(_ new: NewItem, _ vector: [Float], into counts: inout (Int, Int, Int)) {
            let hash = vector.withUnsafeBytes { ContentHash(of: $0) }
            if let place = entries.firstIndex(where: { $0.item.source == new.source }) {
                let old = entries[place].item
                let item = Item(
                    id: old.id, label: new.label, source: new.source, group: new.group, contentHash: hash)
                if item == old {
                    counts.2 += 1
                } else {
                    entries[place] = Entry(item: item, vector: vector)
                    counts.1 += 1
                }
            } else {
                entries.append(
                    Entry(
                        item: Item(
                            id: nextID, label: new.label, source: new.source, group: new.group,
                            contentHash: hash),
                        vector: vector))
                nextID += 1
                counts.0 += 1
            }
        }
    }

    /// Long sources and labels, and such as begin alike.
    static func source(_ number: Int) -> String {
        number % 5 == 0 ? "/" + String(repeating: "long/", count: 150) + "\(number)" : "/s/\(number)"
    }

    @Test(arguments: Metric.allCases, 0..<6) func anIndexIsWhatAnArrayIs(metric: Metric, seed: UInt64) throws
    {
        var generator = SeededGenerator(seed: seed, 5)
        let temporary = try TemporaryIndex(metric)
        var index = temporary.index
        let path = temporary.path
        let dimension = index.dimension
        var model = Model()
        // Some seeds stay within a block, others need several.
        let sources = seed % 2 == 0 ? 60 : 9000
        let labels = ["a", "b", "ä", "a longer label", String(repeating: "x", count: 510)]
        func drawn<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }

        for step in 0..<(sources == 60 ? 60 : 20) {
            let count =
                sources == 60
                ? Int.random(in: 1...12, using: &generator)
                : Int.random(in: 1...2500, using: &generator)
            let before = model.entries
            switch Int.random(in: 0..<14, using: &generator) {
            case 0...3:
                let items = (0..<count).map { _ in
                    NewItem(
                        label: drawn(labels),
                        source: Self.source(Int.random(in: 0..<sources, using: &generator)),
                        group: drawn([nil, "page 1", String(repeating: "p", count: 600)]))
                }
                var embeddings = drawnEmbeddings(count, dimension, using: &generator)
                for row in 0..<count where Int.random(in: 0..<4, using: &generator) == 0 {
                    if let entry = model.entries.randomElement(using: &generator) {
                        embeddings[row] = entry.vector[...]
                    }
                }
                var counts = (0, 0, 0)
                var next = model
                var positions: [[UInt8]: Int] = [:]
                if sources == 60 {
                    for row in 0..<count { next.put(items[row], Array(embeddings[row]), into: &counts) }
                } else {
                    for (place, entry) in next.entries.enumerated() {
                        positions[Array(entry.item.source.utf8)] = place
                    }
                    for row in 0..<count {
                        Self.put(items[row], Array(embeddings[row]), &next, &positions, &counts)
                    }
                }
                model = next
                let report = try index.add(items, embeddings: embeddings, backbone: temporary.backbone)
                if counts.0 + counts.1 > 0 { model.keep(before) }
                #expect(
                    report.added == counts.0 && report.updated == counts.1 && report.unchanged == counts.2)
            case 4...5 where !model.entries.isEmpty:
                let ids = Set((0..<min(count, 700)).map { _ in drawn(model.entries).item.id })
                #expect(try index.remove(ids: Array(ids)) == ids.count)
                model.entries.removeAll { ids.contains($0.item.id) }
                model.keep(before)
            case 6 where !model.entries.isEmpty:
                let label = drawn(model.entries).item.label
                let expected = model.entries.count { $0.item.label == label }
                #expect(try index.remove(labels: [label]) == expected)
                model.entries.removeAll { $0.item.label == label }
                model.keep(before)
            case 7 where !model.entries.isEmpty:
                let ids = Set((0..<min(count, 300)).map { _ in drawn(model.entries).item.id })
                let label = drawn(labels)
                #expect(try index.relabel(ids: Array(ids), to: label) == ids.count)
                for place in model.entries.indices where ids.contains(model.entries[place].item.id) {
                    model.entries[place].item.label = label
                }
                if model.entries != before { model.keep(before) }
            case 8 where !model.entries.isEmpty:
                let old = drawn(model.entries).item.label
                let new = drawn(labels)
                let expected = model.entries.count { $0.item.label == old }
                #expect(try index.relabel(old, to: new) == expected)
                for place in model.entries.indices where model.entries[place].item.label == old {
                    model.entries[place].item.label = new
                }
                if model.entries != before { model.keep(before) }
            case 9 where !model.entries.isEmpty:
                let source = drawn(model.entries).item.source
                #expect(try index.remove(sources: [source]) == 1)
                model.entries.removeAll { $0.item.source == source }
                model.keep(before)
            case 10...11:
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    if let old = model.history.popLast() {
                        try index.undo()
                        model.entries = old
                    } else {
                        #expect(throws: IndexError.nothingToUndo(path: path)) { try index.undo() }
                    }
                }
            case 12: try index.compact()
            case 13:
                if !model.entries.isEmpty, Bool.random(using: &generator) {
                    try index.buildGraph(GraphOptions(links: 4, candidates: 12, seed: generator.next()))
                } else {
                    try index.dropGraph()
                }
                if Bool.random(using: &generator) { try index.repack() }
            default: continue
            }
            if step % 7 == 6 { index = try EmbeddingIndex(opening: path) }
            try check(index, model, "\(metric), seed \(seed), step \(step)", using: &generator)
        }
    }

    private static func put(
        _ new: NewItem, _ vector: [Float], _ model: inout Model, _ positions: inout [[UInt8]: Int],
        _ counts: inout (Int, Int, Int)
    ) {
        let hash = vector.withUnsafeBytes { ContentHash(of: $0) }
        if let place = positions[Array(new.source.utf8)] {
            let old = model.entries[place].item
            let item = Item(
                id: old.id, label: new.label, source: new.source, group: new.group, contentHash: hash)
            if item == old { counts.2 += 1 } else { counts.1 += 1 }
            model.entries[place] = Entry(item: item, vector: vector)
        } else {
            positions[Array(new.source.utf8)] = model.entries.count
            model.entries.append(
                Entry(
                    item: Item(
                        id: model.nextID, label: new.label, source: new.source, group: new.group,
                        contentHash: hash),
                    vector: vector))
            model.nextID += 1
            counts.0 += 1
        }
    }

    private func check(
        _ index: EmbeddingIndex, _ model: Model, _ comment: String, using generator: inout SeededGenerator
    ) throws {
        #expect(try index.faults() == [], "\(comment)")
        let entries = model.entries.sorted { $0.item.id < $1.item.id }
        let (items, embeddings) = try index.labelled()
        #expect(items == entries.map(\.item), "\(comment)")
        #expect(embeddings.values == entries.flatMap(\.vector), "\(comment)")
        #expect(try index.items() == items)
        let stats = try index.stats()
        #expect(stats.items == entries.count)
        #expect(stats.labels == Dictionary(entries.map { ($0.item.label, 1) }, uniquingKeysWith: +))
        if let entry = entries.randomElement(using: &generator) {
            #expect(try index.item(entry.item.id) == entry.item)
            #expect(try index.item(source: entry.item.source) == entry.item)
            let alike = entries.filter { $0.item.label == entry.item.label }
            #expect(try index.items(label: entry.item.label) == alike.map(\.item))
        }

        var queries = drawnEmbeddings(
            [1, 5][Int.random(in: 0..<2, using: &generator)], index.dimension, using: &generator)
        if let entry = entries.randomElement(using: &generator) { queries[0] = entry.vector[...] }
        let excluding = (0..<queries.rows).map { _ in
            Exclusion(
                ids: Set((0..<3).compactMap { _ in entries.randomElement(using: &generator)?.item.id }),
                group: Bool.random(using: &generator) ? "page 1" : nil)
        }
        let found = try index.neighbours(of: queries, k: 10, excluding: excluding, method: .exact)
        let near = try index.neighbours(of: queries, k: 10, excluding: excluding)
        for row in 0..<queries.rows {
            let candidates = entries.filter {
                !excluding[row].ids.contains($0.item.id)
                    && (excluding[row].group == nil || $0.item.group != excluding[row].group)
            }
            let expected = candidates.map {
                Neighbour(id: $0.item.id, distance: index.metric.distance(from: queries[row], to: $0.vector))
            }
            #expect(found[row] == Array(expected.sorted().prefix(10)), "\(comment), query \(row)")
            // By the graph, as many, all of them there and as far away as it says.
            #expect(near[row].count == found[row].count && near[row] == near[row].sorted())
            #expect(near[row].allSatisfy { expected.contains($0) }, "\(comment), query \(row)")
        }
    }
}
