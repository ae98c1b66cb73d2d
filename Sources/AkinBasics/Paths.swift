#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `path` from the root, without `.`, `..` and doubled slashes, in the text that `PathText` gives it. Symbolic links stay
/// as they are, except where `..` behind one would otherwise lead to another place.
package func absolutePath(_ path: String) -> String {
    let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
    var bytes = PathText.bytes(of: path)
    if bytes.first != slash, let current = getcwd(nil, 0) {
        bytes = UnsafeRawBufferPointer(start: current, count: strlen(current)) + [slash] + bytes
        free(current)
    }
    var parts: [ArraySlice<UInt8>] = []
    var goesUp = false
    for part in bytes.split(separator: slash) where part != [dot] {
        if part == [dot, dot] {
            goesUp = true
            _ = parts.popLast()
        } else {
            parts.append(part)
        }
    }
    let result = PathText.text(of: [slash] + parts.joined(separator: [slash]))
    if goesUp, FileIdentity(path: path) != FileIdentity(path: result),
        let resolved = realpath(PathText.system(path), nil)
    {
        defer { free(resolved) }
        return PathText.text(of: resolved)
    }
    return result
}

/// The folder that all of some sources lie in, so that a table can leave it out. It works on bytes: to Swift, a slash
/// and an accent behind it are one character.
package struct CommonFolder {
    /// With a slash at its end; empty if there is none, or none but the root.
    package let path: String

    package init(of sources: some Collection<Source>) {
        var common: [UInt8]?
        for path in sources.lazy.map(\.path) {
            guard let shared = common else {
                common = Array(path.utf8)
                continue
            }
            common = zip(shared, path.utf8).prefix { $0 == $1 }.map(\.0)
        }
        let slash = UInt8(ascii: "/")
        let end = common.flatMap { $0.lastIndex(of: slash) }
        let folder = end.map { common?[...$0] ?? [] } ?? []
        let path = folder.allSatisfy { $0 == slash } ? "" : String(decoding: folder, as: UTF8.self)
        // A name that begins with an accent would lose the slash that bears it on the screen.
        self.path = sources.allSatisfy { $0.path.hasPrefix(path) } ? path : ""
    }

    /// A source as it is called within the folder.
    package func name(of source: Source) -> String {
        guard source.path.utf8.starts(with: path.utf8) else { return source.path }
        return String(decoding: source.path.utf8.dropFirst(path.utf8.count), as: UTF8.self)
    }
}
