import AkinBasics
import Foundation

/// Where files of backbones lie that are called by their names: `NAME.safetensors` in one of some folders.
public struct BackboneFolders: Sendable, Hashable {
    /// Looked into in this order: of two files of one name the first counts.
    public var folders: [String]
    /// Files with names of their own, which come before those in the folders.
    public var named: [String: String]

    /// Nothing is looked at yet.
    public init(_ folders: [String], named: [String: String] = [:]) {
        self.folders = folders
        self.named = named
    }

    /// The ending of a backbone's file.
    public static let ending = ".safetensors"

    /// The user's own folder, in which fetched backbones lie: `$XDG_DATA_HOME/akin/backbones`, by default
    /// `~/.local/share/akin/backbones`, on macOS `~/Library/Application Support/Akin/backbones`. It may not be there.
    public static var user: String {
        #if os(macOS)
        NSHomeDirectory() + "/Library/Application Support/Akin/backbones"
        #else
        // The standard asks that a relative path be ignored.
        let data = ProcessInfo.processInfo.environment["XDG_DATA_HOME"].flatMap {
            $0.hasPrefix("/") ? $0 : nil
        }
        return (data ?? NSHomeDirectory() + "/.local/share") + "/akin/backbones"
        #endif
    }

    /// What comes with the program, and what the user has.
    ///
    /// What comes with it counts first, so that a name means the same on every machine. Installed, it lies in
    /// `share/akin/backbones` beside the folder of the program, as in `/usr/bin/akin` and `/usr/share`, wherever that was moved to.
    /// Else `shapes` is taken from `Indexes` of the checkout that the program was built in, or that it uses as a library.
    public static var standard: BackboneFolders {
        let program = (Bundle.main.executableURL ?? URL(fileURLWithPath: "/")).resolvingSymlinksInPath()
        let shared =
            program.deletingLastPathComponent().deletingLastPathComponent().path
            + "/share/akin/backbones"
        if Folder.isThere(shared) { return BackboneFolders([shared, user]) }
        let shapes = "/Indexes/omniglot/omniglot" + ending
        let checkout = Self.folders(above: program.path) + Self.folders(above: #filePath)
        let found = checkout.first { Folder.isThere($0 + shapes) }
        return BackboneFolders([user], named: found.map { ["shapes": $0 + shapes] } ?? [:])
    }

    /// The nearest first.
    private static func folders(above path: String) -> [String] {
        var folders: [String] = []
        var path = path[...]
        while let slash = path.lastIndex(of: "/") {
            path = path[..<slash]
            folders.append(String(path))
        }
        return folders
    }

    /// The file of each name. Folders that cannot be read count as empty.
    public var files: [String: String] {
        var files = named
        for folder in folders {
            for entry in (try? Folder.entries(folder)) ?? [] {
                guard entry.isFolder != true, entry.name.hasSuffix(Self.ending) else { continue }
                let name = String(entry.name.dropLast(Self.ending.count))
                if !name.isEmpty, files[name] == nil { files[name] = folder + "/" + entry.name }
            }
        }
        return files
    }

    /// Whether someone who wrote this meant a file: it has a slash or a full stop in it, as names have not.
    public static func isPath(_ text: String) -> Bool { text.contains { $0 == "/" || $0 == "." } }

    /// The file of a name.
    ///
    /// - Parameter others: Names that are known, and have no file.
    /// - Throws: `EmbeddingError.unknownName`
    public func file(of name: String, others: [String] = []) throws(EmbeddingError) -> String {
        let files = files
        if let file = files[name] { return file }
        let known = (others + files.keys).sorted()
        throw .unknownName(
            name, nearest: nearest(to: name, in: known), known: known, isFile: Folder.isThere(name))
    }
}
