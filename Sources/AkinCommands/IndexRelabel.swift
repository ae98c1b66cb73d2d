import Akin
import AkinBasics
import ArgumentParser

/// `akin index relabel`
struct IndexRelabel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relabel",
        abstract: "Give items of an index another label.",
        discussion: """
            Takes effect at once: nothing is embedded or trained again. Labels merge where the new one exists \
            already.

            For example:

              akin index relabel seals pictures/king/7.jpg --to bishop
              akin index relabel seals --label kign --to king
              akin index relabel seals --id 17 --id 18 --to bishop
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var items: SelectionOptions

    @Option(name: .customLong("to"), help: ArgumentHelp("The new label.", valueName: "label"))
    var newLabel: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try checkLabel(newLabel)
    }

    func run() throws {
        let job = RelabelItems(items.selection, of: target.place, to: newLabel)
        try output.perform(job) { result in
            "\(counted(result.relabelled, "item")) now '\(printable(newLabel))'"
                + (result.isNewLabel && result.relabelled > 0 ? ", a new label" : "")
        }
    }
}
