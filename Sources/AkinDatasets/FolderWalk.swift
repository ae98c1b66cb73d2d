import AkinBasics
import AkinImages

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds the picture files below a folder.
///
/// Candidates are the files whose name ends like a picture's; others, and all whose names begin with a dot, are
/// passed over in silence. Symbolic links are followed, but each folder is entered once only: so a loop of links
/// ends, and is reported.
struct FolderWalk {
    /// Pictures of formats that Akin cannot read are among them: better refused with a reason than passed over.
    static let endings: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "pgm", "ppm", "pnm", "pbm", "gif", "tif", "tiff", "bmp", "webp",
        "heic",
        "heif", "avif", "jp2",
    ]

    private let root: String
    /// Paths, in the order of their bytes.
    private(set) var files: [String] = []
    private(set) var skipped: [Skipped] = []
    private var visited: [FileIdentity: String] = [:]
    /// Links to folders wait until all real folders are entered, so that those keep their own paths.
    private var links: [String] = []

    init(_ root: String) throws(DatasetError) {
        self.root = root
        var status = stat()
        guard stat(root, &status) == 0 else { throw .file(path: root, .missing) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: root) }
        guard let reason = enter(root) else {
            var next = 0
            while next < links.count {
                if let reason = enter(links[next]) { skip(links[next], reason) }
                next += 1
            }
            files.sort(by: bytesPrecede)
            skipped.sort { $0.source < $1.source }
            return
        }
        throw .unreadableFolder(path: root, reason: reason)
    }

    /// The names of the folders below the root in which a file lies, and its own.
    func parts(of file: String) -> [String] {
        // In bytes: to Swift, a slash and an accent behind it are one character.
        file.utf8.dropFirst(root == "/" ? 1 : root.utf8.count + 1).split(separator: UInt8(ascii: "/"))
            .map { String(Substring($0)) }
    }

    private mutating func skip(_ path: String, _ reason: String) {
        skipped.append(Skipped(source: Source(path), reason: reason))
    }

    /// Takes in all that lies in a folder; returns why it cannot.
    private mutating func enter(_ root: String) -> String? {
        // A list instead of recursion: a tree may be deeper than the stack.
        var folders = [root]
        while let folder = folders.popLast() {
            let reason = read(folder, &folders)
            if let reason {
                if folder == root { return reason }
                skip(folder, reason)
            }
        }
        return nil
    }

    private mutating func read(_ folder: String, _ folders: inout [String]) -> String? {
        guard let identity = FileIdentity(path: folder) else { return String(cString: strerror(errno)) }
        if folder != root, leadsAbove(folder) {
            return "leads to a folder in which \(root) lies; remove the link"
        }
        if let first = visited[identity] {
            return "leads to the folder \(first), which is read already; remove the link"
        }
        guard let directory = opendir(folder) else {
            return "the folder cannot be read (\(String(cString: strerror(errno)))); check its permissions"
        }
        defer { closedir(directory) }
        visited[identity] = folder
        var names: [String] = []
        while let entry = readdir(directory) {
            // By its address: the record is only as long as its name, so it must not be copied whole.
            let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
            if let name = String(validatingCString: start.assumingMemoryBound(to: CChar.self)) {
                if name.utf8.first != UInt8(ascii: ".") { names.append(name) }
            } else {
                skip(folder, "holds a name that is not valid UTF-8; rename it")
            }
        }
        // The order of links decides which of two to the same folder is entered.
        for name in names.sorted(by: bytesPrecede) {
            take(folder == "/" ? "/" + name : folder + "/" + name, &folders)
        }
        return nil
    }

    /// Whether a link leads out of the root, to a folder that holds it: with it would come all that lies there.
    private func leadsAbove(_ folder: String) -> Bool {
        guard let place = realpath(folder, nil), let own = realpath(root, nil) else { return false }
        defer {
            free(place)
            free(own)
        }
        let prefix = Array(String(cString: place).utf8)
        return Array(String(cString: own).utf8).starts(with: prefix + [UInt8(ascii: "/")])
            || prefix == [UInt8(ascii: "/")]
    }

    private mutating func take(_ path: String, _ folders: inout [String]) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return skip(path, String(cString: strerror(errno))) }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        if isLink, stat(path, &status) != 0 {
            // A link that leads nowhere may have been to a folder, so its ending says nothing.
            let reason = errno == ELOOP ? "a symbolic link that leads back to itself; remove it" : nil
            return skip(path, reason ?? "\(FileError.danglingLink)")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            if isLink { links.append(path) } else { folders.append(path) }
        } else if Self.isCandidate(path) {
            do throws(FileError) {
                try FileBytes.check(path)
                files.append(path)
            } catch {
                skip(path, "\(error)")
            }
        }
    }

    private static func isCandidate(_ path: String) -> Bool {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return false }
        return endings.contains(path[dot...].dropFirst().lowercased())
    }
}
