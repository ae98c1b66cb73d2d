import AkinBasics

/// Patterns of names that are passed over, as Git reads them from a `.gitignore`.
///
/// A pattern without a slash, or with none but at its end, names files and folders at any depth; another one counts from
/// the folder of its list. A slash at its end names folders only, `!` before it takes back what an earlier one says,
/// and `#` begins a comment. `*` and `?` stand for anything but slashes, `[a-z]` for one of some characters, `**/`
/// for any folders or none, and `/**` for all that is inside. The last one that fits decides.
struct IgnorePatterns {
    /// What is decided of a name.
    enum Decision: Equatable {
        /// Passed over; by which pattern.
        case ignored(String)
        /// Taken, whatever would else be said.
        case taken
    }

    private let patterns: [Pattern]

    /// A line each; ends of lines as on any system.
    init(_ text: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        patterns = text.dropFirst(text.starts(with: mark) ? mark.count : 0)
            .split(separator: UInt8(ascii: "\n"))
            .compactMap { Pattern($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0) }
    }

    /// Those of a file, which may have a megabyte.
    init(contentsOf path: String) throws(DatasetError) {
        let text: [UInt8]
        do throws(FileError) {
            text = try FileBytes.read(path, limit: 1 << 20)
        } catch {
            throw .file(path: path, error)
        }
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) { throw .notText(path: path) }
        self.init(text)
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// What the last pattern that fits says of a file or folder; nil if none does.
    ///
    /// - Parameter path: Its path from the folder of the list, in the system's bytes.
    func decision(on path: ArraySlice<UInt8>, isFolder: Bool) -> Decision? {
        let slash = path.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { path[($0 + 1)...] } ?? path
        guard let last = patterns.last(where: { $0.fits(path, name, isFolder: isFolder) }) else { return nil }
        return last.isNegated ? .taken : .ignored(last.text)
    }
}

/// One line.
private struct Pattern {
    let text: String
    let isNegated: Bool
    private let isForFolders: Bool
    private let isForNames: Bool
    private let glob: Glob

    /// Nil for a comment, a line that says nothing, and one that fits nothing.
    init?(_ line: ArraySlice<UInt8>) {
        var line = Self.trimmed(line)
        guard line.first != UInt8(ascii: "#") else { return nil }
        text = PathText.text(of: line)
        isNegated = line.first == UInt8(ascii: "!")
        if isNegated { line.removeFirst() }
        isForFolders = line.last == UInt8(ascii: "/")
        if isForFolders { line.removeLast() }
        isForNames = !line.contains(UInt8(ascii: "/"))
        if line.first == UInt8(ascii: "/") { line.removeFirst() }
        guard !line.isEmpty, let glob = Glob(line) else { return nil }
        self.glob = glob
    }

    func fits(_ path: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
        (isFolder || !isForFolders) && glob.matches(isForNames ? name : path)
    }

    /// Without blanks at its end, but for those behind a backslash.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = line.startIndex
        var place = line.startIndex
        while place < line.endIndex {
            if line[place] == UInt8(ascii: "\\") {
                place += 1
            } else if line[place] == UInt8(ascii: " ") {
                place += 1
                continue
            }
            place += 1
            end = min(place, line.endIndex)
        }
        return line[..<end]
    }
}

/// What a pattern says of a path, whole.
private struct Glob {
    private enum Part {
        case byte(UInt8)
        /// Any but a slash.
        case one
        /// Of 256; no slash.
        case set([Bool])
        /// Any number of bytes, but no slash.
        case name
        /// Any number of bytes.
        case anything
        /// Any number of folders with the slashes behind them.
        case folders
    }

    private var parts: [Part] = []

    /// Nil where a bracket is not closed: nothing fits that.
    init?(_ pattern: ArraySlice<UInt8>) {
        let pattern = Array(pattern)
        var place = 0
        while place < pattern.count {
            switch pattern[place] {
            case UInt8(ascii: "\\"):
                guard place + 1 < pattern.count else { return nil }
                parts.append(.byte(pattern[place + 1]))
                place += 2
            case UInt8(ascii: "?"):
                parts.append(.one)
                place += 1
            case UInt8(ascii: "*"): parts.append(Self.stars(pattern, &place))
            case UInt8(ascii: "["):
                guard let set = CharacterSet(pattern, &place) else { return nil }
                parts.append(.set(set.members))
            default:
                parts.append(.byte(pattern[place]))
                place += 1
            }
        }
    }

    private static func stars(_ pattern: [UInt8], _ place: inout Int) -> Part {
        let slash = UInt8(ascii: "/")
        let isAtStart = place == 0 || pattern[place - 1] == slash
        let first = place
        while place < pattern.count, pattern[place] == UInt8(ascii: "*") { place += 1 }
        guard place - first > 1, isAtStart else { return .name }
        if place == pattern.count { return .anything }
        if pattern[place] == slash {
            place += 1
            return .folders
        }
        return pattern[place...].starts(with: [UInt8(ascii: "\\"), slash]) ? .anything : .name
    }

