import AkinBasics
import AkinEmbedding
import AkinItems
import AkinTensors
import AkinVectorSearch

/// Each as the method of the reader, on the index as it is now.
extension EmbeddingIndex {
    /// How many items there are; O(1).
    public var count: Int { get throws { try read { try $0.count } } }

    /// O(labels), and the beginnings of the graph's blocks.
    public func stats() throws -> IndexStats { try read { try $0.stats() } }

    /// All items, or those of one label (none if there is no such), by ascending id.
    public func items(label: String? = nil) throws -> [Item] { try read { try $0.items(label: label) } }

    /// Nil if there is no item with this id.
    public func item(_ id: UInt64) throws -> Item? { try read { try $0.item(id) } }

    /// Nil if there is no item from there.
    public func item(source: Source) throws -> Item? { try read { try $0.item(source: source) } }

    /// Every item with its embedding, `[items, dimension]`, by ascending id.
    public func labelled() throws -> (items: [Item], embeddings: Matrix) { try read { try $0.labelled() } }

    /// As `IndexReader.neighbours`.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion] = [], filter: ItemFilter = ItemFilter(),
        method: SearchMethod = .automatic
    ) throws -> [[Neighbour]] {
        try read {
            try $0.neighbours(of: queries, k: k, excluding: excluding, filter: filter, method: method)
        }
    }

    /// The changes that can be undone, the last one first.
    public func history() throws -> [Change] { try read { try $0.history() } }

    /// As `IndexReader.undone`.
    public func undone() throws -> [Change] { try read { try $0.undone() } }

    /// How many changes are kept at most.
    public var historyLimit: Int { get throws { try read { try $0.historyLimit } } }

    /// As `IndexReader.classifierRecord`.
    public var classifierRecord: [UInt8]? { get throws { try read { try $0.classifierRecord } } }

    /// As `IndexReader.calibrationRecord`.
    public var calibrationRecord: [UInt8]? { get throws { try read { try $0.calibrationRecord } } }

    /// As `IndexReader.onePoint`.
    public func onePoint() throws -> OnePoint? { try read { try $0.onePoint() } }

    /// As `IndexReader.searchTimes`.
    public func searchTimes() throws -> SearchTimes? { try read { try $0.searchTimes() } }
}

/// Each as the method of the writer, as a change of its own.
extension EmbeddingIndex {
    /// Adds items whose embeddings, `[items, dimension]`, were made elsewhere by this index's backbone; an item
    /// whose source is there already is replaced. A transaction for each 64 MB.
    @discardableResult
    public func add(
        _ items: [NewItem], embeddings: Matrix, backbone: BackboneIdentity
    ) throws -> AddReport {
        try add(
            items, embeddings: embeddings, backbone: backbone,
            as: PendingChange(.add, counted(items.count, "item")))
    }

    /// As the above; in the history it is a part of `change`.
    @discardableResult
    package func add(
        _ items: [NewItem], embeddings: Matrix, backbone: BackboneIdentity, as change: PendingChange
    ) throws -> AddReport {
        try check(backbone)
        try NewItem.check(items, embeddings, dimension: dimension)
        let began = ContinuousClock.now
        var counts = ChangeCounts()
        let step = max(1, (64 << 20) / (4 * dimension))
        for start in stride(from: 0, to: items.count, by: step) {
            try write(change) { writer in
                for position in start..<min(start + step, items.count) {
                    counts.count(try writer.put(items[position], embeddings[position]))
                }
            }
        }
        return AddReport(
            counts, keptLabels: 0, blank: [], skipped: [], embedded: counts.added + counts.updated,
            since: began)
    }

    /// Removes items, all or (if there is no such item) none; how many.
    @discardableResult
    public func remove(ids: [UInt64]) throws -> Int {
        try write(PendingChange(.remove, counted(Set(ids).count, "item"))) { try $0.remove(ids: ids) }
    }

    /// Removes all items of these labels, or (if there is no such label) none; how many.
    @discardableResult
    public func remove(labels: [String]) throws -> Int {
        try write(PendingChange(.remove, named(labels, "label"))) { try $0.remove(labels: labels) }
    }

    /// Removes the items of these sources, all or (if there is no such source) none; how many.
    @discardableResult
    public func remove(sources: [Source]) throws -> Int {
        try write(PendingChange(.remove, named(sources.map(\.path), "source"))) {
            try $0.remove(sources: sources)
        }
    }

    /// Gives items another label, all or (if there is no such item) none; how many.
    @discardableResult
    public func relabel(ids: [UInt64], to label: String) throws -> Int {
        let summary = "\(counted(Set(ids).count, "item")) to '\(label)'"
        return try write(PendingChange(.relabel, summary)) { try $0.relabel(ids: ids, to: label) }
    }

