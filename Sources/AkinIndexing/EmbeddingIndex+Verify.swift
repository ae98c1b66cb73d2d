import AkinDatasets
import AkinEmbedding
import AkinNetworks
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

    /// Whether nothing is wrong, or nothing any more.
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
    ) throws(IndexError) -> VerifyReport {
        var faults = try faults()
        var repaired: [String] = []
        // Nothing can be made again from pages that cannot be read.
        if repairing, !faults.isEmpty, try pageFault == nil {
            repaired = try repair(droppingUnreadable: droppingUnreadable)
            faults = try self.faults()
        }
        let measured = faults.isEmpty ? try recall(sample: sample) : nil
        return VerifyReport(
            items: try count, faults: faults, repaired: repaired, sampled: measured?.sampled ?? 0,
            recall: measured?.recall)
    }

    /// The share of the 10 nearest, of a sample spread evenly over the items, that the graph finds.
    private func recall(sample: Int) throws(IndexError) -> (sampled: Int, recall: Double)? {
        let k = 10
        let queries = try reading { transaction -> (rows: Matrix, ids: [UInt64])? in
            guard let view = try graph(in: transaction), sample > 0 else { return nil }
            let spacing = max(1, view.codes.count / sample)
            var values: [Float] = []
            var ids: [UInt64] = []
            for row in stride(from: 0, to: view.codes.count, by: spacing) where view.vectors.id(row) != 0 {
                ids.append(view.vectors.id(row))
                values.append(
                    contentsOf: UnsafeBufferPointer(start: view.vectors.vector(row), count: dimension))
            }
            return (Matrix(rows: ids.count, columns: dimension, values: values), ids)
        }
        guard let queries, !queries.ids.isEmpty else { return nil }
        let own = queries.ids.map { Exclusion(ids: [$0]) }
        let exact = try neighbours(of: queries.rows, k: k, excluding: own, method: .exact)
        let near = try neighbours(of: queries.rows, k: k, excluding: own, method: .automatic)
        var (hits, all) = (0, 0)
        for (exact, near) in zip(exact, near) {
            // An item as near as the farthest is as good.
            guard let farthest = exact.last?.distance else { continue }
            hits += near.count { $0.distance <= farthest }
            all += exact.count
        }
        return (queries.ids.count, all == 0 ? 1 : Double(hits) / Double(all))
    }

    /// Makes again what follows from the rest; what that was.
    private func repair(droppingUnreadable: Bool) throws(IndexError) -> [String] {
        var repaired: [String] = []
        if try !damagedBlocks().isEmpty {
            let checkpoint: Checkpoint
            do throws(IndexError) { checkpoint = try self.checkpoint } catch { return [] }
            try writing { try setGraphRows(0, in: $0) }
            let report = try rebuild(
                with: Embedder(checkpoint), keepingHistory: false, dropUnreadable: droppingUnreadable)
            repaired.append("vectors: all items embedded again from their sources")
            for one in report?.dropped ?? [] { repaired.append("removed \(one.source): \(one.reason)") }
        }
        try writing { transaction in
            if try rederiveTables(in: transaction) { repaired.append("tables of sources, labels and groups") }
            if try dropDamagedHistory(in: transaction) {
                repaired.append("history: changes that cannot be read dropped")
            }
        }
        if try !reading({ try graphFaults(in: $0) }).isEmpty {
            let options = try reading { transaction in
                try tables.settings.bytes(of: Setting.graph, in: transaction)
                    .flatMap { GraphRecord(stored: $0, dimension: dimension) }?.options
            }
            if try count > 0 {
                try buildGraph(options ?? GraphOptions())
                repaired.append("graph: built again")
            } else {
                try dropGraph()
                repaired.append("graph: dropped, as there are no items")
            }
        }
        return repaired
    }

    /// Numbers of vector blocks that are missing or not what was written.
    private func damagedBlocks() throws(IndexError) -> [UInt64] {
        try reading { transaction in
            var damaged: [UInt64] = []
            var next: UInt64 = 0
            try tables.vectors.forEach(in: transaction) { number, bytes in
                if number != next || layout.count(bytes, block: number) == nil || !SealedBlock.isIntact(bytes)
                {
                    damaged.append(next)
                }
                next = number + 1
                return true
            }
            return damaged
        }
    }

    /// Whether anything was wrong with them.
    private func rederiveTables(in transaction: borrowing WriteTransaction) throws -> Bool {
        var records: [(id: UInt64, record: ItemRecord)] = []
        try tables.items.forEach(in: transaction) { id, bytes in
            if let record = ItemRecord(stored: bytes) { records.append((id, record)) }
            return true
        }
        var labels: [[UInt8]: [UInt64]] = [:]
        var groups: [[UInt8]: [UInt64]] = [:]
        var isRight = try tables.sources.count(in: transaction) == records.count
        for (id, record) in records {
            labels[TextKey(record.label).bytes, default: []].append(id)
            if let group = record.group { groups[TextKey(group).bytes, default: []].append(id) }
            let source = try? tables.sources.value(of: TextKey(record.source), in: transaction)
            isRight = isRight && source == id
        }
        for (table, expected) in [(tables.labels, labels), (tables.groups, groups)] {
            let found = try table.counts(in: transaction).map(\.key)
            isRight = isRight && Set(found.map(\.bytes)) == Set(expected.keys)
            for key in found {
                isRight = try isRight && table.numbers(of: key, in: transaction) == expected[key.bytes] ?? []
            }
        }
        guard !isRight else { return false }
        try tables.sources.removeAll(in: transaction)
        try tables.labels.removeAll(in: transaction)
        try tables.groups.removeAll(in: transaction)
        for (id, record) in records {
            try tables.sources.set(id, for: TextKey(record.source), in: transaction)
            try tables.labels.insert(id, for: TextKey(record.label), in: transaction)
            if let group = record.group { try tables.groups.insert(id, for: TextKey(group), in: transaction) }
        }
        return true
    }

    private func dropDamagedHistory(in transaction: borrowing WriteTransaction) throws -> Bool {
        guard try !historyFaults(in: transaction).isEmpty else { return false }
        try tables.changes.removeAll(in: transaction)
        try tables.undo.removeAll(in: transaction)
        return true
    }
}
