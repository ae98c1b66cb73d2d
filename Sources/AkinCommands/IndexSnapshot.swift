import Akin
import ArgumentParser

/// `akin index snapshot`
struct IndexSnapshot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Copy an index as it is now into another folder.",
        discussion: """
            The copy is whole, whatever other programs change meanwhile, which a copy of the files need not be. It is \
            an index like any other: keep it to go back to, ask it, or give it away.

            For example:

              akin index snapshot seals backup/seals
            """)

    @OptionGroup var target: IndexArgument
    @Argument(help: "The folder of the copy, which does not exist yet or is empty.", completion: .directory)
    var folder: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.perform(SnapshotIndex(of: target.place, to: folder)) { copy in
            "\(copy.items) items, \(sizeText(copy.bytes)) in '\(folder)'"
        }
    }
}
