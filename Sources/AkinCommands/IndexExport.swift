import Akin
import AkinBasics
import ArgumentParser

/// `akin index export`
struct IndexExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write an index's items and embeddings into files.",
        discussion: """
            The files' endings tell their formats. One file that says everything, for another index:

              .jsonl       an object a line: id, label, source, group, embedding, what the item was made from \
            and by which backbone

            or one of vectors and one of items, for other programs:

              .npy, .csv   for NumPy and spreadsheets
              .tsv, .tsv   for TensorBoard's embedding projector, which shows them in space

            or one for spreadsheets, without embeddings, which 'akin index relabel --from' takes back corrected:

              .csv         id, label, source, group; what a spreadsheet would change has an apostrophe before it

            Items come by ascending id. Every number reads back as what it was.

            For example:

              akin index export seals seals.jsonl
              akin index export seals vectors.npy items.csv
              akin index export seals labels.csv
              akin index export seals vectors.tsv metadata.tsv --force
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: ArgumentHelp("Files for vectors and items.", valueName: "files"), completion: .file())
    var given: [PathArgument]
    var paths: [String] { given.paths }

    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.perform(ExportItems(of: target.place, to: paths, overwriting: writing.force)) { report in
            "\(counted(report.exported, "item")) written to "
                + paths.map(printable).joined(separator: " and ")
        }
    }
}
