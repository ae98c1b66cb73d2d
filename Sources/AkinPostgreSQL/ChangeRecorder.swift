import AkinBasics
import AkinItems
import Foundation

/// Writes what a transaction changes into the history, in the same transaction.
struct ChangeRecorder {
    private let gallery: PostgreSQLGallery
    private let connection: Connection
    private let change: PendingChange
    private let limit: Int
    private let number: UInt64
    private let isNew: Bool
    /// What has this number or a higher one was added by the change itself: undoing removes it, however it was changed since.
    private let firstItem: UInt64
    var counts: Change.Counts
    /// Whether something was changed that the history does not tell.
    var hasOtherChanges = false

    init(
        _ gallery: PostgreSQLGallery, _ connection: Connection, _ change: PendingChange,
        _ entry: PostgreSQLGallery.Entry
    ) throws {
        (self.gallery, self.connection, self.change) = (gallery, connection, change)
        limit = entry.historyLimit
        counts = Change.Counts()
        // As long as nobody else has changed the gallery, it is one change.
        if let known = change.number, known + 1 == entry.nextChange {
            let rows = try connection.run(
                "select first_item from akin.changes where index_id = $1 and number = $2",
                [.number(gallery.id), .number(Int(known))])
            if rows.count == 1, let first = rows[0, 0].number {
                (number, isNew, firstItem) = (known, false, UInt64(first))
                return
            }
        }
        (number, isNew, firstItem) = (entry.nextChange, true, entry.nextItem)
    }

    /// Keeps an item as it is for `undo`, and counts what is done to it.
    mutating func keep(
        _ id: UInt64, withEmbedding: Bool, _ count: (inout Change.Counts) -> Void
    ) throws {
        count(&counts)
        guard limit > 0, id < firstItem else { return }
        // What was kept first is how it was; an embedding that is kept later is still the one of then.
        try connection.run(
            """
            insert into akin.kept (index_id, change, id, source, label, "group", content, time, embedding)
            select index_id, $3, id, source, label, "group", content, time,
              case when $4 = 1 then (select embedding from akin.embeddings where index_id = $1 and id = $2) end
            from akin.items where index_id = $1 and id = $2
            on conflict (index_id, change, id) do update set embedding = coalesce(kept.embedding, excluded.embedding)
            """,
            [.number(gallery.id), .number(Int(id)), .number(Int(number)), .number(withEmbedding ? 1 : 0)])
    }

    /// Writes the change, unless it changed nothing, and drops those that have become too old; the number of the change.
    func finish(time: Date, nextItem: UInt64) throws -> UInt64? {
        let isEmpty = counts.isEmpty
        guard !isEmpty || hasOtherChanges else { return nil }
        let nextChange = isEmpty ? "next_change" : "\(number + 1)"
        try connection.run(
            "update akin.indexes set state = state + 1, next_item = $2, next_change = \(nextChange) where id = $1",
            [.number(gallery.id), .number(Int(nextItem))])
        guard !isEmpty, limit > 0 else { return nil }
        try connection.run(
            """
            insert into akin.changes (index_id, number, time, login, verb, summary, added, updated, removed, relabelled,
              first_item, next_item)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            on conflict (index_id, number) do update set added = changes.added + excluded.added,
              updated = changes.updated + excluded.updated, removed = changes.removed + excluded.removed,
              relabelled = changes.relabelled + excluded.relabelled, next_item = excluded.next_item
            """,
            [
                .number(gallery.id), .number(Int(number)), .time(time), .text(loginName()),
                .text(change.verb.rawValue),
                // A text of PostgreSQL's has no character 0.
                .text(change.summary.replacing("\0", with: "\u{FFFD}")), .number(counts.added),
                .number(counts.updated), .number(counts.removed), .number(counts.relabelled),
                .number(Int(firstItem)), .number(Int(nextItem)),
            ])
        if isNew { try dropOldest() }
        return number
    }

    private func dropOldest() throws {
        let oldest = try connection.run(
            "select number from akin.changes where index_id = $1 order by number desc offset $2 limit 1",
            [.number(gallery.id), .number(limit)])
        guard oldest.count == 1, let last = oldest[0, 0].number else { return }
        for (table, column) in [("kept", "change"), ("changes", "number")] {
            try connection.run(
                "delete from akin.\(table) where index_id = $1 and \(column) <= $2",
                [.number(gallery.id), .number(last)])
        }
    }
}
