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
        /// Whether it is known to be a file, no link to one.
        package let isFile: Bool
    }

    /// What lies in a folder, in the order of the file system. `limit`: at most so many.
    package static func entries(_ path: String, limit: Int = .max) throws(FileError) -> [Entry] {
        guard let directory = opendir(PathText.system(path)) else {
            throw FileBytes.problem(at: path, errno)
        }
        defer { closedir(directory) }
        var entries: [Entry] = []
        while entries.count < limit {
            // That it has ended, and that it cannot be read on, look alike but for this.
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw FileBytes.problem(at: path, errno) }
                break
            }
            // By its address: the record is only as long as its name, so it must not be copied whole.
            let start = UnsafeRawPointer(entry)
            let name = PathText.text(
                of: (start + MemoryLayout<dirent>.offset(of: \.d_name)!).assumingMemoryBound(to: CChar.self))
            guard name != ".", name != ".." else { continue }
            let kind = Int32((start + MemoryLayout<dirent>.offset(of: \.d_type)!).load(as: UInt8.self))
            entries.append(
                Entry(
                    name: name, isFolder: kind == Int32(DT_UNKNOWN) ? nil : kind == Int32(DT_DIR),
                    isFile: kind == Int32(DT_REG)))
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

    /// Removes a file, or a folder with all that is in it; a link, not what it leads to. What is not there is no error.
    package static func remove(_ path: String) throws(WriteError) {
        var status = stat()
        guard lstat(PathText.system(path), &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for entry in (try? entries(path)) ?? [] { try remove(path + "/" + entry.name) }
        }
        guard removeEntry(PathText.system(path)) == 0 || errno == ENOENT else {
            throw WriteError(path: path, code: errno)
        }
    }

    /// Gives a file or folder another name in the same file system, in place of a file that has it.
    package static func move(_ path: String, to other: String) throws(WriteError) {
        guard rename(PathText.system(path), PathText.system(other)) == 0 else {
            throw WriteError(path: other, code: errno)
        }
    }

    /// Makes a folder, and those above it, where they are not there.
    package static func make(_ path: String) throws(WriteError) {
        if isFolder(path) { return }
        let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
        if !above.isEmpty { try make(above) }
        guard mkdir(PathText.system(path), 0o777) == 0 || errno == EEXIST && isFolder(path) else {
            // A file is in the way, and no folder can take its place.
            throw WriteError(path: path, code: errno == EEXIST ? ENOTDIR : errno)
        }
    }
}

// Inside a type with a method of this name, the C function needs a name of its own.
private func removeEntry(_ path: [CChar]) -> CInt { remove(path) }
