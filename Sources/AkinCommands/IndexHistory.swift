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
        let index =
            try keep == nil ? EmbeddingIndex(opening: target.index, readOnly: true) : target.openForChanges()
        if let keep { try index.setHistoryLimit(keep) }
        let changes = try index.history()
        if output.json {
            for change in changes { printJSON(change) }
        } else if !changes.isEmpty {
            print(
                aligned(
                    changes.map {
                        [
                            "\($0.number)", $0.time.formatted(.iso8601), $0.user, $0.verb.rawValue,
                            countsText($0.counts), $0.summary,
                        ]
                    }))
        }
    }
}

/// `akin index undo`
struct IndexUndo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back the last change of an index.",
        discussion: """
            Items get back their labels, embeddings and numbers, those that were added are gone, and after a \
            rebuild the old backbone is back. Done again, the change before is taken back; 'akin index history' \
            lists them. What was taken back cannot be brought forth again.

            For example:

              akin index undo seals
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var output: OutputOptions

    func run() throws {
        let change = try target.openForChanges().undo()
        if output.json {
            printJSON(change)
        } else {
            print(
                "taken back: \(change.verb.rawValue) \(printable(change.summary)) (\(countsText(change.counts)))"
            )
        }
    }
}

private func countsText(_ counts: Change.Counts) -> String {
    changes([
        (counts.added, "added"), (counts.updated, "updated"), (counts.removed, "removed"),
        (counts.relabelled, "relabelled"),
    ])
}
