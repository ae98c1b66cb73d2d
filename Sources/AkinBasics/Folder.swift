#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Folders, whatever bytes their names and those in them are made of: Foundation knows UTF-8 names only.
package enum Folder {
    /// One of the names in a folder.
    package struct Entry: Sendable {
        /// As `PathText` writes it.
        package let name: String
        /// Whether it is a folder, no link to one; nil where the file system does not tell.
        package let isFolder: Bool?
    }

    /// What lies in a folder, in the order of the file system. `limit`: at most so many.
    package static func entries(_ path: String, limit: Int = .max) throws(FileError) -> [Entry] {
        guard let directory = opendir(PathText.system(path)) else {
            throw FileBytes.problem(at: path, errno)
        }
        defer { closedir(directory) }
        var entries: [Entry] = []
        while entries.count < limit, let entry = readdir(directory) {
            // By its address: the record is only as long as its name, so it must not be copied whole.
            let start = UnsafeRawPointer(entry)
            let name = PathText.text(
                of: (start + MemoryLayout<dirent>.offset(of: \.d_name)!).assumingMemoryBound(to: CChar.self))
            guard name != ".", name != ".." else { continue }
            let kind = Int32((start + MemoryLayout<dirent>.offset(of: \.d_type)!).load(as: UInt8.self))
            entries.append(
                Entry(name: name, isFolder: kind == Int32(DT_UNKNOWN) ? nil : kind == Int32(DT_DIR)))
        }
        return entries
    }

    /// Whether there is anything at a path.
    package static func isThere(_ path: String) -> Bool { FileIdentity(path: path) != nil }

    /// Whether a path leads to a folder.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(PathText.system(path), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a folder, and those above it, where they are not there.
    package static func make(_ path: String) throws(WriteError) {
        if isFolder(path) { return }
        let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
        if !above.isEmpty { try make(above) }
        guard mkdir(PathText.system(path), 0o777) == 0 || errno == EEXIST && isFolder(path) else {
            throw WriteError(path: path, code: errno)
        }
    }
}
