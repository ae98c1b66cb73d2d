import AkinBasics
import AkinImages

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds the picture files below a folder.
///
/// What a file is, its first bytes say; one whose name ends like a picture's is taken for one without a look at them, and
/// must prove it when it is decoded. What systems put among a person's files, what patterns name and what is no picture
/// is passed over, and counted. Symbolic links are followed, but each folder is entered once only: so a loop of links
/// ends, and is reported.
struct FolderWalk {
    /// In the order of their bytes.
    private(set) var files: [String] = []
    private(set) var skipped: [Skipped] = []
    /// The files and folders that are passed over by their names.
    private(set) var passedOver: Set<Source> = []

    private let root: String
    private var visited: [FileIdentity: String] = [:]
    /// Links to folders wait until all real folders are entered, so that those keep their own paths.
    private var links: [Place] = []
    /// Files that were passed over, by kind.
    private var counts: [String: Int] = [:]
    /// Of those, such as are no pictures, by their folder and by kind.
    private var others: [String: [String: Int]] = [:]
    private let asked: (length: Int, patterns: IgnorePatterns)
    /// How many names are still read for counting what is passed over: a snapshot of a whole drive must not be read
    /// for that.
    private var namesToCount = 100_000

    /// A folder to be entered, and the lists of patterns above it, each with the length of its folder's path.
    private struct Place {
        let path: String
        var lists: [(length: Int, patterns: IgnorePatterns)] = []
    }

