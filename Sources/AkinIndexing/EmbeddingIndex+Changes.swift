import AkinStorage
import AkinTensors

extension EmbeddingIndex {
    /// Adds items whose embeddings, `[items, dimension]`, were made elsewhere by this index's backbone; an item
    /// whose source is there already is replaced. A transaction for each 64 MB.
    @discardableResult
    public func add(
        _ items: [NewItem], embeddings: Matrix, backbone: BackboneIdentity
    ) throws(IndexError) -> AddReport {
        try add(
            items, embeddings: embeddings, backbone: backbone,
            as: PendingChange(.add, "\(counted(items.count, "item"))"))
    }

    /// As the above; in the history it is a part of `change`.
    @discardableResult
    package func add(
        _ items: [NewItem], embeddings: Matrix, backbone: BackboneIdentity, as change: PendingChange
    ) throws(IndexError) -> AddReport {
        try check(backbone)
        guard items.count == embeddings.rows else {
            throw .countsDiffer(items: items.count, embeddings: embeddings.rows)
        }
        try check(embeddings)
        for item in items { try check(item) }
        let began = ContinuousClock.now
        var counts = ChangeCounts()
        let step = max(1, (64 << 20) / (4 * dimension))
        for start in stride(from: 0, to: items.count, by: step) {
            let batch = counts
            counts = try edit(change) { editor, transaction in
                var counts = batch
                for position in start..<min(start + step, items.count) {
                    let vector = embeddings[position]
                    let hash =
                        items[position].contentHash
                        ?? vector.withUnsafeBytes { ContentHash(of: $0) }
                    counts.count(
                        try editor.put(items[position], contentHash: hash, vector, in: transaction))
                }
                return counts
            }
        }
        return AddReport(counts, skipped: [], embedded: counts.added + counts.updated, since: began)
    }

    /// Removes items, all or (if there is no such item) none; how many.
    @discardableResult
    public func remove(ids: [UInt64]) throws(IndexError) -> Int {
        let ids = Set(ids).sorted()
        try edit(PendingChange(.remove, counted(ids.count, "item"))) { editor, transaction in
            for id in ids {
                guard try editor.remove(id, in: transaction) else { throw IndexError.unknownItem(id: id) }
            }
        }
        return ids.count
    }

    /// Removes all items of these labels, or (if there is no such label) none; how many.
    @discardableResult
    public func remove(labels: [String]) throws(IndexError) -> Int {
        try edit(PendingChange(.remove, named(labels, "label"))) { editor, transaction in
            let ids = try Set(labels.flatMap { try known(label: $0, in: transaction) }).sorted()
            for id in ids { _ = try editor.remove(id, in: transaction) }
            return ids.count
        }
    }

    /// Removes the items of these sources, all or (if there is no such source) none; how many.
    @discardableResult
    public func remove(sources: [String]) throws(IndexError) -> Int {
        try edit(PendingChange(.remove, named(sources, "source"))) { editor, transaction in
            let ids = try Set(
                sources.map { source in
                    guard !source.isEmpty,
                        let id = try tables.sources.value(of: TextKey(source), in: transaction)
                    else { throw IndexError.unknownSource(source) }
                    return id
                }
            ).sorted()
            for id in ids { _ = try editor.remove(id, in: transaction) }
            return ids.count
        }
    }

    /// Gives items another label, all or (if there is no such item) none; how many.
    @discardableResult
    public func relabel(ids: [UInt64], to label: String) throws(IndexError) -> Int {
        try check(label: label)
        let ids = Set(ids).sorted()
        let change = PendingChange(.relabel, "\(counted(ids.count, "item")) to '\(label)'")
        try edit(change) { editor, transaction in
            for id in ids {
                guard try editor.relabel(id, to: label, in: transaction) else {
                    throw IndexError.unknownItem(id: id)
                }
            }
        }
        return ids.count
    }

    /// Gives all items of a label another; how many.
    @discardableResult
    public func relabel(_ old: String, to new: String) throws(IndexError) -> Int {
        try check(label: new)
        return try edit(PendingChange(.relabel, "'\(old)' to '\(new)'")) { editor, transaction in
            let ids = try known(label: old, in: transaction)
            for id in ids { _ = try editor.relabel(id, to: new, in: transaction) }
            return ids.count
        }
    }

    /// Makes one transaction of `change`.
    func edit<R>(
        _ change: PendingChange,
        _ body: (inout IndexEditor, borrowing WriteTransaction) throws -> R
    ) throws(IndexError) -> R {
        let (result, number) = try write { transaction in
            var editor = try IndexEditor(self, change, in: transaction)
            let result = try body(&editor, transaction)
            return (result, try editor.finish(in: transaction))
        }
        if let number { change.number = number }
        return result
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private func named(_ names: [String], _ noun: String) -> String {
        names.count == 1 ? "\(noun) '\(names[0])'" : counted(names.count, noun)
    }

    private func known(label: String, in transaction: borrowing WriteTransaction) throws -> [UInt64] {
        let ids = label.isEmpty ? [] : try tables.labels.numbers(of: TextKey(label), in: transaction)
        guard !ids.isEmpty else { throw IndexError.unknownLabel(label) }
        return ids
    }

    func check(_ backbone: BackboneIdentity) throws(IndexError) {
        guard backbone.hash == self.backbone.hash else {
            throw .otherBackbone(expected: self.backbone, found: backbone)
        }
    }

    func check(_ item: NewItem) throws(IndexError) {
        try check(label: item.label)
        guard !item.source.isEmpty else { throw .emptySource }
    }

    private func check(label: String) throws(IndexError) {
        guard (1...TextKey.limit).contains(label.utf8.count) else {
            throw .badLabel(label, limit: TextKey.limit)
        }
    }
}
