import Akin
import AkinBasics
import ArgumentParser

/// Among which items neighbours are looked for, and how.
struct SearchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Look only among items of this label; can be repeated.", valueName: "label"))
    var onlyLabel: [String] = []

    @Option(help: ArgumentHelp("Look only among items of this group; can be repeated.", valueName: "group"))
    var onlyGroup: [String] = []

    @Option(
        help: ArgumentHelp(
            "Leave out an item by its number, as 'akin index list' shows it; can be repeated.", valueName: "n"
        ))
    var exclude: [UInt64] = []

    @Option(help: ArgumentHelp("Leave out all items of a group.", valueName: "group"))
    var excludeGroup: String?

    @Flag(help: "Look at every item, also where there is a graph.")
    var exact = false

    @Option(
        help: ArgumentHelp(
            "Candidates that a search by the graph keeps; more find more, in more time. (default: as many as this index "
                + "needs, see 'akin index stats')",
            valueName: "n"))
    var ef: Int?

    mutating func validate() throws {
        if let ef, ef < 1 { throw ValidationError("--ef must be at least 1.") }
        if exact, ef != nil { throw ValidationError("Give either --exact or --ef.") }
    }

    /// Refuses labels that the index has not.
    func checkLabels(in index: EmbeddingIndex) throws {
        guard !onlyLabel.isEmpty else { return }
        let known = try index.stats().labels.keys.sorted()
        for label in onlyLabel where !known.contains(label) {
            throw CommandError.unknownLabel(label, nearest: nearest(to: label, in: known))
        }
    }

    /// Names a group that the index has not, where nothing was left to compare with. Looks at every item: not to be
    /// asked before that.
    func checkGroups(in index: EmbeddingIndex) throws {
        let known = Set(try index.items().compactMap(\.group)).sorted()
        for group in onlyGroup where !known.contains(group) {
            throw CommandError.unknownGroup(group, nearest: nearest(to: group, in: known))
        }
    }

    var filter: ItemFilter {
        ItemFilter(
            labels: onlyLabel.isEmpty ? nil : onlyLabel, groups: onlyGroup.isEmpty ? nil : onlyGroup)
    }

    var exclusion: Exclusion { Exclusion(ids: Set(exclude), group: excludeGroup) }

    var method: SearchMethod { exact ? .exact : ef.map { .graph(width: $0) } ?? .automatic }
}
