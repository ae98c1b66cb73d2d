import Akin
import ArgumentParser

/// `akin index redo`
struct IndexRedo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redo",
        abstract: "Do again what 'akin index undo' has taken back.",
        discussion: """
            What was taken back last comes first; done again, what was taken back before that. Items have the numbers, labels and \
            embeddings again that they had, and nothing is embedded. Another change of the index in between, and there is nothing to \
            be done again: 'akin index history' lists what there is.

            For example:

              akin index redo seals
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var trial: TrialOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.perform(RedoChange(of: target.place, isTrial: trial.dryRun)) { $0.text("done again") }
    }
}
