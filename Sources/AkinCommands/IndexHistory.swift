import Akin
import AkinBasics
import ArgumentParser
import Foundation

/// `akin index history`
struct IndexHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the changes of an index, the last one first.",
        discussion: """
            Who did what and when. These are the changes that 'akin index undo' can take back, from the first \
            line on. The last \(EmbeddingIndex.historyLimit) are kept, or as many as --keep says; what removed items were \
            is kept with them, so a shorter history is a smaller index. With --json, an object a line.

            For example:

              akin index history seals
              akin index history seals --keep 100
            """)

    @OptionGroup var target: IndexArgument

    @Option(
        help: ArgumentHelp("Keep so many changes from now on; 0 keeps no history.", valueName: "n"))
    var keep: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let keep, keep < 0 { throw ValidationError("A history has 0 changes or more.") }
    }

    func run() throws {
        try output.performEach(ListChanges(of: target.place, keeping: keep)) { changes in
            aligned(
                changes.map {
                    [
                        "\($0.number)", $0.time.formatted(.iso8601), $0.user, $0.verb.rawValue,
                        countsText($0.counts), $0.summary,
                    ]
                })
        }
    }
}

/// How many items a change has touched: `3 added, 1 removed`; nothing of one that touches none, as `calibrate` does.
func countsText(_ counts: Change.Counts) -> String {
    counts == Change.Counts()
        ? ""
        : changes([
            (counts.added, "added"), (counts.updated, "updated"), (counts.removed, "removed"),
            (counts.relabelled, "relabelled"),
        ])
}
