import CAkinLMDB
import Synchronization

/// Which table: the same in every environment of this process that has one of the name.
package struct TableName: Sendable, Hashable, CustomStringConvertible {
    let name: String
    /// LMDB's flags of the table.
    let flags: Int32
    /// Small, given in the order in which names come up.
    let number: Int

    private static let names = Mutex<[String]>([])

    init(_ name: String, flags: Int32) {
        self.name = name
        self.flags = flags
        number = Self.names.withLock { names in
            if let number = names.firstIndex(of: name) { return number }
            names.append(name)
            return names.count - 1
        }
    }

    package var description: String { name }
}

/// What an open environment knows of its tables.
struct Tables {
    /// LMDB's numbers, by the names'; 0, which is never a table's, where it is not open.
    private(set) var handles: [MDB_dbi] = []
    private(set) var names: [TableName] = []
    /// As of which transaction the missing ones were looked for.
    var lookedAt: Int?

    var missing: [TableName] { names.count == opened ? [] : names.filter { self[$0] == nil } }
    private var opened = 0

    subscript(name: TableName) -> MDB_dbi? {
        get { name.number < handles.count && handles[name.number] != 0 ? handles[name.number] : nil }
        set {
            if !names.contains(name) { names.append(name) }
            while handles.count <= name.number { handles.append(0) }
            handles[name.number] = newValue ?? 0
            opened = names.count { self[$0] != nil }
        }
    }
}
