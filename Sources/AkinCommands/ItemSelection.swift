import Akin
import AkinDatasets
import ArgumentParser

/// Which items of an index a command changes.
struct ItemSelection: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Items by where they come from: files, or folders with all in them.", valueName: "paths"))
    var paths: [String] = []

    @Option(
        help: ArgumentHelp(
            "An item by its number, as 'akin index list' shows it; can be repeated.", valueName: "n"))
    var id: [UInt64] = []

    @Option(help: "All items of a label; can be repeated.")
    var label: [String] = []

    mutating func validate() throws {
        if paths.isEmpty, id.isEmpty, label.isEmpty {
            throw ValidationError("No items are named; give their paths, --id or --label.")
        }
    }

    /// The numbers of the items, each once. Throws where something selects nothing.
    func ids(in index: EmbeddingIndex) throws -> [UInt64] {
        var ids = Set<UInt64>()
        for number in id {
            guard try index.item(number) != nil else { throw IndexError.unknownItem(id: number) }
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
        for path in paths {
            let source = absolutePath(path)
            if let item = try index.item(source: source) {
                ids.insert(item.id)
                continue
            }
            let inside = try index.items().filter { $0.source.utf8.starts(with: (source + "/").utf8) }
            guard !inside.isEmpty else { throw CommandError.noMatch(path: path) }
            ids.formUnion(inside.map(\.id))
        }
        return ids.sorted()
    }
}
