import Akin
import AkinBasics
import ArgumentParser

/// `akin embed`
struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Turn images into embeddings, written into files.",
        discussion: """
            For programs of your own: no index is made. The embeddings are those that 'akin index add' would keep, to the last bit.

            Images are found as by 'akin index add': in a folder, the sub-folders are the labels, and a CSV file is a manifest. \
            --label gives one label to all, however they lie. What cannot be read is left out and listed at the end.

            The files' endings tell their formats, as of 'akin index export':

              .npy, .csv   for NumPy, float32 [images, dimension], and a table: id, label, source, group
              .tsv, .tsv   for TensorBoard's embedding projector
              .jsonl       both in one, an object a line

            Rows come in the order of the images' paths, and the ids in the table count them from 1. Without a second file there is no table. \
            - for the vectors is standard output, in NumPy's format.

            \(BackboneOption.explanation)

            For example:

              akin embed hog+shapes pictures/ vectors.npy items.csv
              akin embed seals.safetensors scans/ scans.npy --label unknown
              akin embed seals.safetensors manifest.csv all.jsonl
            """)

    @Argument(
        help: ArgumentHelp(
            "The backbone: a .safetensors file, a name, or several with + between them.",
            valueName: "file|name"))
    var backbone: String

    @Argument(help: ArgumentHelp("A folder of images, one image, or one CSV manifest.", valueName: "folder"))
    var pictures: String

    @Argument(help: ArgumentHelp("Files for vectors and for the table.", valueName: "files"))
    var given: [PathArgument]
    var paths: [String] { given.paths }

    @OptionGroup var labelled: LabelledPictures
    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try refuseEmpty([backbone, pictures] + paths)
        if paths.dropFirst().contains("-") {
            throw ValidationError("Only vectors can go to standard output; give the table a name.")
        }
        try labelled.check(isManifest: Dataset.isManifest([pictures]))
    }

    func run() throws {
        var job = EmbedPictures(
            [pictures], with: BackboneName(backbone), to: try paths.map { try writing.file($0, output) },
            label: labelled.label, labelled.folders.reading)
        job.takesAllPages = labelled.pages == .all
        let result = try output.perform(job) { result in
            let files = zip(paths, result.files).map { $0 == "-" ? "standard output" : printable($1) }
            return changes([
                (result.embedded, "embedded"), (result.blank.count, "of them blank"),
                (result.skipped.count, "skipped"), (count(result.ignored), "ignored"),
            ])
                + " (\(Int(result.imagesPerSecond.rounded())) images/s); \(result.dimension) numbers each, written to "
                + files.joined(separator: " and ")
        }
        try batch.report(result.skipped)
    }
}
