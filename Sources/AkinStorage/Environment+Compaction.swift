import AkinBasics
import CAkinFiles
import CAkinLMDB

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Environment {
    /// Makes the files as small as what is in them: copies the environment into a new folder beside its own,
    /// `.compacting` added to its name, and exchanges the two.
    ///
    /// No one writes meanwhile; readers are not disturbed and see the new folder from their next transaction on. The
    /// data file and the lock file are exchanged together, as LMDB's lock file must never serve two data files. A
    /// kill leaves the folder as it was or as it becomes, and maybe the other beside it, which the next compaction
    /// removes. If this throws nothing has been exchanged.
    package func compact() throws(StorageError) {
        guard !options.readOnly else { throw .openForReading(path: path) }
        try withWriterLock { () throws(StorageError) in
            // With the write transaction, programs that do not know the lock wait as well.
            let begun = try begin(0, doing: "compacting")
            let environment = begun.lease.environment
            defer {
                environment.abort(begun.handle)
                environment.end()
            }
            let folders = try FolderPair(path, absolutePath)
            try folders.removeLeftovers()
            try folders.makeCopy { (copy) throws(StorageError) in
                try environment.copyCompacted(to: copy, calling: path)
                try OpenEnvironment.reserveLockFile(in: copy, readers: options.readers)
            }
            // Held until the old folder is gone, so that the next compaction does not begin before.
            let next = WriterLock(folders.copy + "/data.mdb") {}
            defer { next?.release() }
            try folders.exchange()
        }
    }
}

extension Environment {
    /// Copies what is in the environment now, without the pages that are not used, into an empty folder. Others may write
    /// meanwhile; of what they change the copy has nothing.
    ///
    /// A kill leaves a file that is cut off there, which cannot be opened; if this throws, there is none.
    package func copy(into folder: String) throws(StorageError) {
        if let reason = try pageFault() { throw .damaged(path: path, reason: reason) }
        for attempt in 0..<Self.unlockedTries {
            if try copyOnce(into: folder) { return }
            Self.waitAfter(attempt)
        }
        throw .changedWhileRead(path: path)
    }

    /// False, and there is no copy, if it was read without a lock, and changed meanwhile.
    private func copyOnce(into folder: String) throws(StorageError) -> Bool {
        let begun = try begin(MDB_RDONLY, doing: "copying the database")
        let environment = begun.lease.environment
        defer {
            environment.abort(begun.handle)
            environment.end()
        }
        do throws(StorageError) {
            try environment.copyCompacted(to: folder, calling: folder)
            if environment.unlocked, environment.lastTransaction != mdb_txn_id(begun.handle) {
                unlink(PathText.system(folder + "/data.mdb"))
                return false
            }
            for name in ["/data.mdb", ""] { try synchronize(folder + name, in: folder) }
            return true
        } catch {
            unlink(PathText.system(folder + "/data.mdb"))
            throw error
        }
    }
}

/// Sees that a file or folder is on the disk.
private func synchronize(_ file: String, in folder: String) throws(StorageError) {
    let descriptor = open(PathText.system(file), O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else {
        throw .failed(LMDBCode(rawValue: errno), doing: "syncing the copy", path: folder)
    }
}

/// The folder of an environment, and the one beside it where its copy grows.
private struct FolderPair {
    private let path: String
    private let original: String
    let copy: String
    private let parent: String
    private let status: stat

    private static let names: Set<String> = ["data.mdb", "lock.mdb"]

    /// Refuses folders that cannot be exchanged.
    init(_ path: String, _ absolutePath: String) throws(StorageError) {
        self.path = path
        guard let resolved = realpath(PathText.system(absolutePath), nil) else {
            throw .failed(LMDBCode(rawValue: errno), doing: "compacting", path: path)
        }
        original = PathText.text(of: resolved)
        free(resolved)
        copy = original + ".compacting"
        let folder = original[..<(original.lastIndex(of: "/") ?? original.startIndex)]
        parent = folder.isEmpty ? "/" : String(folder)
        let others = Self.entries(original).subtracting(Self.names).sorted()
        guard others.isEmpty else {
            throw .notExchangeable(path: path, reason: "its folder also holds '\(others[0])'")
        }
        var (own, above) = (stat(), stat())
        guard stat(PathText.system(original), &own) == 0, stat(PathText.system(parent), &above) == 0,
            own.st_dev == above.st_dev
        else {
            throw .notExchangeable(path: path, reason: "its folder is where a file system is mounted")
        }
        status = own
        guard access(PathText.system(parent), W_OK | X_OK) == 0 else {
            throw .notExchangeable(path: path, reason: "the folder '\(parent)' cannot be written to")
        }
    }

    /// What a killed compaction has left.
    func removeLeftovers() throws(StorageError) {
        guard access(PathText.system(copy), F_OK) == 0 else { return }
        let others = Self.entries(copy).subtracting(Self.names).sorted()
        guard others.isEmpty, remove(copy) else {
            let reason =
                "the folder '\(copy)', in which the copy would be made, exists"
                + (others.isEmpty ? " and cannot be removed" : " and holds '\(others[0])'")
            throw .notExchangeable(path: path, reason: reason)
        }
    }

    /// Makes the folder and what `fill` makes in it, and sees that all of it is on the disk.
    func makeCopy(_ fill: (String) throws(StorageError) -> Void) throws(StorageError) {
        try check(mkdir(PathText.system(copy), 0o700), "making the folder of the copy")
        do throws(StorageError) {
            try fill(copy)
            for name in ["/data.mdb", "/lock.mdb", ""] {
                let file = PathText.system(copy + name)
                var old = stat()
                try check(stat(PathText.system(original + name), &old), "copying the database")
                // Only root may give files away; others' are theirs afterwards.
                _ = chown(file, old.st_uid, old.st_gid)
                try check(chmod(file, old.st_mode & 0o7777), "copying the database")
                try synchronize(copy + name, in: path)
            }
        } catch {
            _ = remove(copy)
            throw error
        }
    }

    /// Exchanges the two and removes the old one.
    func exchange() throws(StorageError) {
        let code = akin_exchange(PathText.system(original), PathText.system(copy))
        guard code == 0 else {
            _ = remove(copy)
            switch code {
            case EBUSY, EXDEV:
                throw .notExchangeable(
                    path: path, reason: "its folder is where a file system is mounted")
            case EINVAL, ENOSYS, ENOTSUP:
                throw .notExchangeable(
                    path: path, reason: "its file system cannot exchange two folders")
            default: throw .failed(LMDBCode(rawValue: code), doing: "exchanging the folders", path: path)
            }
        }
        // Done, whatever comes: what is left is tidying up.
        try? synchronize(parent, in: path)
        _ = remove(copy)
    }

    private func remove(_ folder: String) -> Bool {
        for name in Self.names where unlink(PathText.system(folder + "/" + name)) != 0 && errno != ENOENT {
            return false
        }
        return rmdir(PathText.system(folder)) == 0
    }

    private func check(_ result: Int32, _ doing: String) throws(StorageError) {
        guard result != 0 else { return }
        throw .failed(LMDBCode(rawValue: errno), doing: doing, path: path)
    }

    private static func entries(_ folder: String) -> Set<String> {
        Set(((try? Folder.entries(folder)) ?? []).map(\.name))
    }
}
