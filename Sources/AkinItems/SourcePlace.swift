import AkinBasics

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Source {
    /// Whether the file that it names is known not to exist: one that cannot be looked at may come back. What is no path
    /// from the root names no file.
    package var isGone: Bool {
        func isMissing(_ path: String) -> Bool {
            var status = stat()
            return lstat(PathText.system(path), &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
        }
        guard path.utf8.first == UInt8(ascii: "/"), isMissing(path) else { return false }
        // A picture in a file of many is as present as the file.
        guard let mark = path.utf8.lastIndex(of: UInt8(ascii: "#")), Int(path[mark...].dropFirst()) != nil
        else { return true }
        return isMissing(String(path[..<mark]))
    }

    /// The path itself and those of the folders in which it lies.
    var andFoldersAbove: [Source] {
        let path = self.path
        return [self]
            + path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }.map {
                Source(String(path[..<$0]))
            }
    }

    /// The last names of its path, of so many folders and the file.
    func tail(_ names: Int) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).suffix(names).map { String(Substring($0)) }
            .joined(separator: "/")
    }
}

/// Tells by what path links lead to a file, from folder to folder: two sources of one place are the same file. A link to
/// a single file is a file of its own.
struct SourcePlaces {
    private var folders: [String: String] = [:]

    /// The path without links to folders.
    mutating func place(of source: Source) -> Source {
        let path = source.path
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else {
            return source
        }
        let folder = String(path[..<slash])
        let name = String(path[slash...])
        if let known = folders[folder] { return Source(known + name) }
        var place = folder
        if let resolved = realpath(PathText.system(folder), nil) {
            place = PathText.text(of: resolved)
            free(resolved)
        }
        if place == "/" { place = "" }
        folders[folder] = place
        return Source(place + name)
    }
}
