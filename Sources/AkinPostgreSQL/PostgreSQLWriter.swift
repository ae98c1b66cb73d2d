import AkinBasics
import AkinEmbedding
import AkinItems
import Foundation

/// Changes of a gallery that come into effect together, when the closure that they are given to returns;
/// `PostgreSQLGallery.write` gives it, for as long as its closure runs.
///
/// New items are kept back and sent together. A method that throws may have done a part of its work: let its error end the
/// closure, and nothing is changed.
public final class PostgreSQLWriter: GalleryWriter {
    private let gallery: PostgreSQLGallery
    private let connection: Connection
    private let pending: PendingItems
    private var recorder: ChangeRecorder
    private var entry: PostgreSQLGallery.Entry
    /// The number of the first new item.
    private let begun: UInt64
    /// When all that it enters came.
    private let time = Date()
    /// The gallery as the writer has made it so far; not for searching.
    public let current: PostgreSQLReader

    /// Waits for other writers.
    init(_ gallery: PostgreSQLGallery, _ connection: Connection, _ change: PendingChange) throws {
        (self.gallery, self.connection) = (gallery, connection)
        entry = try gallery.entry(connection, locked: true)
        begun = entry.nextItem
        recorder = try ChangeRecorder(gallery, connection, change, entry)
        let pending = PendingItems(gallery, connection)
        self.pending = pending
        current = PostgreSQLReader(gallery, connection, state: nil) { try pending.send() }
    }

    /// Which backbone made the embeddings.
    public var backbone: BackboneIdentity { gallery.backbone }

    /// Whether the gallery never had an item.
    public var hasHadNoItem: Bool { entry.nextItem == 1 }

    /// Adds an item, or replaces what the one of the same source is. Its embedding must fit the gallery.
    public func put(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>
    ) throws -> PutOutcome {
        try item.checkTexts()
        guard let old = try find(item.source) else {
            try Item.checkNumbers(1, from: entry.nextItem)
            try append(item, entry.nextItem, contentHash, vector)
            return .added
        }
        if old.isSame(item, contentHash: contentHash) { return .unchanged }
        try recorder.keep(old.id, withEmbedding: true) { $0.updated += 1 }
        try update(
            old.id, "label = $3, \"group\" = $4, content = $5, time = $6",
            [
                .text(item.label), .group(item.group), .bytes(contentHash.bytes), .time(time),
            ])
        try connection.run(
            "update akin.embeddings set embedding = ($3::real[])::vector where index_id = $1 and id = $2",
            [.number(gallery.id), .number(Int(old.id)), .floats(Array(vector))])
        return .updated
    }

    /// Gives the item of a source another label and group, if it still has this content; nil if not.
    public func describe(_ item: NewItem, contentHash: ContentHash) throws -> PutOutcome? {
        try item.checkTexts()
        guard let old = try find(item.source), old.contentHash == contentHash else { return nil }
        if old.isSame(item, contentHash: contentHash) { return .unchanged }
        try recorder.keep(old.id, withEmbedding: false) { $0.updated += 1 }
        try update(old.id, "label = $3, \"group\" = $4", [.text(item.label), .group(item.group)])
        return .updated
    }

    /// Gives an item another source, label and group; false if there is no such item. Who has that source is removed
    /// before, or moved within the same `write`.
    public func moveItem(_ id: UInt64, to item: NewItem) throws -> Bool {
        try item.checkTexts()
        guard try current.item(id) != nil else { return false }
        try recorder.keep(id, withEmbedding: false) { $0.updated += 1 }
        try update(
            id, "source = $3, label = $4, \"group\" = $5",
            [
                .text(item.source.path), .text(item.label), .group(item.group),
            ])
        return true
    }

    /// False if there is no such item.
    public func relabelItem(_ id: UInt64, to label: String) throws -> Bool {
        let label = label.composed
        try NewItem.checkText(label)
        guard let old = try current.item(id) else { return false }
        guard old.label != label else { return true }
        try recorder.keep(id, withEmbedding: false) { $0.relabelled += 1 }
        try update(id, "label = $3", [.text(label)])
        return true
    }

    /// False if there is no such item.
    public func removeItem(_ id: UInt64) throws -> Bool {
        guard try current.item(id) != nil else { return false }
        try recorder.keep(id, withEmbedding: true) { $0.removed += 1 }
        for table in ["items", "embeddings"] {
            try connection.run(
                "delete from akin.\(table) where index_id = $1 and id = $2",
                [.number(gallery.id), .number(Int(id))])
        }
        return true
    }

