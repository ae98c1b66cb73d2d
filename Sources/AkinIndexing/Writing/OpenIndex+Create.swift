import AkinStorage
import AkinVectorSearch

extension OpenIndex {
    /// Makes the tables of an index in an existing folder, and its settings.
    static func create(
        at path: String, dimension: Int, metric: Metric.Kind, backbone: StoredBackbone
    ) throws(IndexError) {
        let failing = { IndexError($0, path: path) }
        let environment: Environment
        let tables: IndexTables?
        do throws(StorageError) {
            environment = try Environment(at: path)
            tables = try IndexTables(environment, creating: true)
        } catch {
            throw failing(error)
        }
        guard let tables else { preconditionFailure("tables that were made are not there") }
        var settings: [String: [UInt8]] = [
            Setting.format: format.stored, Setting.nextID: UInt64(1).stored,
            Setting.metric: Array(metric.rawValue.utf8), Setting.dimension: UInt64(dimension).stored,
        ]
        for (key, value) in backbone.settings { settings[key] = value }
        settings[Setting.seal] = Setting.seal { settings[$0] }
        try environment.write(failing: failing) { transaction throws(IndexError) in
            do throws(StorageError) {
                // Another process may have been faster; a kill may have left tables without settings.
                if try tables.settings.count(in: transaction) == 0 {
                    for (key, value) in settings { try tables.settings.set(value, for: key, in: transaction) }
                    return
                }
            } catch {
                throw failing(error)
            }
            throw .alreadyAnIndex(path: path)
        }
    }

    /// Whether the database at a path is one that a killed `create` left behind.
    static func isUnfinished(at path: String) throws(IndexError) -> Bool {
        do {
            let environment = try Environment(at: path)
            guard let settings: Table<String, [UInt8]> = try environment.table("settings") else {
                return try environment.isEmpty
            }
            return try environment.read(failing: { $0 }) { (transaction) throws(StorageError) in
                try settings.count(in: transaction) == 0
            }
        } catch let error as StorageError {
            throw IndexError(error, path: path)
        } catch {
            throw .folderUnusable(path: path, reason: "\(error)")
        }
    }
}
