import Foundation

/// What the house says of its modules in CONTRIBUTING.md and in Package.swift, and what lies in Sources.
struct House {
    /// A folder of Sources.
    struct Folder {
        var name: String
        /// The imports of its Swift files by their paths in the folder.
        var files: [String: [Import]]
    }

    var table: ModuleTable
    var modules: [PackageTarget]
    var folders: [Folder]

    /// Where Package.swift lies.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init(table: ModuleTable, modules: [PackageTarget], folders: [Folder]) {
        self.table = table
        self.modules = modules
        self.folders = folders
    }

    /// The house that this test stands in.
    init() throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: Self.root.appendingPathComponent(name), encoding: .utf8)
        }
        table = ModuleTable(markdown: try text("CONTRIBUTING.md"))
        modules = PackageTargets(manifest: try text("Package.swift")).modules
        var files: [String: [String: [Import]]] = [:]
        for source in try Self.sources() {
            let isSwift = source.path.hasSuffix(".swift")
            files[source.module, default: [:]][source.path] =
                isSwift ? [Token](source: source.text).imports : []
        }
        folders = files.map { Folder(name: $0, files: $1) }
    }

    /// A file of Sources, its path within its module's folder.
    struct Source {
        var module: String
        var path: String
        var text: String
    }

    /// All files with code.
    static func sources() throws -> [Source] {
        let folder = root.appendingPathComponent("Sources").path
        return try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().compactMap { path in
            let parts = path.split(separator: "/", maxSplits: 1)
            let isCode = [".swift", ".c", ".h", ".modulemap"].contains { path.hasSuffix($0) }
            guard parts.count == 2, isCode else { return nil }
            return Source(
                module: String(parts[0]), path: String(parts[1]),
                text: try String(contentsOfFile: folder + "/" + path, encoding: .utf8))
        }
    }
}