    /// Gives all items of a label another; how many.
    @discardableResult
    public func relabel(_ old: String, to new: String) throws -> Int {
        try write(PendingChange(.relabel, "'\(old)' to '\(new)'")) { try $0.relabel(old, to: new) }
    }

    private func named(_ names: [String], _ noun: String) -> String {
        names.count == 1 ? "\(noun) '\(names[0])'" : counted(names.count, noun)
    }
}

/// What is done with the history.
extension EmbeddingIndex {
    /// Takes back the last change, in one transaction; called again, the one before. Items get back their old ids,
    /// labels and embeddings. What was taken back is kept for `redo` until there is another change.
    ///
    /// Taking back a `rebuild` gives the index its old backbone: this object then throws `rebuilt`, as do all others
    /// that were opened with the new one; open the index again.
    ///
    /// - Parameter mayEmpty: Whether it may be the change that has put the first items into the index.
    /// - Throws: `nothingToUndo` if there is no change, or none is kept; `wouldBeEmpty` where no item would be left and that may not be.
    /// - Returns: what was taken back.
    @discardableResult
    public func undo(mayEmpty: Bool = true) throws(IndexError) -> Change {
        try home.write { (access) throws(IndexError) in try access.undoLast(mayEmpty: mayEmpty) }
    }

    /// Makes again what was taken back last, in one transaction; called again, what was taken back before that. Items have the ids,
    /// labels and embeddings again that they had after the change, which has its place in the history again; nothing is embedded.
    ///
    /// A `rebuild` gives the index its newer backbone again: this object then throws `rebuilt`, as after taking it back.
    ///
    /// - Throws: `nothingToRedo` if nothing was taken back, or there was another change since.
    /// - Returns: what was made again.
    @discardableResult
    public func redo() throws(IndexError) -> Change {
        try home.write { (access) throws(IndexError) in try access.redoNext() }
    }

    /// Keeps as many changes from now on, those that were taken back among them, and drops older ones at once; 0 keeps no
    /// history.
    ///
    /// What is kept of a change is what it removed or replaced; of items that it added, nothing but their ids, unless it was taken back.
    /// Room that is given free is used again; `compact` gives it back to the disk.
    public func setHistoryLimit(_ limit: Int) throws(IndexError) {
        let limit = max(0, limit)
        try home.write(leavingItems: true) { (access) throws(IndexError) in
            try access.set(UInt64(limit), for: Setting.historyLimit)
            try access.dropChanges(keeping: limit)
            try access.dropUndone(keeping: limit - access.current.count(of: access.tables.changes))
        }
    }
}

/// How it answers.
extension EmbeddingIndex {
    /// Keeps in the index by which classifier it is to be asked, in whatever form; nil: nobody has chosen one. Not a
    /// change that can be undone; what was taken back before it is forgotten.
    public func setClassifierRecord(_ record: [UInt8]?) throws(IndexError) {
        try home.write { (access) throws(IndexError) in
            try access.dropUndone()
            try access.setAnswering(record, try access.current.calibrationRecord)
        }
    }

    /// Keeps what a classifier has fitted to the items as they are, in whatever form, until items or answers change. Not a change that can be
    /// undone.
    ///
    /// - Parameter fit: Makes it of the items, while no other writes; nil: nothing is kept.
    public func keepFit(_ fit: (IndexReader) throws -> [UInt8]?) throws {
        try home.write(failing: { $0 as any Error }) { access in
            guard let record = try fit(access.current) else { return }
            var bytes = ChecksummedBytes()
            bytes.append(contentsOf: record)
            try access.set(bytes.sealed(), for: 0, in: access.tables.fit)
        }
    }

    /// Keeps in the index by which classifier it is to be asked, and what is known of its answers, in whatever form: a change that
    /// `undo` takes back; a `rebuild` forgets the second.
    public func setAnswering(
        classifier: [UInt8]?, calibration: [UInt8]?, as change: PendingChange
    ) throws(IndexError) {
        try home.write { (access) throws(IndexError) in
            var recorder = try ChangeRecorder(change, access, nextID: access.current.nextID)
            try recorder?.keep(access.answering)
            try access.setAnswering(classifier, calibration)
            _ = try recorder?.finish()
        }
    }
}

/// For tests of what lies below the items.
extension EmbeddingIndex {
    /// Moves all vectors together, in the order of their items' ids; no dead row is left, and no graph. O(items).
    package func repack() throws(IndexError) {
        try home.write(leavingItems: true) { (access) throws(IndexError) in
            try home.read { (before) throws(IndexError) in try access.repack(from: before) }
        }
    }
}
