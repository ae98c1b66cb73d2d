import Akin
import ArgumentParser

/// An empty argument, as of a shell's variable that is not set, would mean the current folder or everything.
func refuseEmpty(_ paths: [String]) throws(ValidationError) {
    if paths.contains("") { throw ValidationError("A path is empty; leave it out, or give what was meant.") }
}

/// Which items of an index a command changes.
struct SelectionOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Items by where they come from: sources as 'akin index list' shows them, files, or folders with all in them.",
            valueName: "sources"), completion: .file())
    var given: [PathArgument] = []
    var paths: [String] { given.paths }

    @Option(
        help: ArgumentHelp(
            "An item by its number, as 'akin index list' shows it; can be repeated.", valueName: "n"))
    var id: [UInt64] = []

    @Option(help: "All items of a label; can be repeated.")
    var label: [String] = []

    mutating func validate() throws { try refuseEmpty(paths) }

    /// Whether none are named.
    var isEmpty: Bool { paths.isEmpty && id.isEmpty && label.isEmpty }

    /// Everything is not what nothing means.
    func requireSome() throws(ValidationError) {
        if isEmpty { throw ValidationError("No items are named; give their sources, --id or --label.") }
    }

    var selection: ItemSelection { ItemSelection(paths: paths, ids: id, labels: label) }
}
