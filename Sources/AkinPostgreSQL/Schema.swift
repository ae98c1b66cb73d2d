import Foundation

/// The tables in which galleries live; the article "Sharing an index" says what is in them.
struct Schema {
    let connection: Connection

    /// The version that this program makes, and the newest that it knows.
    static let version = 1
    /// pgvector's first version that measures all that Akin does.
    static let oldestPgvector = "0.7.0"
    /// pgvector's longest vector.
    static let largestDimension = 16_000

    private var address: PostgreSQLAddress { connection.address }

    /// Looks whether the database can be used, and lets statements find pgvector wherever it was put and nothing else.
    ///
    /// - Returns: Whether Akin's tables are there.
    func check() throws(PostgreSQLError) -> Bool {
        let found = try connection.run(
            """
            select current_setting('server_encoding'),
              (select extversion from pg_extension where extname = 'vector'),
              (select set_config('search_path', 'pg_catalog, ' || quote_ident(n.nspname), false)
                 from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector'),
              to_regnamespace('akin')::text, to_regclass('akin.version')::text,
              (select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'akin')
            """)
        guard let encoding = found[0, 0].text, encoding == "UTF8" else {
            throw .wrongEncoding(address, found: found[0, 0].text ?? "")
        }
        let isMade = found[0, 3].text != nil
        if isMade {
            // Another program's table may have that name too.
            guard found[0, 4].text != nil, found[0, 5].text == Self.mark else {
                throw .foreignTables(address)
            }
            try checkVersion()
        }
        if let version = found[0, 1].text {
            let isOld = version.compare(Self.oldestPgvector, options: .numeric) == .orderedAscending
            if isOld { throw .oldPgvector(address, found: version, needed: Self.oldestPgvector) }
        } else if isMade {
            throw .noPgvector(address, canBeMade: true)
        }
        return isMade
    }

    private func checkVersion() throws(PostgreSQLError) {
        guard let version = try connection.run("select number from akin.version")[0, 0].number else {
            throw .damaged(address, part: "its version")
        }
        guard version <= Self.version else {
            throw .newerSchema(address, found: version, supported: Self.version)
        }
    }

    /// Makes the tables, within a transaction, where they are not there; adds pgvector where the server has it.
    func make() throws(PostgreSQLError) {
        // Two who do so at once: the second waits, and finds them made.
        try connection.run("select pg_advisory_xact_lock(7310293810)")
        guard try !check() else { return }
        if try connection.run("select 1 from pg_extension where extname = 'vector'").count == 0 {
            guard
                try connection.run("select 1 from pg_available_extensions where name = 'vector'").count > 0
            else { throw .noPgvector(address, canBeMade: false) }
            do throws(PostgreSQLError) { try connection.run("create extension vector") } catch .notPermitted {
                throw .noPgvector(address, canBeMade: true)
            }
            _ = try check()
        }
        for statement in Self.statements { try connection.run(statement) }
    }

    /// The comment on the schema: that Akin has made it.
    private static let mark =
        "Indexes of Akin, a toolkit for recognising things of which there are few pictures"

    /// Texts are compared byte by byte, and found by hashes: a B-tree ends at 2,700 bytes. The large tables have no foreign
    /// keys, which would be looked up for every row.
    private static let statements = [
        "create schema akin", "comment on schema akin is '\(mark)'",
        "create table akin.version (number int not null)", "insert into akin.version values (\(version))",
        """
        create table akin.backbones (
          hash bytea primary key check (length(hash) = 16),
          name text not null,
          format text)
        """,
        """
        create table akin.backbone_parts (
          hash bytea not null references akin.backbones,
          part int not null,
          bytes bytea not null,
          primary key (hash, part))
        """,
        """
        create table akin.indexes (
          id int generated always as identity primary key,
          name text collate "C" not null unique,
          identity uuid not null default gen_random_uuid(),
          metric text not null,
          dimension int not null,
          backbone bytea not null references akin.backbones,
          next_item bigint not null default 1,
          next_change bigint not null default 1,
          state bigint not null default 1,
          history_limit int not null default 100,
          classifier bytea,
          calibration bytea)
        """,
        """
        create table akin.items (
          index_id int not null,
          id bigint not null,
          source text collate "C" not null,
          label text collate "C" not null,
          "group" text collate "C",
          content bytea not null check (length(content) = 16),
          time timestamptz not null,
          source_hash1 bigint not null generated always as (hashtextextended(source, 0)) stored,
          source_hash2 bigint not null generated always as (hashtextextended(source, 1)) stored,
          primary key (index_id, id),
          unique (index_id, source_hash1, source_hash2) deferrable initially deferred)
        """,
        "create index items_by_label on akin.items (index_id, hashtextextended(label, 0))",
        #"create index items_by_group on akin.items (index_id, hashtextextended("group", 0)) where "group" is not null"#,
        "create index items_by_path on akin.items (index_id, left(source, 250))",
        """
        create table akin.embeddings (
          index_id int not null,
          id bigint not null,
          embedding vector not null,
          primary key (index_id, id))
        """,
        // Within its row, as far as a page goes: a search reads them all.
        "alter table akin.embeddings set (toast_tuple_target = 8160)",
        """
        create table akin.changes (
          index_id int not null,
          number bigint not null,
          time timestamptz not null,
          login text not null,
          role text not null default session_user,
          verb text not null,
          summary text not null,
          added bigint not null,
          updated bigint not null,
          removed bigint not null,
          relabelled bigint not null,
          first_item bigint not null,
          next_item bigint not null,
          primary key (index_id, number))
        """,
        """
        create table akin.kept (
          index_id int not null,
          change bigint not null,
          id bigint not null,
          source text collate "C" not null,
          label text collate "C" not null,
          "group" text collate "C",
          content bytea not null,
          time timestamptz not null,
          embedding vector,
          primary key (index_id, change, id))
        """,
        """
        create view akin.catalogue as
          select x.name as index, i.id, i.source, i.label, i."group", i.time, e.embedding
          from akin.indexes x join akin.items i on i.index_id = x.id
            join akin.embeddings e on e.index_id = i.index_id and e.id = i.id
        """,
        """
        create view akin.labels as
          select x.name as index, i.label, count(*) as items
          from akin.indexes x join akin.items i on i.index_id = x.id group by x.name, i.label
        """,
    ]
}
