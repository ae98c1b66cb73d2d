import AkinBasics
import AkinEmbedding
import AkinItems
import AkinVectorSearch
import Synchronization

extension PostgreSQLGallery {
    /// Makes an empty gallery that holds a backbone, and the tables where the database has none yet.
    ///
    /// - Parameters:
    ///   - metric: By default the one that the backbone is made for.
    ///   - password: As in `init(opening:)`.
    /// - Throws: `alreadyAnIndex` if there is one of this name; `notPermitted` for who does not own the tables.
    public static func create(
        at address: PostgreSQLAddress, backbone: any Backbone, metric: Metric.Kind? = nil,
        backbones: BackboneRegistry, password: (@Sendable (PostgreSQLAddress) -> String?)? = nil
    ) throws -> PostgreSQLGallery {
        try create(
            at: address, dimension: backbone.dimension, metric: metric ?? backbone.metric, backbone.identity,
            model: (type(of: backbone).format, backbone.bytes), backbones, password)
    }

    /// Makes an empty gallery for embeddings that something else makes.
    public static func create(
        at address: PostgreSQLAddress, dimension: Int, metric: Metric.Kind = .l2, backbone: BackboneIdentity,
        password: (@Sendable (PostgreSQLAddress) -> String?)? = nil
    ) throws -> PostgreSQLGallery {
        try create(
            at: address, dimension: dimension, metric: metric, backbone, model: nil, BackboneRegistry([]),
            password)
    }

    private static func create(
        at address: PostgreSQLAddress, dimension: Int, metric: Metric.Kind, _ backbone: BackboneIdentity,
        model: (format: String, bytes: [UInt8])?, _ backbones: BackboneRegistry,
        _ password: (@Sendable (PostgreSQLAddress) -> String?)?
    ) throws -> PostgreSQLGallery {
        guard (1...Schema.largestDimension).contains(dimension) else {
            throw PostgreSQLError.unsupportedDimension(dimension, limit: Schema.largestDimension)
        }
        let connections = Connections(address, password: password)
        let connection = try connections.takeNew()
        try connection.run("begin isolation level read committed, read write")
        // What fails ends the connection, and with it the transaction.
        try Schema(connection: connection).make()
        let name = SQLValue.text(address.index)
        guard try connection.run("select 1 from akin.indexes where name = $1", [name]).count == 0 else {
            throw PostgreSQLError.alreadyAnIndex(address)
        }
        try keep(backbone, model, connection)
        let made = try connection.run(
            """
            insert into akin.indexes (name, metric, dimension, backbone) values ($1, $2, $3::bigint, $4)
            on conflict (name) do nothing
            """,
            [name, .text(metric.rawValue), .number(dimension), .bytes(backbone.hash.bytes)])
        guard made.changed == 1 else { throw PostgreSQLError.alreadyAnIndex(address) }
        try connection.run("commit")
        return try PostgreSQLGallery(connections, backbones)
    }

    private static func keep(
        _ backbone: BackboneIdentity, _ model: (format: String, bytes: [UInt8])?, _ connection: Connection
    ) throws {
        let hash = SQLValue.bytes(backbone.hash.bytes)
        let isNew =
            try connection.run(
                """
                insert into akin.backbones (hash, name, format) values ($1, $2, $3)
                on conflict (hash) do update set name = excluded.name, format = excluded.format
                  where backbones.format is null and excluded.format is not null
                """,
                [
                    hash, .text(backbone.name.replacing("\0", with: "\u{FFFD}")), .group(model?.format),
                ]
            ).changed == 1
        guard isNew, let bytes = model?.bytes else { return }
        for (part, start) in stride(from: 0, to: bytes.count, by: 1 << 20).enumerated() {
            try connection.run(
                "insert into akin.backbone_parts (hash, part, bytes) values ($1, $2::bigint, $3)",
                [hash, .number(part), .bytes(Array(bytes[start..<min(start + 1 << 20, bytes.count)]))])
        }
    }

    /// The backbone that made the embeddings, for making more of them; fetched once.
    ///
    /// - Throws: `noBackbone` where the embeddings were imported; `unusableBackbone` where this machine cannot revive it.
    public var storedBackbone: any Backbone {
        get throws {
            if let known = fetched.withLock({ $0 }) { return known }
            let model = try read { reader in
                try Self.backbone(backbone.hash, try reader.connection(), backbones)
            }
            guard let model else { throw PostgreSQLError.noBackbone(address, name: backbone.name) }
            fetched.withLock { $0 = model }
            return model
        }
    }

    /// Nil where only its name is kept.
    static func backbone(
        _ hash: ContentHash, _ connection: Connection, _ backbones: BackboneRegistry
    ) throws(PostgreSQLError) -> (any Backbone)? {
        let address = connection.address
        let found = try connection.run(
            "select format from akin.backbones where hash = $1", [.bytes(hash.bytes)])
        guard found.count == 1, let format = found[0, 0].text else { return nil }
        let parts = try connection.run(
            "select bytes from akin.backbone_parts where hash = $1 order by part", [.bytes(hash.bytes)])
        var bytes: [UInt8] = []
        for part in 0..<parts.count { parts[part, 0].withBytes { bytes += $0 } }
        let model: any Backbone
        do { model = try backbones.backbone(format: format, bytes: bytes) } catch {
            throw .unusableBackbone(address, reason: "\(error)")
        }
        guard model.identity.hash == hash else { throw .damaged(address, part: "its backbone") }
        return model
    }
}
