import AkinNetworks
import AkinStorage
import AkinTensors

/// The tables of an index; `IndexFormat.md` says what is in them.
struct IndexTables: Sendable {
    let settings: Table<String, [UInt8]>
    let items: Table<UInt64, ItemRecord>
    let vectors: Table<UInt64, [UInt8]>
    let sources: Table<TextKey, UInt64>
    let labels: SetTable<TextKey>
    let groups: SetTable<TextKey>
    /// Empty in an index of format 1, as is the next.
    let changes: Table<UInt64, ChangeRecord>
    let undo: Table<UndoKey, UndoEntry>
    /// The graph's; empty where there is none.
    let codes: Table<UInt64, [UInt8]>
    let links: Table<UInt64, [UInt8]>
    let levels: Table<UInt64, [UInt8]>

    /// Nil if one that every index has does not exist and is not to be made.
    init?(_ environment: Environment, creating: Bool) throws(StorageError) {
        settings = try environment.possibleTable("settings")
        items = try environment.possibleTable("items")
        vectors = try environment.possibleTable("vectors")
        sources = try environment.possibleTable("sources")
        labels = try environment.possibleSetTable("labels")
        groups = try environment.possibleSetTable("groups")
        changes = try environment.possibleTable("changes")
        undo = try environment.possibleTable("undo")
        codes = try environment.possibleTable("codes")
        links = try environment.possibleTable("links")
        levels = try environment.possibleTable("levels")
        let first = [settings.name, items.name, vectors.name, sources.name, labels.name, groups.name]
        if creating { try environment.create(first + newer) }
        guard first.allSatisfy(environment.exists) else { return nil }
    }

    /// What format 2 added.
    var newer: [TableName] { [changes.name, undo.name, codes.name, links.name, levels.name] }

    /// A setting that is a number; nil if it is not set.
    func number(
        _ key: String, in transaction: borrowing some Transaction & ~Copyable, path: String
    ) throws -> UInt64? {
        guard let bytes = try settings.bytes(of: key, in: transaction) else { return nil }
        guard let number = UInt64(stored: bytes) else {
            throw IndexError.damagedSettings(path: path, key: key)
        }
        return number
    }

    /// The id of the next new item. It is above those of all others, or the index is damaged.
    func nextID(in transaction: borrowing some Transaction & ~Copyable, path: String) throws -> UInt64 {
        guard let id = try number(Setting.nextID, in: transaction, path: path),
            try items.last(in: transaction).map({ $0.key < id }) ?? true
        else { throw IndexError.damagedSettings(path: path, key: Setting.nextID) }
        return id
    }

    /// As `nextID`, of changes.
    func nextChange(in transaction: borrowing some Transaction & ~Copyable, path: String) throws -> UInt64 {
        let number = try number(Setting.nextChange, in: transaction, path: path) ?? 1
        guard try changes.last(in: transaction).map({ $0.key < number }) ?? true else {
            throw IndexError.damagedSettings(path: path, key: Setting.nextChange)
        }
        return number
    }

    /// Locks the index to a backbone.
    func set(_ checkpoint: Checkpoint, in transaction: borrowing WriteTransaction) throws {
        try set(Backbone(checkpoint), dimension: checkpoint.dimension, in: transaction)
    }

    /// Locks the index to a backbone, of which there may be no more than the name.
    func set(_ backbone: Backbone, dimension: Int, in transaction: borrowing WriteTransaction) throws {
        try settings.set(UInt64(dimension).stored, for: Setting.dimension, in: transaction)
        for (key, value) in backbone.settings { try settings.set(value, for: key, in: transaction) }
        let seal = try Setting.seal { try settings.value(of: $0, in: transaction) }
        try settings.set(seal, for: Setting.seal, in: transaction)
    }

    /// An item's record, which the other tables say there is.
    func record(
        _ id: UInt64, in transaction: borrowing some Transaction & ~Copyable, path: String
    ) throws -> ItemRecord {
        do throws(StorageError) {
            if let record = try items.value(of: id, in: transaction) { return record }
        } catch .malformed {
            // Said below, with the item's id.
        } catch {
            throw error
        }
        throw IndexError.damagedItem(path: path, id: id)
    }
}

/// The keys of table `settings`.
enum Setting {
    /// Version of the format: eight bytes, as are all numbers here.
    static let format = "format"
    static let dimension = "dimension"
    static let nextID = "next-id"
    /// So many rows belong to the graph; none if it is missing.
    static let graphRows = "graph-rows"
    /// What the graph was built with, and what its codes mean: a `GraphRecord`.
    static let graph = "graph"
    /// The number of the next change.
    static let nextChange = "next-change"
    /// How many changes can be undone; `EmbeddingIndex.historyLimit` if it is missing.
    static let historyLimit = "history-limit"
    /// The metric's name.
    static let metric = "metric"
    /// The safetensors file of the backbone.
    static let checkpoint = "checkpoint"
    /// The hash of architecture, weights and preprocessing, 32 hexadecimal digits.
    static let backbone = "backbone"
}
