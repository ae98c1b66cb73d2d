import Akin
import AkinBasics
import ArgumentParser

/// An empty argument, as of a shell's variable that is not set, would mean the current folder or everything.
func refuseEmpty(_ paths: [String]) throws(ValidationError) {
    if paths.contains("") { throw ValidationError("A path is empty; leave it out, or give what was meant.") }
}

/// Which items of an index a command changes.
struct ItemSelection: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Items by where they come from: sources as 'akin index list' shows them, files, or folders with all in them.",
            valueName: "sources"))
    var paths: [String] = []

    @Option(
        help: ArgumentHelp(
            "An item by its number, as 'akin index list' shows it; can be repeated.", valueName: "n"))
    var id: [UInt64] = []

    @Option(help: "All items of a label; can be repeated.")
    var label: [String] = []

    mutating func validate() throws {
        if paths.isEmpty, id.isEmpty, label.isEmpty {
            throw ValidationError("No items are named; give their sources, --id or --label.")
        }
        try refuseEmpty(paths)
    }

    /// The numbers of the items, each once. Throws where something selects nothing.
    func ids(in index: EmbeddingIndex) throws -> [UInt64] {
        var ids = Set<UInt64>()
        for number in id {
            guard try index.item(number) != nil else { throw GalleryError.unknownItem(id: number) }
            ids.insert(number)
        }
        for label in label {
            let items = try index.items(label: label)
            guard !items.isEmpty else {
                let known = try index.stats().labels.keys.sorted()
                throw CommandError.unknownLabel(label, nearest: nearest(to: label, in: known))
            }
            ids.formUnion(items.map(\.id))
        }
        for path in paths { ids.formUnion(try self.ids(from: path, in: index)) }
        return ids.sorted()
    }

    /// A source is taken as it stands first, for that of an imported item need not be a path.
    private func ids(from path: String, in index: EmbeddingIndex) throws -> [UInt64] {
        let sources = [path, absolutePath(path)]
        for source in sources {
            if let item = try index.item(source: Source(source)) { return [item.id] }
        }
        let items = try index.items()
        for source in sources {
            let folder = source.hasSuffix("/") ? source : source + "/"
            let inside = items.filter { $0.source.path.utf8.starts(with: folder.utf8) }
            if !inside.isEmpty { return inside.map(\.id) }
        }
        throw CommandError.noMatch(path: path)
    }
}
