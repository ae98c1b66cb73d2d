import AkinStorage

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
    /// Changes that were taken back, and what is needed to make them again; empty in an index of a format before 7.
    let undone: Table<UInt64, ChangeRecord>
    let redo: Table<UndoKey, UndoEntry>
    /// The graph's; empty where there is none.
    let codes: Table<UInt64, [UInt8]>
    let links: Table<UInt64, [UInt8]>
    let levels: Table<UInt64, [UInt8]>
    let shared: Table<UInt64, [UInt8]>
    /// What a classifier has fitted to the items as they are; empty in an index of a format before 6.
    let fit: Table<UInt64, [UInt8]>

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
        undone = try environment.possibleTable("undone")
        redo = try environment.possibleTable("redo")
        codes = try environment.possibleTable("codes")
        links = try environment.possibleTable("links")
        levels = try environment.possibleTable("levels")
        shared = try environment.possibleTable("shared")
        fit = try environment.possibleTable("fit")
        let first = [settings.name, items.name, vectors.name, sources.name, labels.name, groups.name]
        if creating { try environment.create(first + newer) }
        guard first.allSatisfy(environment.exists) else { return nil }
    }

    /// What formats after the first added.
    var newer: [TableName] {
        [changes.name, undo.name, undone.name, redo.name, fit.name] + graph.map(\.name)
    }

    /// The changes that can be taken back, and those that can be made again.
    var past: HistorySide { HistorySide(changes: changes, entries: undo) }
    var future: HistorySide { HistorySide(changes: undone, entries: redo) }

    /// All that the graph consists of.
    var graph: [Table<UInt64, [UInt8]>] { [codes, links, levels, shared] }
}

/// Changes on one side of the present, and what is needed to get over them.
struct HistorySide {
    let changes: Table<UInt64, ChangeRecord>
    let entries: Table<UndoKey, UndoEntry>
}
