import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch

/// What an examination of an index has found.
public struct VerifyReport: Sendable, Equatable, Codable {
    /// How many items there are.
    public let items: Int
    /// What is wrong, each with its place; nothing if all is well.
    public let faults: [String]
    /// What was put right of it.
    public let repaired: [String]
    /// Of so many of the index's own items the neighbours were searched by the graph and exactly.
    public let sampled: Int
    /// The share of the true neighbours, 10 for each of these items, that the graph finds; nil without a graph.
    public let recall: Double?
    /// Items of one content, which is no fault; none where there are faults.
    public let copies: [Copies]
    /// That most items have one and the same embedding; nil where they have not, or something else is wrong.
    public let onePoint: OnePoint?
    /// Whether the graph's recall is enough, here and when it was built; nil without a sound graph.
    public let suffices: Bool?
    /// Whether search is exact where nothing else is asked for: there is no graph, or one that was found to miss too many
    /// neighbours when it was built. Nil where something is wrong.
    public let isExact: Bool?

    private enum CodingKeys: String, CodingKey {
        case items, faults, repaired, sampled, recall, copies, suffices
        case onePoint = "one_point"
        case isExact = "exact"
    }

    /// Whether nothing of what the index holds is damaged, or nothing any more.
    public var isSound: Bool { faults.isEmpty }
}

extension EmbeddingIndex {
    /// Examines all that the index holds: checksums, whether the tables agree, and of the graph that every link leads to a
    /// node, every node is reached and every code is that of its vector; measures the graph's recall on a sample of the
    /// items. O(items).
    ///
    /// With `repairing`, what follows from the rest is made again: the tables of sources, labels and groups from the items,
    /// the graph from the vectors; what cannot be read of the history is dropped, and where vectors are damaged and the
    /// index has its backbone, all items are embedded again from their sources; those whose pictures cannot be read any more
    /// are an error then, or with `droppingUnreadable` removed. `faults` are those left after that.
    public func verify(
        sample: Int = 1000, repairing: Bool = false, droppingUnreadable: Bool = false
    ) throws -> VerifyReport {
        var faults = try faults()
        var repaired: [String] = []
        // Nothing can be made again from pages that cannot be read.
        if repairing, !faults.isEmpty, try home.pageFault == nil {
            repaired = try repair(droppingUnreadable: droppingUnreadable)
            faults = try self.faults()
        }
        let measured = faults.isEmpty ? try recall(sample: sample) : nil
        let isSound = faults.isEmpty
        let width =
            try isSound ? home.read { (reader) throws(IndexError) in try reader.graph()?.searchWidth } : nil
        let (items, copies) = try read { (try $0.count, isSound ? try $0.copies() : []) }
        return VerifyReport(
            items: items, faults: faults, repaired: repaired, sampled: measured?.sampled ?? 0,
            recall: measured?.recall, copies: copies, onePoint: isSound ? try onePoint() : nil,
            suffices: width.map { $0.suffices && measured?.recall ?? 1 >= Self.leastRecall },
            isExact: isSound ? width?.suffices != true : nil)
    }

    /// A graph that finds less of its own items' neighbours is told of.
    private static let leastRecall = 0.99

    /// What is wrong with the index, in words; nothing if every checksum holds and all tables agree. O(items).
    ///
    /// Where the database's pages or vectors are damaged, nothing else is looked at.
    package func faults() throws(IndexError) -> [String] {
        if let fault = try home.pageFault { return ["\(fault)"] }
        return try home.read { (reader) throws(IndexError) in try reader.faults() }
    }

    /// The share of the 10 nearest, of a sample spread evenly over the graph's nodes, that the graph finds.
    private func recall(sample: Int) throws(IndexError) -> (sampled: Int, recall: Double)? {
        let k = 10
        return try home.read { (reader) throws(IndexError) in
            guard let view = try reader.graph(), sample > 0 else { return nil }
            var values: [Float] = []
            // Rows that share a node find each other: they are asked for once, and none of them counts.
            var own: [Set<UInt64>] = []
            let nodes = view.graph.nodes
            for place in stride(from: 0, to: nodes.count, by: max(1, nodes.count / sample)) {
                let rows = view.graph.rows(of: nodes[place])
                guard let living = rows.first(where: { view.vectors.id($0) != 0 }) else { continue }
                own.append(Set(rows.map(view.vectors.id)))
                values += UnsafeBufferPointer(start: view.vectors.vector(living), count: dimension)
            }
            guard !own.isEmpty else { return nil }
            let queries = Matrix(rows: own.count, columns: dimension, trusted: values)
            let others = SearchFilter(excluding: own)
            let exact = try reader.nearest(k, to: queries, filter: others, method: .exact)
            let near = try reader.nearest(
                k, to: queries, filter: others, method: .graph(width: view.searchWidth.candidates))
            let all = exact.reduce(0) { $0 + $1.count }
            let hits = zip(exact, near).reduce(0) { $0 + SearchWidth.recalled($1.1, of: $1.0) }
            return (own.count, all == 0 ? 1 : Double(hits) / Double(all))
        }
    }

