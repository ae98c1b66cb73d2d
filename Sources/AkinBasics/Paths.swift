#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `path` from the root, without `.`, `..` and doubled slashes. Symbolic links stay as they are, except where `..`
/// behind one would otherwise lead to another place.
package func absolutePath(_ path: String) -> String {
    // In bytes: to Swift, a slash and an accent behind it are one character.
    let slash = UInt8(ascii: "/")
    var start = ""
    if path.utf8.first != slash, let current = getcwd(nil, 0) {
        start = String(cString: current) + "/"
        free(current)
    }
    var parts: [Substring] = []
    for part in (start + path).utf8.split(separator: slash).map({ Substring($0) }) {
        switch part {
        case ".": continue
        case "..": _ = parts.popLast()
        default: parts.append(part)
        }
    }
    let result = "/" + parts.joined(separator: "/")
    if path.contains(".."), FileIdentity(path: path) != FileIdentity(path: result),
        let resolved = realpath(path, nil)
    {
        defer { free(resolved) }
        return String(cString: resolved)
    }
    return result
}

/// The folder that all of some paths lie in, so that a table can leave it out. It works on bytes: to Swift, a slash and
/// an accent behind it are one character.
package struct CommonFolder {
    /// With a slash at its end; empty if there is none, or none but the root.
    package let path: String

    package init(of paths: some Sequence<String>) {
        var common: [UInt8]?
        for path in paths {
            guard let shared = common else {
                common = Array(path.utf8)
                continue
            }
            common = zip(shared, path.utf8).prefix { $0 == $1 }.map(\.0)
        }
        let slash = UInt8(ascii: "/")
        let folder = common.flatMap { bytes in bytes.lastIndex(of: slash).map { bytes[...$0] } } ?? []
        path = folder.allSatisfy { $0 == slash } ? "" : String(decoding: folder, as: UTF8.self)
    }

    /// `path` as it is called within the folder.
    package func name(of path: String) -> String {
        guard path.utf8.starts(with: self.path.utf8) else { return path }
        return String(decoding: path.utf8.dropFirst(self.path.utf8.count), as: UTF8.self)
    }
}
