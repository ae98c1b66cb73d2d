import AkinBasics
import AkinItems
import Foundation

extension PostgreSQLGallery {
    /// The changes that are kept, of whomever, the last one first.
    public func history() throws -> [Change] {
        try read { reader in
            try changes("true", [], try reader.connection()).map(\.change)
        }
    }

    /// Takes back the last change of this user (login name and PostgreSQL's role), in one transaction; called again, the one
    /// before. Items get back their old ids, labels and embeddings.
    ///
    /// - Throws: `nothingToUndo` if no change of this user is kept; `changedSince` where others have touched its items
    ///   since: then nothing is undone.
    /// - Returns: what was taken back.
    @discardableResult
    public func undo() throws -> Change {
        try transaction("begin isolation level read committed, read write") { connection in
            _ = try entry(connection, locked: true)
            let own = try changes(
                "login = $2 and role = session_user", [.text(loginName())], connection, limit: 1)
            guard let last = own.first else {
                throw PostgreSQLError.nothingToUndo(address, user: loginName())
            }
            let parameters: [SQLValue] = [
                .number(id), .number(Int(last.change.number)), .number(last.items.lowerBound),
                .number(last.items.upperBound),
            ]
            try checkUntouched(parameters, connection)
            for statement in Self.undoing { try connection.run(statement, parameters) }
            try commit(connection)
            return last.change
        }
    }

    private func changes(
        _ condition: String, _ values: [SQLValue], _ connection: Connection, limit: Int? = nil
    ) throws -> [(change: Change, items: Range<Int>)] {
        let rows = try connection.run(
            """
            select number, time, login, verb, summary, added, updated, removed, relabelled, first_item, next_item
            from akin.changes where index_id = $1 and \(condition) order by number desc
            """ + (limit.map { " limit \($0)" } ?? ""), [.number(id)] + values)
        return try (0..<rows.count).map { row in
            let numbers = [0, 5, 6, 7, 8, 9, 10].compactMap { rows[row, $0].number }
            guard numbers.count == 7, numbers[0] > 0, numbers[5] <= numbers[6], let time = rows[row, 1].time,
                let verb = rows[row, 3].text.flatMap(Change.Verb.init)
            else { throw PostgreSQLError.damaged(address, part: "its history") }
            var counts = Change.Counts()
            (counts.added, counts.updated) = (numbers[1], numbers[2])
            (counts.removed, counts.relabelled) = (numbers[3], numbers[4])
            let change = Change(
                number: UInt64(numbers[0]), time: time, user: rows[row, 2].text ?? "", verb: verb,
                summary: rows[row, 4].text ?? "", counts: counts)
            return (change, numbers[5]..<numbers[6])
        }
    }

    /// Throws where a later change has touched an item of this one, or given the source of one to another item.
    private func checkUntouched(_ parameters: [SQLValue], _ connection: Connection) throws {
        let rows = try connection.run(
            """
            select min(k.source) from akin.kept k
            where k.index_id = $1 and k.change > $2 and (k.id >= $3 and k.id < $4
              or exists (select from akin.kept o where o.index_id = $1 and o.change = $2 and o.id = k.id))
            group by k.id
            union
            select k.source from akin.kept k
              join akin.items i on i.index_id = $1 and i.source_hash1 = hashtextextended(k.source, 0)
                and i.source_hash2 = hashtextextended(k.source, 1) and i.source = k.source
            where k.index_id = $1 and k.change = $2 and not (i.id >= $3 and i.id < $4)
              and not exists (select from akin.kept o where o.index_id = $1 and o.change = $2 and o.id = i.id)
            order by 1
            """, parameters)
        guard rows.count > 0 else { return }
        let sources = (0..<min(3, rows.count)).map { Source(rows[$0, 0].text ?? "") }
        throw PostgreSQLError.changedSince(sources: sources, count: rows.count)
    }

    private static let undoing = [
        "delete from akin.items where index_id = $1 and id >= $3 and id < $4",
        "delete from akin.embeddings where index_id = $1 and id >= $3 and id < $4",
        """
        insert into akin.items (index_id, id, source, label, "group", content, time)
        select index_id, id, source, label, "group", content, time from akin.kept
        where index_id = $1 and change = $2
        on conflict (index_id, id) do update set source = excluded.source, label = excluded.label,
          "group" = excluded."group", content = excluded.content, time = excluded.time
        """,
        """
        insert into akin.embeddings (index_id, id, embedding)
        select index_id, id, embedding from akin.kept
        where index_id = $1 and change = $2 and embedding is not null
        on conflict (index_id, id) do update set embedding = excluded.embedding
        """,
        "delete from akin.kept where index_id = $1 and change = $2",
        "delete from akin.changes where index_id = $1 and number = $2",
        "update akin.indexes set state = state + 1 where id = $1",
    ]
}