    /// Makes again what follows from the rest; what that was.
    private func repair(droppingUnreadable: Bool) throws(IndexError) -> [String] {
        var repaired: [String] = []
        if try home.read({ (reader) throws(IndexError) in try reader.hasDamagedBlocks() }) {
            guard let model = home.backbone.model else { return [] }
            try dropGraph()
            let report = try rebuild(
                with: Embedder(model), keepingHistory: false, dropUnreadable: droppingUnreadable)
            repaired.append("vectors: all items embedded again from their sources")
            for one in report?.dropped ?? [] { repaired.append("removed \(one.source): \(one.reason)") }
        }
        try home.write { (access) throws(IndexError) in
            if try access.rederiveTables() { repaired.append("tables of sources, labels and groups") }
            if try access.dropDamagedHistory() {
                repaired.append("history: changes that cannot be read dropped")
            }
        }
        let (isDamaged, options, items) = try home.read { (reader) throws(IndexError) in
            (try !reader.graphFaults().isEmpty, try reader.graphRecord?.options, try reader.itemCount)
        }
        if isDamaged {
            if items > 0 {
                try buildGraph(options ?? GraphOptions())
                repaired.append("graph: built again")
            } else {
                try dropGraph()
                repaired.append("graph: dropped, as there are no items")
            }
        }
        return repaired
    }
}

extension IndexReader {
    /// Whether a block of vectors is missing or not what was written.
    fileprivate func hasDamagedBlocks() throws(IndexError) -> Bool {
        var isDamaged = false
        var next: UInt64 = 0
        try forEachEntry(in: tables.vectors) { (number, bytes) throws(IndexError) in
            isDamaged =
                number != next || layout.count(bytes, block: number) == nil || !SealedBlock.isIntact(bytes)
            next = number + 1
            return !isDamaged
        }
        return isDamaged
    }
}

extension IndexTransaction {
    /// Makes the tables of sources, labels and groups anew; whether anything was wrong with them.
    fileprivate func rederiveTables() throws(IndexError) -> Bool {
        var records: [(id: UInt64, record: ItemRecord)] = []
        try current.forEachEntry(in: tables.items) { (id, bytes) throws(IndexError) in
            if let record = ItemRecord(stored: bytes) { records.append((id, record)) }
            return true
        }
        guard try !areDerived(from: records) else { return false }
        try removeAll(in: tables.sources)
        try removeAll(in: tables.labels)
        try removeAll(in: tables.groups)
        for (id, record) in records { try insertItem(id, record.composed) }
        return true
    }

    private func areDerived(
        from records: [(id: UInt64, record: ItemRecord)]
    ) throws(IndexError) -> Bool {
        var labels: [[UInt8]: [UInt64]] = [:]
        var groups: [[UInt8]: [UInt64]] = [:]
        guard try current.count(of: tables.sources) == records.count else { return false }
        for (id, record) in records {
            labels[TextKey(record.label).bytes, default: []].append(id)
            if let group = record.group { groups[TextKey(group).bytes, default: []].append(id) }
            // One that cannot be read is not right either.
            guard record.isComposed,
                let source = try? current.value(of: TextKey(record.source), in: tables.sources), source == id
            else { return false }
        }
        for (table, expected) in [(tables.labels, labels), (tables.groups, groups)] {
            let found = try current.counts(of: table).map(\.key)
            guard Set(found.map(\.bytes)) == Set(expected.keys) else { return false }
            for key in found {
                guard try current.numbers(of: key, in: table) == expected[key.bytes] ?? [] else {
                    return false
                }
            }
        }
        return true
    }

    fileprivate func dropDamagedHistory() throws(IndexError) -> Bool {
        guard try !current.historyFaults().isEmpty else { return false }
        try dropHistory()
        return true
    }

    /// Nothing can be taken back any more.
    func dropHistory() throws(IndexError) {
        try removeAll(in: tables.changes)
        try removeAll(in: tables.undo)
        try removeAll(in: tables.undone)
        try removeAll(in: tables.redo)
    }
}