    func matches(_ path: ArraySlice<UInt8>) -> Bool {
        // Where it has been found that the rest of the pattern does not fit the rest of the path: without that, many
        // stars would take for ever.
        var failed: Set<Int> = []
        return matches(0, path, &failed)
    }

    private func matches(_ part: Int, _ path: ArraySlice<UInt8>, _ failed: inout Set<Int>) -> Bool {
        var path = path
        for part in part..<parts.count {
            switch parts[part] {
            case .byte(let byte):
                guard path.popFirst() == byte else { return false }
            case .one:
                guard let byte = path.popFirst(), byte != UInt8(ascii: "/") else { return false }
            case .set(let members):
                guard let byte = path.popFirst(), members[Int(byte)] else { return false }
            case .name, .anything, .folders:
                let key = part << 32 | path.startIndex
                guard !failed.contains(key) else { return false }
                if starts(of: path, after: parts[part]).contains(where: { matches(part + 1, $0, &failed) }) {
                    return true
                }
                failed.insert(key)
                return false
            }
        }
        return path.isEmpty
    }

    /// What may be left of a path behind a part that stands for any number of bytes.
    private func starts(
        of path: ArraySlice<UInt8>, after part: Part
    ) -> some Sequence<ArraySlice<UInt8>> {
        let slash = UInt8(ascii: "/")
        let end = if case .name = part { path.firstIndex(of: slash) ?? path.endIndex } else { path.endIndex }
        let isFolders = if case .folders = part { true } else { false }
        return (path.startIndex...end).lazy
            .filter { !isFolders || $0 == path.startIndex || path[$0 - 1] == slash }
            .map { path[$0...] }
    }
}

/// `[abc]`, `[a-z]`, `[!a]` or `[^a]`, `[[:alpha:]]`.
private struct CharacterSet {
    /// Which of the 256 bytes are in it; never the slash.
    private(set) var members = [Bool](repeating: false, count: 256)

    /// From the bracket at `place`, which is then behind the one that closes it; nil where there is none.
    init?(_ pattern: [UInt8], _ place: inout Int) {
        let close = UInt8(ascii: "]"), dash = UInt8(ascii: "-"), escape = UInt8(ascii: "\\")
        var next = place + 1
        func at(_ place: Int) -> UInt8? { place < pattern.count ? pattern[place] : nil }
        let isNegated = at(next) == UInt8(ascii: "!") || at(next) == UInt8(ascii: "^")
        if isNegated { next += 1 }
        // The one before, where a dash behind it makes a range.
        var previous: UInt8?
        var isFirst = true
        while let byte = at(next), isFirst || byte != close {
            isFirst = false
            if byte == dash, let low = previous, let after = at(next + 1), after != close {
                next += after == escape ? 2 : 1
                guard let high = at(next) else { return nil }
                if low <= high { for member in low...high { members[Int(member)] = true } }
                previous = nil
            } else if byte == UInt8(ascii: "["), at(next + 1) == UInt8(ascii: ":") {
                guard let end = pattern[(next + 2)...].firstIndex(of: close) else { return nil }
                if end > next + 2, pattern[end - 1] == UInt8(ascii: ":") {
                    let name = String(decoding: pattern[(next + 2)..<(end - 1)], as: UTF8.self)
                    guard let isMember = Self.classes[name] else { return nil }
                    for member in 0..<128 where isMember(UInt8(member)) { members[member] = true }
                    next = end
                    previous = nil
                } else {
                    members[Int(byte)] = true
                    previous = byte
                }
            } else {
                if byte == escape { next += 1 }
                guard let member = at(next) else { return nil }
                members[Int(member)] = true
                previous = member
            }
            next += 1
        }
        guard at(next) == close else { return nil }
        if isNegated { members = members.map { !$0 } }
        members[Int(UInt8(ascii: "/"))] = false
        place = next + 1
    }

    /// POSIX' names, of ASCII.
    private static let classes: [String: @Sendable (UInt8) -> Bool] = {
        let isDigit: @Sendable (UInt8) -> Bool = { (48...57).contains($0) }
        let isUpper: @Sendable (UInt8) -> Bool = { (65...90).contains($0) }
        let isLower: @Sendable (UInt8) -> Bool = { (97...122).contains($0) }
        let isLetter: @Sendable (UInt8) -> Bool = { isUpper($0) || isLower($0) }
        let isVisible: @Sendable (UInt8) -> Bool = { (33...126).contains($0) }
        return [
            "alnum": { isLetter($0) || isDigit($0) }, "alpha": isLetter, "blank": { $0 == 32 || $0 == 9 },
            "cntrl": { $0 < 32 || $0 == 127 }, "digit": isDigit, "graph": isVisible, "lower": isLower,
            "print": { isVisible($0) || $0 == 32 },
            "punct": { isVisible($0) && !isLetter($0) && !isDigit($0) },
            "space": { $0 == 32 || (9...13).contains($0) }, "upper": isUpper,
            "xdigit": { hexadecimalValue(of: $0) != nil },
        ]
    }()
}
