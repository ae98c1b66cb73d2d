import Akin
import ArgumentParser

/// `akin evaluate retrieval`
struct RetrievalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieval",
        abstract: "Find the others of a class: recall and precision at k, mAP, MAP@R.",
        discussion: """
            Each item of the index is compared with all others, and these are sorted by their distance. recall@k is the \
            share of items that have one of their class among the k nearest; precision@k the share of the k nearest \
            that is of their class, which cannot be 100 % where a class has fewer; mAP asks how early all of the class \
            come; MAP@R the same of only as many of the nearest as there are to find. Of equally near items those of \
            other classes count as the nearer ones. Each figure is told of all items alike, and as the mean of the classes.

            An item is not compared with those of its group (its page, manuscript or writer), nor with its copies. \
            Items that have no other of their class to find are counted, and not averaged in.

            For example:

              akin evaluate retrieval seals
              akin evaluate retrieval seals --at 1,10,100 --json
            """)

    @OptionGroup var target: IndexArgument

    @Option(
        name: .customLong("at"),
        help: ArgumentHelp("To how many of the nearest is counted, with commas between.", valueName: "k,..."))
    var depths = CountList([1, 5, 10])

    @OptionGroup var groups: GroupsOption
    @OptionGroup var copies: CopiesOption
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard depths.numbers.allSatisfy({ 1...1_000_000 ~= $0 }) else {
            throw ValidationError("--at is \(depths.defaultValueDescription); give numbers of 1 to 1000000")
        }
    }

    func run() throws {
        let job = EvaluateRetrieval(
            target.place, depths: depths.numbers, keepingGroups: groups.keepGroups,
            keepingCopies: copies.keepCopies)
        try output.perform(job) { $0.text(width: terminalWidth) }
    }
}

/// Whether an evaluation leaves groups out.
struct GroupsOption: ParsableArguments {
    @Flag(
        help:
            "Compare items with those of their group too: of one page, manuscript or writer, which are left out otherwise."
    )
    var keepGroups = false
}
