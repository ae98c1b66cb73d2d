#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Whether `a` stands before `b` in the order of their UTF-8 bytes: the same on every system and in every locale.
package func bytesPrecede(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

/// The word of `candidates` that someone who wrote `word` probably meant: the one with the smallest edit distance
/// (Levenshtein), if that is at most half of its length; of equals the first.
package func nearest(to word: String, in candidates: [String]) -> String? {
    func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
    let letters = Array(word.prefix(200).lowercased())
    return
        candidates
        .map { (name: $0, distance: distance(letters, Array($0.prefix(200).lowercased()))) }
        .filter { $0.distance <= max($0.name.count / 2, 1) }
        .min { $0.distance < $1.distance }?.name
}

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
    if path.contains(".."), fileIdentity(path) != fileIdentity(result), let resolved = realpath(path, nil) {
        defer { free(resolved) }
        return String(cString: resolved)
    }
    return result
}

/// What tells one file or folder from all others, whatever path leads to it; nil where there is none.
struct FileIdentity: Hashable {
    let device: UInt64
    let number: UInt64
}

func fileIdentity(_ path: String) -> FileIdentity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return FileIdentity(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(status.st_ino))
}
