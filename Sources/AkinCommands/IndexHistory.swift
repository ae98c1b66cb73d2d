import Akin
import AkinBasics
import ArgumentParser

/// `akin index history`
struct IndexHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the changes of an index, the last one first.",
        discussion: """
            Who did what and when, to items of which labels and from where. These are the changes that 'akin index undo' can \
            take back, from the first line on; below them, those that were taken back and that 'akin index redo' can do again. \
            --show names each item of one of them.

            The last \(EmbeddingIndex.historyLimit) are kept, or as many as --set-limit says, which forgets older ones for good; \
            what removed items were is kept with them, so a shorter history is a smaller index. With --json, an object a line.

            For example:

              akin index history seals
              akin index history seals --show 3
              akin index history seals --set-limit 100
            """)

    @OptionGroup var target: IndexArgument

    @Option(help: ArgumentHelp("Show each item of the change of this number.", valueName: "number"))
    var show: UInt64?

    @Option(
        help: ArgumentHelp(
            "Keep so many changes from now on, and forget older ones for good; 0 keeps no history.",
            valueName: "n"))
    var setLimit: Int?

    /// What `--set-limit` was called once. Taken for a number of changes to be shown, it would throw the others away.
    @Option(help: .hidden)
    var keep: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if keep != nil {
            throw ValidationError(
                "--keep forgets older changes for good, and is called --set-limit now; --show N shows one. Nothing was done."
            )
        }
        if let setLimit, setLimit < 0 { throw ValidationError("A history has 0 changes or more.") }
        if show != nil, setLimit != nil { throw ValidationError("Give either --show or --set-limit.") }
    }

    func run() throws {
        if let show {
            try output.perform(ShowChange(show, of: target.place)) { result in
                result.summary.text(like: [result.summary])
                    + (result.summary.isUndone ? "\ntaken back; 'akin index redo' does it again" : "")
                    + (result.changes.isEmpty
                        ? "" : "\n" + aligned(result.changes.map(\.cells), indent: "  "))
            }
        } else {
            try output.performEach(ListChanges(of: target.place, keeping: setLimit)) { $0.text }
        }
    }
}
