import AkinBasics
import AkinEmbedding
import AkinStorage
import AkinTensors

extension EmbeddingIndex {
    /// Calls `body` with a change of the index: all that it does comes into effect at once when it returns, and
    /// nothing of it if it throws. It is one change in the history, and undone as one.
    ///
    /// `summary` says in the history what was done. Other writers wait; within `body` only the change itself may
    /// change the index, for it would wait for itself. Readers, those within `body` too, see the index as before.
    ///
    /// ```swift
    /// try index.write("sheet 12 was read wrongly") { change in
    ///     try change.remove(sources: ["sheet-12/stamp.png"])
    ///     try change.relabel("eagel", to: "eagle")
    /// }
    /// ```
    ///
    /// - Throws: What `body` throws, and `IndexError`.
    public func write<R>(_ summary: String, _ body: (inout IndexChange) throws -> R) throws -> R {
        do {
            return try transact { transaction in
                var change = try IndexChange(self, PendingChange(.write, summary), in: transaction)
                let result = try body(&change)
                _ = try change.finish()
                return result
            }
        } catch {
            throw IndexError(error, path: path) ?? error
        }
    }

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
        try check(items, embeddings, backbone)
        let began = ContinuousClock.now
        var counts = ChangeCounts()
        let step = max(1, (64 << 20) / (4 * dimension))
        for start in stride(from: 0, to: items.count, by: step) {
            let range = start..<min(start + step, items.count)
            counts = try edit(change) { try $0.put(items, range, embeddings, counts: counts) }
        }
        return AddReport(
            counts, keptLabels: 0, skipped: [], embedded: counts.added + counts.updated, since: began)
    }

    /// Removes items, all or (if there is no such item) none; how many.
    @discardableResult
    public func remove(ids: [UInt64]) throws(IndexError) -> Int {
        try edit(PendingChange(.remove, counted(Set(ids).count, "item"))) { try $0.remove(ids: ids) }
    }

    /// Removes all items of these labels, or (if there is no such label) none; how many.
    @discardableResult
    public func remove(labels: [String]) throws(IndexError) -> Int {
        try edit(PendingChange(.remove, named(labels, "label"))) { try $0.remove(labels: labels) }
    }

    /// Removes the items of these sources, all or (if there is no such source) none; how many.
    @discardableResult
    public func remove(sources: [String]) throws(IndexError) -> Int {
        try edit(PendingChange(.remove, named(sources, "source"))) { try $0.remove(sources: sources) }
    }

    /// Gives items another label, all or (if there is no such item) none; how many.
    @discardableResult
    public func relabel(ids: [UInt64], to label: String) throws(IndexError) -> Int {
        let summary = "\(counted(Set(ids).count, "item")) to '\(label)'"
        return try edit(PendingChange(.relabel, summary)) { try $0.relabel(ids: ids, to: label) }
    }

    /// Gives all items of a label another; how many.
    @discardableResult
    public func relabel(_ old: String, to new: String) throws(IndexError) -> Int {
        try edit(PendingChange(.relabel, "'\(old)' to '\(new)'")) { try $0.relabel(old, to: new) }
    }

    /// Makes one transaction of `change`.
    func edit<R>(
        _ pending: PendingChange, _ body: (inout IndexChange) throws -> R
    ) throws(IndexError) -> R {
        let (result, number) = try writing { transaction in
            var change = try IndexChange(self, pending, in: transaction)
            let result = try body(&change)
            return (result, try change.finish())
        }
        if let number { pending.number = number }
        return result
    }

    private func named(_ names: [String], _ noun: String) -> String {
        names.count == 1 ? "\(noun) '\(names[0])'" : counted(names.count, noun)
    }

    func check(_ backbone: BackboneIdentity) throws(IndexError) {
        guard backbone.hash == self.backbone.hash else {
            throw .otherBackbone(expected: self.backbone, found: backbone)
        }
    }

    /// Items that can be added, with their embeddings.
    func check(
        _ items: [NewItem], _ embeddings: Matrix, _ backbone: BackboneIdentity
    ) throws(IndexError) {
        try check(backbone)
        guard items.count == embeddings.rows else {
            throw .countsDiffer(items: items.count, embeddings: embeddings.rows)
        }
        try check(embeddings)
        for item in items { try check(item) }
    }

    func check(_ item: NewItem) throws(IndexError) {
        try check(label: item.label)
        guard !item.source.isEmpty else { throw .emptySource }
    }

    func check(label: String) throws(IndexError) {
        guard (1...TextKey.limit).contains(label.utf8.count) else {
            throw .badLabel(label, limit: TextKey.limit)
        }
    }
}
