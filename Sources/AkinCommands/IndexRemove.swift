import Akin
import AkinBasics
import ArgumentParser

/// `akin index remove`
struct IndexRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove items from an index.",
        discussion: """
            The pictures themselves are not touched. Either all items named are removed or, if one of them is \
            not there, none.

            For example:

              akin index remove seals pictures/king/7.jpg
              akin index remove seals pictures/king/
              akin index remove seals --label king
              akin index remove seals --id 17 --id 18 --dry-run
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var items: SelectionOptions
    @OptionGroup var trial: TrialOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try items.requireSome() }

    func run() throws {
        let job = RemoveItems(items.selection, from: target.place, isTrial: trial.dryRun)
        try output.perform(job) { result in
            (result.trial?.text ?? "")
                + "\(counted(result.removed, "item"))\(trial.dryRun ? " would be" : "") removed, \(result.items) left"
        }
    }
}
