import AkinStorage

/// The tables of an index; `IndexFormat.md` says what is in them.
struct IndexTables: Sendable {
    let settings: Table<String, [UInt8]>
    let items: Table<UInt64, ItemRecord>
    let vectors: Table<UInt64, [UInt8]>
    let sources: Table<TextKey, UInt64>
    let labels: SetTable<TextKey>
    let groups: SetTable<TextKey>

    /// Nil if one of them does not exist and is not to be made.
    init?(_ environment: Environment, creating: Bool) throws(StorageError) {
        guard let settings: Table<String, [UInt8]> = try environment.table("settings", creating: creating),
            let items: Table<UInt64, ItemRecord> = try environment.table("items", creating: creating),
            let vectors: Table<UInt64, [UInt8]> = try environment.table("vectors", creating: creating),
            let sources: Table<TextKey, UInt64> = try environment.table("sources", creating: creating),
            let labels: SetTable<TextKey> = try environment.setTable("labels", creating: creating),
            let groups: SetTable<TextKey> = try environment.setTable("groups", creating: creating)
        else { return nil }
        self.settings = settings
        self.items = items
        self.vectors = vectors
        self.sources = sources
        self.labels = labels
        self.groups = groups
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
    /// Version of the format: eight bytes, as are `dimension` and `nextID`.
    static let format = "format"
    static let dimension = "dimension"
    static let nextID = "next-id"
    /// The metric's name.
    static let metric = "metric"
    /// The safetensors file of the backbone.
    static let checkpoint = "checkpoint"
    /// The hash of architecture, weights and preprocessing, 32 hexadecimal digits.
    static let backbone = "backbone"
}