    /// Adds many items at once, or nothing if the source of one is there already: the position of that item in the batch, nil if
    /// all is well.
    public func add(_ batch: ItemBatch, keepingIDs: Bool) throws -> Int? {
        let items = (0..<batch.count).map(batch.item)
        var sources: Set<Source> = []
        for (position, item) in items.enumerated() {
            try item.checkTexts()
            guard sources.insert(item.source).inserted else { return position }
        }
        try pending.send()
        let known = try connection.run(
            """
            select n - 1 from unnest($2::text[]) with ordinality as u(path, n)
            where exists (select from akin.items where index_id = $1 and \(Connection.hasSource("u.path")))
            order by n limit 1
            """, [.number(gallery.id), .texts(items.map(\.source.path))])
        if known.count > 0 { return known[0, 0].number }
        // Others may have added items since it was asked whether numbers can be kept.
        let keepingIDs = keepingIDs && (batch.id(0) ?? 0) >= entry.nextItem
        if !keepingIDs { try Item.checkNumbers(items.count, from: entry.nextItem) }
        for (position, item) in items.enumerated() {
            let vector = batch.vector(position, dimension: gallery.dimension)
            try append(
                item, (keepingIDs ? batch.id(position) : nil) ?? entry.nextItem,
                batch.contentHashes[position],
                vector)
        }
        return nil
    }

    /// By which classifier the gallery is to be asked, and what is known of its answers, as an index in a folder keeps them. Not a
    /// change that can be undone.
    package func setAnswering(classifier: [UInt8]?, calibration: [UInt8]?) throws {
        recorder.hasOtherChanges = true
        func bytes(_ record: [UInt8]?) -> SQLValue { record.map { .bytes($0) } ?? .null }
        try connection.run(
            "update akin.indexes set classifier = $2, calibration = $3 where id = $1",
            [.number(gallery.id), bytes(classifier), bytes(calibration)])
    }

    /// Sends what is still kept back, and writes the history; the number of the change, if it is one. To be called once, at the
    /// end.
    func finish() throws -> UInt64? {
        try pending.send()
        // The server would look for each item among all, until it has counted them by itself: whenever they have doubled.
        // For who does not own the tables it does nothing.
        if entry.nextItem > 1000, entry.nextItem.leadingZeroBitCount < begun.leadingZeroBitCount {
            try connection.run("analyze akin.items, akin.embeddings")
        }
        return try recorder.finish(time: time, nextItem: entry.nextItem)
    }

    private func find(_ source: Source) throws -> Item? {
        if pending.has(source) { try pending.send() }
        return try connection.item(source: source, gallery)
    }

    private func append(
        _ item: NewItem, _ id: UInt64, _ contentHash: ContentHash, _ vector: some Collection<Float>
    ) throws {
        try pending.append(item, id, contentHash, time, vector)
        entry.nextItem = id + 1
        recorder.counts.added += 1
    }

    private func update(_ id: UInt64, _ what: String, _ values: [SQLValue]) throws {
        try connection.run(
            "update akin.items set \(what) where index_id = $1 and id = $2",
            [.number(gallery.id), .number(Int(id))] + values)
    }
}

extension SQLValue {
    static func group(_ group: String?) -> SQLValue { group.map { .text($0) } ?? .null }
}

/// New items that are sent together, as `COPY` takes them.
private final class PendingItems {
    private let gallery: PostgreSQLGallery
    private let connection: Connection
    private var items = CopyRows()
    private var embeddings = CopyRows()
    private var sources: Set<Source> = []

    init(_ gallery: PostgreSQLGallery, _ connection: Connection) {
        (self.gallery, self.connection) = (gallery, connection)
    }

    func has(_ source: Source) -> Bool { sources.contains(source) }

    func append(
        _ item: NewItem, _ id: UInt64, _ contentHash: ContentHash, _ time: Date,
        _ vector: some Collection<Float>
    ) throws {
        sources.insert(item.source)
        items.begin(7)
        items.append(int: gallery.id)
        items.append(.number(Int(id)))
        items.append(.text(item.source.path))
        items.append(.text(item.label))
        items.append(.group(item.group))
        items.append(.bytes(contentHash.bytes))
        items.append(.time(time))
        embeddings.begin(3)
        embeddings.append(int: gallery.id)
        embeddings.append(.number(Int(id)))
        embeddings.append(vector: vector)
        if items.bytes.count + embeddings.bytes.count > 16 << 20 { try send() }
    }

    func send() throws {
        guard !sources.isEmpty else { return }
        items.finish()
        embeddings.finish()
        try connection.copy(
            "copy akin.items (index_id, id, source, label, \"group\", content, time) from stdin (format binary)",
            items)
        try connection.copy(
            "copy akin.embeddings (index_id, id, embedding) from stdin (format binary)", embeddings)
        (items, embeddings, sources) = (CopyRows(), CopyRows(), [])
    }
}
