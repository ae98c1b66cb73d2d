import AkinBasics
import AkinItems
import AkinVectorSearch

/// A gallery as it was at one moment, whatever others change meanwhile; `PostgreSQLGallery.read` gives it, for as long as its
/// closure runs.
public final class PostgreSQLReader: GalleryReader {
    let gallery: PostgreSQLGallery
    private let lent: Connection
    /// Which state it sees; nil for what a change has made so far.
    public let state: GalleryState?
    /// Sends what a writer still keeps back.
    private let flush: () throws -> Void
    private var isOpen = true

    init(
        _ gallery: PostgreSQLGallery, _ connection: Connection, state: GalleryState?,
        flush: @escaping () throws -> Void = {}
    ) {
        self.gallery = gallery
        self.state = state
        self.flush = flush
        lent = connection
    }

    /// The transaction ends.
    func close() { isOpen = false }

    func connection() throws -> Connection {
        precondition(isOpen, "a reader of a gallery was used after its closure had returned")
        try flush()
        return lent
    }

    /// By what neighbours are near.
    public var metric: Metric { gallery.metric }
    /// Length of an embedding.
    public var dimension: Int { gallery.dimension }

    var damaged: PostgreSQLError { .damaged(gallery.address, part: "one of its items") }

    /// How many items there are; O(those).
    public var count: Int {
        get throws {
            try connection().run(
                "select count(*) from akin.items where index_id = $1", [.number(gallery.id)])[0, 0]
                .number ?? 0
        }
    }

    /// How many items each label has.
    public func labelCounts() throws -> [String: Int] {
        let rows = try connection().run(
            "select label, count(*) from akin.items where index_id = $1 group by label", [.number(gallery.id)]
        )
        return (0..<rows.count).reduce(into: [:]) { $0[rows[$1, 0].text ?? ""] = rows[$1, 1].number }
    }

    /// Nil if there is no item with this id.
    public func item(_ id: UInt64) throws -> Item? {
        guard let id = Int(exactly: id) else { return nil }
        return try connection().item("id = $2", gallery, [.number(id)])
    }

    /// Nil if there is no item from there.
    public func item(source: Source) throws -> Item? { try connection().item(source: source, gallery) }

    /// All items, or those of one label (none if there is no such), by ascending id.
    public func items(label: String?) throws -> [Item] {
        guard let label else { return try connection().items("true", gallery, []) }
        guard !label.utf8.contains(0) else { return [] }
        return try connection().items(
            "hashtextextended(label, 0) = hashtextextended($2, 0) and label = $2", gallery,
            [.text(label.composed)])
    }

    /// The items whose sources begin so.
    public func items(sourcePrefix prefix: String) throws -> [Item] {
        guard !prefix.utf8.contains(0) else { return [] }
        return try connection().items(
            "left(source, 250) ^@ left($2, 250) and starts_with(source, $2)", gallery, [.text(prefix)])
    }

    /// Calls `body` with every item and its embedding, by ascending id.
    public func forEachItem(_ body: (Item, UnsafeBufferPointer<Float>) throws -> Void) throws {
        try forEachPage { items, values in
            try values.withUnsafeBufferPointer { values in
                for (place, item) in items.enumerated() {
                    try body(item, .init(rebasing: values[place * dimension..<(place + 1) * dimension]))
                }
            }
        }
    }

    /// Calls `body` with some items at a time and their embeddings, `[items, dimension]`, by ascending id.
    ///
    /// - Parameter ids: Only those of these that there are; ascending.
    package func forEachPage(of ids: [UInt64]? = nil, _ body: ([Item], [Float]) throws -> Void) throws {
        // Some 8 MB.
        let size = max(1, min(8192, (8 << 20) / (4 * dimension)))
        var last = 0
        var start = 0
        while true {
            var choice = "i.id > \(last)"
            if let ids {
                guard start < ids.count else { return }
                let some = ids[start..<min(start + size, ids.count)]
                choice = "i.id = any('{\(some.map { "\($0)" }.joined(separator: ","))}'::bigint[])"
                start += size
            }
            var items: [Item] = []
            var values: [Float] = []
            values.reserveCapacity(size * dimension)
            try connection().copyOut(
                """
                copy (select \(Connection.itemColumns), e.embedding from akin.items i
                  \(Connection.itsEmbedding("i"))
                  where i.index_id = \(gallery.id) and \(choice) order by i.id limit \(size))
                to stdout (format binary)
                """, fields: 7
            ) { (fields) throws(PostgreSQLError) in
                guard let item = Item(fields), fields[6].appendVector(dimension, to: &values) else {
                    throw damaged
                }
                items.append(item)
            }
            if !items.isEmpty { try body(items, values) }
            guard ids == nil else { continue }
            guard items.count == size, let end = items.last else { return }
            last = Int(end.id)
        }
    }

    /// By which classifier the gallery is to be asked, and what is known of its answers, as an index in a folder keeps them; nil where
    /// there is none.
    package func answering() throws -> (classifier: [UInt8]?, calibration: [UInt8]?) {
        let row = try connection().run(
            "select classifier, calibration from akin.indexes where id = $1", [.number(gallery.id)])
        return (row[0, 0].array, row[0, 1].array)
    }
}

extension Connection {
    /// What `Item.init` takes.
    static let itemColumns = #"i.id, i.source, i.label, i."group", i.content, i.time"#

    /// `e`, the embedding of an item. A look at the key for each: joined as tables, after many items have come and before the
    /// server has counted them, each might be looked for among all of its index.
    static func itsEmbedding(_ item: String) -> String {
        """
        cross join lateral (select embedding from akin.embeddings
          where index_id = \(item).index_id and id = \(item).id offset 0) e
        """
    }

    /// The items of which something is true, by ascending id; `$1` is the gallery's number.
    func items(
        _ condition: String, _ gallery: PostgreSQLGallery, _ values: [SQLValue]
    ) throws(PostgreSQLError) -> [Item] {
        let rows = try run(
            "select \(Self.itemColumns) from akin.items i where index_id = $1 and \(condition) order by id",
            [.number(gallery.id)] + values)
        var items: [Item] = []
        items.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            guard let item = Item((0..<6).map { rows[row, $0] }) else {
                throw .damaged(address, part: "one of its items")
            }
            items.append(item)
        }
        return items
    }

    func item(
        _ condition: String, _ gallery: PostgreSQLGallery, _ values: [SQLValue]
    ) throws(PostgreSQLError) -> Item? {
        try items(condition, gallery, values).first
    }

    func item(source: Source, _ gallery: PostgreSQLGallery) throws(PostgreSQLError) -> Item? {
        guard !source.path.utf8.contains(0) else { return nil }
        return try item(Self.hasSource("$2"), gallery, [.text(source.path)])
    }

    /// That an item comes from there.
    static func hasSource(_ text: String) -> String {
        "source_hash1 = hashtextextended(\(text), 0) and source_hash2 = hashtextextended(\(text), 1) and source = \(text)"
    }
}

extension Item {
    /// Of `Connection.itemColumns`; nil if they are of none.
    init?(_ fields: [Field]) {
        guard let id = fields[0].number, id > 0, let source = fields[1].text, let label = fields[2].text,
            let content = ContentHash(fields[4]), let time = fields[5].time
        else { return nil }
        self.init(
            id: UInt64(id), label: label, source: Source(source), group: fields[3].text, contentHash: content,
            time: time)
    }
}
