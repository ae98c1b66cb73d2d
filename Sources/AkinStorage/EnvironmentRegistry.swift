import Synchronization

/// The environments that this process has open. LMDB's locks are the process's, not the handle's: closing one of
/// two handles to the same file would silently take the other's locks away.
enum EnvironmentRegistry {
    private struct Entry {
        let environment: OpenEnvironment
        var users: Int
    }

    private static let entries = Mutex<[FileIdentity: Entry]>([:])

    static func open(
        _ path: String, _ options: Environment.Options
    ) throws(StorageError) -> OpenEnvironment {
        let result = entries.withLock { entries -> Result<OpenEnvironment, StorageError> in
            if let file = FileIdentity(path: path + "/data.mdb"), let entry = entries[file] {
                guard options.readOnly || !entry.environment.readOnly else {
                    return .failure(.openForReading(path: path))
                }
                entries[file]!.users += 1
                return .success(entry.environment)
            }
            do throws(StorageError) {
                let environment = try OpenEnvironment(path, options)
                entries[environment.file] = Entry(environment: environment, users: 1)
                return .success(environment)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Closed inside the lock, so that none opens the file before it is closed.
    static func release(_ environment: OpenEnvironment) {
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
