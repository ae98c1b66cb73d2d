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
            lists them. 'akin index redo' does again what was taken back, until there is another change.

            For example:

              akin index undo seals --dry-run
              akin index undo seals
            """)

    @OptionGroup var target: IndexArgument

    @Flag(help: "Also take back the change that has put the first items into the index.")
    var empty = false

    @OptionGroup var trial: TrialOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let job = UndoChange(of: target.place, mayEmpty: empty, isTrial: trial.dryRun)
        try output.perform(job) { $0.text("taken back") }
    }
}

extension HistoryStep {
    /// `taken back: relabel 3 items to 'prior' (3 relabelled)`; of a trial with the items before it.
    func text(_ done: String) -> String {
        let counts = countsText(change.counts)
        return (trial?.text ?? "") + (trial == nil ? "" : "would be ")
            + "\(done): \(change.verb.rawValue) \(printable(change.summary))\(counts.isEmpty ? "" : " (\(counts))")"
    }
}
