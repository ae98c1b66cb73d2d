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

    /// What the copy holds.
    private struct Report: Encodable {
        let items: Int
        let bytes: Int
    }

    @OptionGroup var target: IndexArgument
    @Argument(help: "The folder of the copy, which does not exist yet or is empty.")
    var folder: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        try EmbeddingIndex(opening: target.index, readOnly: true).snapshot(to: folder)
        let stats = try EmbeddingIndex(opening: folder, readOnly: true).stats()
        if output.json {
            printJSON(Report(items: stats.items, bytes: stats.bytes))
        } else {
            print("\(stats.items) items, \(sizeText(stats.bytes)) in '\(folder)'")
        }
    }
}
