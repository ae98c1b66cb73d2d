import Akin
import ArgumentParser

/// `akin index sync`
struct IndexSync: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Make an index follow a folder: new, changed and gone files.",
        discussion: """
            New files are added, changed ones embedded again, and items whose files in this folder are gone, or are \
            passed over now, are removed. The sub-folders are the labels, as with 'akin index add'; an item that was \
            given another label keeps it. Items from elsewhere stay as they are.

            What was moved or renamed is known by its content, and keeps its number, group and a label given by \
            hand. So a folder that was renamed is synced by its new name; items of the old one whose pictures are not \
            in the new one stay, until 'akin index remove' is given the old name. A folder that is missing or empty is an error, \
            and removes nothing.

            For example:

              akin index sync seals pictures/ --dry-run
              akin index sync seals pictures/
              mv pictures seals-2024 && akin index sync seals seals-2024/
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: "The folder with a sub-folder for each label.", completion: .directory)
    var folder: String

    @Option(help: "Which pages of a TIFF file are taken; scan.tif#2 is the second of scan.tif.")
    var pages: PageChoice = .first

    @OptionGroup var folders: FolderOptions
    @OptionGroup var batch: BatchOptions
    @OptionGroup var trial: TrialOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try refuseEmpty([folder]) }

    func run() throws {
        var job = SyncFolder(folder, to: target.place, folders.reading)
        job.takesAllPages = pages == .all
        job.isTrial = trial.dryRun
        let report = try output.perform(job) { report in
            (report.trial?.heading ?? "")
                + changes([
                    (report.added, "added"), (report.updated, "updated"),
                    (report.moved.count, moved(report.moved)),
                    (report.removed, "removed"), (report.unchanged, "unchanged"),
                    (report.blank.count, "of them blank"), (report.skipped.count, "skipped"),
                    (count(report.ignored), "ignored"),
                ]) + keptLabels(report.keptLabels) + copied(report.copies)
        }
        try batch.report(report.skipped)
    }
}