    /// - Parameter ignored: Patterns of what is passed over.
    init(_ root: String, ignoring ignored: [String] = []) throws(DatasetError) {
        self.root = root
        asked = (
            Self.length(root),
            IgnorePatterns(
                Array(ignored.map { PathText.bytes(of: $0) }.joined(separator: [UInt8(ascii: "\n")])))
        )
        var status = stat()
        guard stat(PathText.system(root), &status) == 0 else { throw .file(path: root, .missing) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: root) }
        let reason = enter(Place(path: root))
        if let unusableList { throw unusableList }
        if let reason { throw .unreadableFolder(path: root, reason: reason) }
        var next = 0
        while next < links.count {
            if let reason = enter(links[next]) { skip(links[next].path, reason) }
            next += 1
        }
        if let unusableList { throw unusableList }
        files.sort(by: bytesPrecede)
        skipped.sort { $0.source < $1.source }
    }

    /// What was passed over.
    var ignored: [Ignored] { Ignored.list(counts.map { Ignored(kind: $0.key, count: $0.value) }) }

    /// The names of the folders below the root in which a file lies, and its own.
    func parts(of file: String) -> [String] {
        // In bytes: to Swift, a slash and an accent behind it are one character.
        file.utf8.dropFirst(root == "/" ? 1 : root.utf8.count + 1).split(separator: UInt8(ascii: "/"))
            .map { String(Substring($0)) }
    }

    /// What there is to say of folders.
    var remarks: [DatasetRemark] {
        let folders = others.isEmpty ? [] : foldersWithoutPicture
        return folders.isEmpty ? [] : [.foldersWithoutPicture(path: root, folders)]
    }

    /// The topmost folders below the root that hold files and no picture, with what they hold.
    private var foldersWithoutPicture: [DatasetRemark.FolderOfOthers] {
        var withPictures: Set<String> = []
        for path in files + skipped.map(\.source.path) {
            for folder in folders(above: path) where !withPictures.insert(folder).inserted { break }
        }
        var found: [String: [Ignored]] = [:]
        for (folder, kinds) in others {
            let above = [folder] + folders(above: folder)
            guard let top = above.last(where: { !withPictures.contains($0) && $0 != root }) else { continue }
            found[top, default: []] += kinds.map { Ignored(kind: $0.key, count: $0.value) }
        }
        return found.sorted { bytesPrecede($0.key, $1.key) }.map {
            .init(name: parts(of: $0.key).joined(separator: "/"), ignored: Ignored.list($0.value))
        }
    }

    /// The nearest first; without the root.
    private func folders(above path: String) -> [String] {
        var folders: [String] = []
        var path = path.utf8[...]
        while let slash = path.lastIndex(of: UInt8(ascii: "/")) {
            path = path[..<slash]
            guard path.count > root.utf8.count else { break }
            folders.append(String(Substring(path)))
        }
        return folders
    }

    private mutating func skip(_ path: String, _ reason: String) {
        skipped.append(Skipped(source: Source(path), reason: reason))
    }

    /// Takes in all that lies in a folder; returns why it cannot.
    private mutating func enter(_ first: Place) -> String? {
        // A list instead of recursion: a tree may be deeper than the stack.
        var places = [first]
        while let place = places.popLast() {
            let reason = read(place, &places)
            if let reason {
                if place.path == first.path { return reason }
                skip(place.path, reason)
            }
        }
        return nil
    }

    private mutating func read(_ place: Place, _ places: inout [Place]) -> String? {
        var place = place
        let folder = place.path
        guard let identity = FileIdentity(path: folder) else { return String(cString: strerror(errno)) }
        if folder != root, leadsAbove(folder) {
            return "leads to a folder in which \(root) lies; remove the link"
        }
        if let first = visited[identity] {
            return "leads to the folder \(first), which is read already; remove the link"
        }
        let entries: [Folder.Entry]
        do throws(FileError) {
            entries = try Folder.entries(folder)
        } catch {
            guard case .unreadable(let reason) = error else { return "\(error)" }
            return "the folder cannot be read (\(reason)); check its permissions"
        }
        visited[identity] = folder
        if entries.contains(where: { $0.name == Self.listName }) {
            do throws(DatasetError) {
                place.lists.append(
                    (Self.length(folder), try IgnorePatterns(contentsOf: folder + "/" + Self.listName)))
            } catch {
                // Without it, what it was to keep out would come in.
                unusableList = unusableList ?? error
            }
        }
        // The order of links decides which of two to the same folder is entered.
        for entry in entries.sorted(by: { bytesPrecede($0.name, $1.name) }) {
            take(entry, in: place, &places)
        }
        return nil
    }

    private static let listName = ".akinignore"
    private var unusableList: DatasetError?

    /// Bytes of a folder's path and the slash behind it.
    private static func length(_ folder: String) -> Int {
        folder == "/" ? 1 : PathText.bytes(of: folder).count + 1
    }

    /// Whether a link leads out of the root, to a folder that holds it: with it would come all that lies there.
    private func leadsAbove(_ folder: String) -> Bool {
        guard let place = realpath(PathText.system(folder), nil),
            let own = realpath(PathText.system(root), nil)
        else { return false }
        defer {
            free(place)
            free(own)
        }
        let (length, isRoot) = (strlen(place), strcmp(place, "/") == 0)
        return isRoot
            || strncmp(place, own, length) == 0 && own[length] == CChar(bitPattern: UInt8(ascii: "/"))
    }

    private mutating func take(_ entry: Folder.Entry, in place: Place, _ places: inout [Place]) {
        let name = entry.name
        let path = place.path == "/" ? "/" + name : place.path + "/" + name
        if entry.isFile {
            // Of a picture among thousands no more is asked than must be.
            if let kind = kind(ofIgnored: path, name, isFolder: false, place.lists) {
                passedOver.insert(Source(path))
                counts[kind, default: 0] += 1
            } else {
                takeFile(path, named: name, in: place.path, isFile: true)
            }
            return
        }
        let system = PathText.system(path)
        var status = stat()
        guard lstat(system, &status) == 0 else { return skip(path, String(cString: strerror(errno))) }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        let code = isLink && stat(system, &status) != 0 ? errno : 0
        let isFolder = code == 0 && status.st_mode & S_IFMT == S_IFDIR
        if let kind = kind(ofIgnored: path, name, isFolder: isFolder, place.lists) {
            passedOver.insert(Source(path))
            let number = isFolder && !isLink ? numberOfFiles(below: path) : 1
            if number > 0 { counts[kind, default: 0] += number }
        } else if code != 0 {
            // A link that leads nowhere may have been to a folder, so its ending says nothing.
            skip(
                path,
                code == ELOOP
                    ? "a symbolic link that leads back to itself; remove it" : "\(FileError.danglingLink)")
        } else if isFolder {
            let below = Place(path: path, lists: place.lists)
            if isLink { links.append(below) } else { places.append(below) }
        } else {
            takeFile(path, named: name, in: place.path, isFile: false)
        }
    }

    /// The kind as which a file or folder is passed over by its name; nil where it is not. What a person has said comes
    /// first.
    private func kind(
        ofIgnored path: String, _ name: String, isFolder: Bool,
        _ lists: [(length: Int, patterns: IgnorePatterns)]
    ) -> String? {
        for (length, patterns) in [asked] + lists.reversed() where !patterns.isEmpty {
            switch patterns.decision(on: PathText.bytes(of: path)[length...], isFolder: isFolder) {
            case .ignored(let pattern): return pattern
            case .taken: return nil
            case nil: continue
            }
        }
        return SystemNames.kind(of: name)
    }

    /// - Parameter isFile: Whether it is known to be one, and no link.
    private mutating func takeFile(_ path: String, named name: String, in folder: String, isFile: Bool) {
        let ending = Self.ending(of: name)
        do throws(FileError) {
            if let ending, ImageFormat.endings.contains(ending) {
                // Whether it may be read shows when it is.
                if !isFile { try FileBytes.check(path) }
                files.append(path)
                return
            }
            do throws(FileError) {
                let beginning = try FileBytes.beginning(of: path, count: 512)
                if beginning.withUnsafeBytes(ForeignContent.isPicture) {
                    files.append(path)
                    return
                }
            } catch .notAFile {}
            let kind = ending.map { "." + $0 } ?? "without ending"
            counts[kind, default: 0] += 1
            others[folder, default: [:]][kind, default: 0] += 1
        } catch {
            skip(path, "\(error)")
        }
    }

    /// What stands behind the last point of a name, in small letters; nil where that is no ending.
    private static func ending(of name: String) -> String? {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return nil }
        let ending = name[dot...].dropFirst()
        return ending.isEmpty || ending.count > 12 || ending.contains(where: \.isWhitespace)
            ? nil : ending.lowercased()
    }

    /// How many files lie below a folder that is passed over. Links are not followed.
    private mutating func numberOfFiles(below folder: String) -> Int {
        var folders = [folder]
        var number = 0
        while let folder = folders.popLast(), namesToCount > 0 {
            guard let entries = try? Folder.entries(folder, limit: namesToCount) else { continue }
            namesToCount -= entries.count
            for entry in entries {
                let path = folder + "/" + entry.name
                var status = stat()
                let isFolder =
                    entry.isFolder
                    ?? (lstat(PathText.system(path), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR)
                if isFolder { folders.append(path) } else { number += 1 }
            }
        }
        return number
    }
}
