import Akin
import AkinBasics
import ArgumentParser

/// `akin index add`
struct IndexAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Embed images and add them to an index.",
        discussion: """
            In a folder, the sub-folders are the labels: pictures/king/7.jpg in pictures/ gets the label king. \
            A file by itself needs --label. A CSV file is a manifest with the columns path, label and, if \
            wanted, group (the page or manuscript that an image was cut from) and split.

            Images that are in the index already are left alone, or embedded again if the file has changed; \
            they keep the label that they have there, unless --label or a manifest gives another. \
            What cannot be read is left out and listed at the end. An interrupted run has lost nothing: run \
            the same command again and it goes on.

            For example:

              akin index add seals pictures/
              akin index add seals new/1.jpg new/2.jpg --label abbot
              akin index add seals manifest.csv
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: ArgumentHelp("Folders, image files, or one CSV manifest.", valueName: "folder|files"))
    var paths: [String]

    @Option(help: "The label of all of them, however they lie in folders.")
    var label: String?

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if AddPictures(paths, to: target.place).isManifest, label != nil {
            throw ValidationError("A manifest brings its own labels; leave out --label.")
        }
        if let label { try checkLabel(label) }
        try refuseEmpty(paths)
    }

    func run() throws {
        let job = AddPictures(paths, to: target.place, label: label)
        let report = try output.perform(job) { report in
            let rate =
                report.added + report.updated > 0
                ? " (\(Int(report.imagesPerSecond.rounded())) images/s)" : ""
            return changes([
                (report.added, "added"), (report.updated, "updated"), (report.unchanged, "unchanged"),
                (report.blank.count, "of them blank"), (report.skipped.count, "skipped"),
            ]) + rate + keptLabels(report.keptLabels)
        }
        try requireUsable(report.added + report.updated + report.unchanged, skipped: report.skipped)
        try batch.report(report.skipped)
    }
}
