import AkinBasics
import AkinEmbedding
import AkinItems
import AkinVectorSearch
import Synchronization

/// A gallery in PostgreSQL with pgvector, which any number of machines share.
///
/// A `read` is a transaction that sees one moment (`repeatable read`), a `write` one that other writers of the same index wait
/// for. Searching is exact, and gives the neighbours that an index in a folder gives.
public final class PostgreSQLGallery: Gallery {
    /// Where it lies.
    public let address: PostgreSQLAddress
    /// Which backbone made the embeddings.
    public let backbone: BackboneIdentity
    /// By what neighbours are near.
    public let metric: Metric
    /// Length of an embedding.
    public let dimension: Int
    /// Tells it from all others, whatever they are called: 36 characters.
    package let identity: String
    let id: Int
    /// Of galleries in this process.
    private let number = PostgreSQLGallery.opened.add(1, ordering: .relaxed).newValue
    private let connections: Connections
    /// What embeds, once it was fetched.
    let fetched = Mutex<(any Backbone)?>(nil)
    let backbones: BackboneRegistry
    let largestNorm = Mutex<(state: GalleryState, norms: Norms)?>(nil)

    private static let opened = Atomic<Int>(0)

    /// Opens the gallery at an address.
    ///
    /// - Parameters:
    ///   - backbones: The kinds of backbones that it may hold.
    ///   - password: Asked for the password where the server wants one and neither `~/.pgpass` nor a service file has it.
    public convenience init(
        opening address: PostgreSQLAddress, backbones: BackboneRegistry,
        password: (@Sendable (PostgreSQLAddress) -> String?)? = nil
    ) throws(PostgreSQLError) {
        try self.init(Connections(address, password: password), backbones)
    }

    init(_ connections: Connections, _ backbones: BackboneRegistry) throws(PostgreSQLError) {
        let address = connections.address
        let connection = try connections.take()
        guard try Schema(connection: connection).check() else { throw .noIndex(address, others: []) }
        let found = try connection.run(
            """
            select x.id, x.identity::text, x.metric, x.dimension, b.hash, b.name
            from akin.indexes x join akin.backbones b on b.hash = x.backbone where x.name = $1
            """, [.text(address.index)])
        guard found.count == 1 else {
            let others = try connection.run("select name from akin.indexes order by name limit 100")
            throw .noIndex(address, others: (0..<others.count).compactMap { others[$0, 0].text })
        }
        guard let id = found[0, 0].number, let identity = found[0, 1].text,
            let kind = found[0, 2].text.flatMap(Metric.Kind.init), let dimension = found[0, 3].number,
            (1...Schema.largestDimension).contains(dimension), let hash = ContentHash(found[0, 4]),
            let name = found[0, 5].text
        else { throw .damaged(address, part: "its entry in akin.indexes") }
        backbone = BackboneIdentity(name: name, hash: hash)
        let model = try Metric(kind) == nil ? Self.backbone(hash, connection, backbones) : nil
        guard let metric = Metric(kind, learned: model?.learnedL1) else {
            throw .damaged(address, part: "its backbone")
        }
        (self.address, self.id, self.identity, self.dimension, self.metric) =
            (address, id, identity, dimension, metric)
        (self.connections, self.backbones) = (connections, backbones)
        if let model { fetched.withLock { $0 = model } }
        connections.giveBack(connection)
    }

    /// Calls `body` with a view of the gallery as it is now; no later change shows in it. The reader must not be used after
    /// that.
    ///
    /// - Throws: What `body` throws, and `PostgreSQLError`.
    public func read<R>(_ body: (PostgreSQLReader) throws -> R) throws -> R {
        let begin = "begin isolation level repeatable read, read only"
        return try transaction(begin) { connection in
            let reader = PostgreSQLReader(self, connection, state: try entry(connection).state)
            defer { reader.close() }
            let result = try body(reader)
            try connection.run("commit")
            return result
        }
    }

    /// Calls `body` with what changes the gallery: one transaction. Other writers wait.
    ///
    /// - Throws: What `body` throws, and `PostgreSQLError`.
    public func write<R>(_ change: PendingChange, _ body: (PostgreSQLWriter) throws -> R) throws -> R {
        try transaction("begin isolation level read committed, read write") { connection in
            let writer = try PostgreSQLWriter(self, connection, change)
            defer { writer.current.close() }
            let result = try body(writer)
            let number = try writer.finish()
            try commit(connection)
            if let number { change.number = number }
            return result
        }
    }

    /// Confirms a change. Where the link breaks then, nobody knows whether it came to that.
    func commit(_ connection: Connection) throws(PostgreSQLError) {
        do throws(PostgreSQLError) { try connection.run("commit") } catch .linkBroken(let address, _) {
            throw .linkBroken(address, committing: true)
        }
    }

    /// Lends a connection with a transaction that has begun. It is rolled back if `body` throws. A connection that has
    /// broken since it was used is replaced by a new one.
    func transaction<R>(_ begin: String, _ body: (Connection) throws -> R) throws -> R {
        var connection = try connections.take()
        do throws(PostgreSQLError) { try connection.run(begin) } catch .linkBroken {
            connection = try connections.takeNew()
            _ = try Schema(connection: connection).check()
            try connection.run(begin)
        }
        defer { connections.giveBack(connection) }
        do { return try body(connection) } catch {
            _ = try? connection.run("rollback")
            throw error
        }
    }

    /// Numbers of the gallery's own entry, as they are now.
    func entry(
        _ connection: Connection, locked: Bool = false
    ) throws(PostgreSQLError) -> Entry {
        let rows = try connection.run(
            "select state, next_item, next_change, history_limit from akin.indexes where id = $1"
                + (locked ? " for update" : ""), [.number(id)])
        guard rows.count == 1 else { throw .noIndex(address, others: []) }
        guard let state = rows[0, 0].number, let item = rows[0, 1].number, let change = rows[0, 2].number,
            let limit = rows[0, 3].number, item > 0, change > 0
        else { throw .damaged(address, part: "its entry in akin.indexes") }
        // Other homes of galleries have numbers of their own.
        return Entry(
            state: GalleryState(gallery: .max - number, number: state), nextItem: UInt64(item),
            nextChange: UInt64(change), historyLimit: limit)
    }

    struct Entry {
        let state: GalleryState
        var nextItem: UInt64
        var nextChange: UInt64
        let historyLimit: Int
    }
}
