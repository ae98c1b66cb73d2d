import Akin
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

    /// The items among which neighbours are looked for.
    var scope: ItemScope {
        ItemScope(
            filter: ItemFilter(
                labels: onlyLabel.isEmpty ? nil : onlyLabel, groups: onlyGroup.isEmpty ? nil : onlyGroup),
            excluding: Exclusion(ids: Set(exclude), group: excludeGroup))
    }

    var method: SearchMethod { exact ? .exact : ef.map { .graph(width: $0) } ?? .automatic }
}
