import AkinBasics
import Synchronization

/// The environments that this process has open. LMDB's locks are the process's, not the handle's: closing one of
/// two handles to the same file would silently take the other's locks away.
enum EnvironmentRegistry {
    private struct Entry {
        let environment: OpenEnvironment
        var users: Int
    }

    private static let entries = Mutex<[FileIdentity: Entry]>([:])

    static func open(_ path: String, _ options: EnvironmentOptions) throws(StorageError) -> Lease {
        try entries.withLock { (entries) throws(StorageError) in
            while true {
                // Another process may exchange the folder for a compacted one at any time, even between the opening
                // of its lock file and of its data, which must not be used together then.
                let folder = FileIdentity(path: path)
                if let file = FileIdentity(path: path + "/data.mdb"), let entry = entries[file] {
                    guard options.readOnly || !entry.environment.readOnly else {
                        throw .openForReading(path: path)
                    }
                    entries[file]!.users += 1
                    return Lease(entry.environment)
                }
                let environment: OpenEnvironment
                do throws(StorageError) {
                    environment = try OpenEnvironment(path, options)
                } catch {
                    guard FileIdentity(path: path) == folder else { continue }
                    throw error
                }
                guard FileIdentity(path: path) == folder,
                    FileIdentity(path: path + "/data.mdb") == environment.file
                else {
                    environment.close()
                    continue
                }
                entries[environment.file] = Entry(environment: environment, users: 1)
                return Lease(environment)
            }
        }
    }

    /// Closed inside the lock, so that none opens the file before it is closed.
    fileprivate static func release(_ environment: OpenEnvironment) {
        entries.withLock { entries in
            let file = environment.file
            entries[file]!.users -= 1
            if entries[file]!.users == 0 {
                entries[file] = nil
                environment.close()
            }
        }
    }
}

/// Keeps an environment open.
final class Lease: Sendable {
    let environment: OpenEnvironment

    fileprivate init(_ environment: OpenEnvironment) { self.environment = environment }

    deinit { EnvironmentRegistry.release(environment) }
}
