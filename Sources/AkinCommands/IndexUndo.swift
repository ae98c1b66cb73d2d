import Akin
import AkinBasics
import ArgumentParser

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
        try output.perform(UndoChange(of: target.place)) { change in
            let counts = countsText(change.counts)
            return
                "taken back: \(change.verb.rawValue) \(printable(change.summary))\(counts.isEmpty ? "" : " (\(counts))")"
        }
    }
}
