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

            Pictures are known by their content, whatever they are called. Other files, and what network drives and \
            systems leave in folders (thumbnails, bins), are passed over and counted. Folders called train, val or \
            test are no labels: name one of them, or give --label-depth 2.

            Images that are in the index already are left alone, or embedded again if the file has changed; \
            they keep the label that they have there, unless --label or a manifest gives another. One that has been \
            moved or renamed is known by its content, and stays the item that it was; a label given by hand goes \
            along, and one that came from the folder becomes that of the new folder. What cannot be read is left out \
            and listed at the end. An interrupted run has lost nothing but the last pictures' work: run the same \
            command again and it goes on.

            What the new pictures have changed is told as a receipt: how many of each class are known again when they are left \
            out, which classes are near, and which older pictures are answered otherwise than before. In a large index, where that \
            would take more than about a second, 'akin evaluate leave-one-out' tells it instead.

            For example:

              akin index add seals pictures/
              akin index add seals new/1.jpg new/2.jpg --label abbot
              akin index add seals manifest.csv
              akin index add seals pictures/ --dry-run
            """)

    @OptionGroup var target: IndexArgument

    @Argument(
        help: ArgumentHelp("Folders, image files, or one CSV manifest.", valueName: "folder|files"),
        completion: .file())
    var given: [PathArgument]
    var paths: [String] { given.paths }

    @OptionGroup var labelled: LabelledPictures
    @OptionGroup var batch: BatchOptions
    @OptionGroup var trial: TrialOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try labelled.check(isManifest: AddPictures(paths, to: target.place).isManifest)
        try refuseEmpty(paths)
    }

    func run() throws {
        var job = AddPictures(paths, to: target.place, label: labelled.label, labelled.folders.reading)
        job.takesAllPages = labelled.pages == .all
        job.isTrial = trial.dryRun
        let report = try output.perform(job) { report in
            let rate =
                report.added + report.updated > 0 && report.trial == nil
                ? " (\(Int(report.imagesPerSecond.rounded())) images/s)" : ""
            return (report.trial?.heading ?? "")
                + changes([
                    (report.added, "added"), (report.updated, "updated"),
                    (report.moved.count, moved(report.moved)),
                    (report.removed, "removed (another lies there)"),
                    (report.unchanged, "unchanged"),
                    (report.blank.count, "of them blank"), (report.skipped.count, "skipped"),
                    (count(report.ignored), "ignored"),
                ]) + rate + keptLabels(report.keptLabels) + copied(report.copies)
                + (report.receipt.map { "\n" + $0.lines.joined(separator: "\n") } ?? "")
        }
        let taken = report.added + report.updated + report.moved.count + report.unchanged
        try requireUsable(taken, skipped: report.skipped)
        try batch.report(report.skipped)
    }
}
