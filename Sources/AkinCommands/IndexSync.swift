import Akin
import ArgumentParser

/// `akin index sync`
struct IndexSync: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Make an index follow a folder: new, changed and gone files.",
        discussion: """
            New files are added, changed ones embedded again, and items whose files in this folder are gone \
            are removed. The sub-folders are the labels, as with 'akin index add'; an item that was given another \
            label keeps it. Items from elsewhere stay as they are. A folder that is missing or empty is an error, \
            and removes nothing.

            For example:

              akin index sync seals pictures/
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: "The folder with a sub-folder for each label.")
    var folder: String

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try refuseEmpty([folder]) }

    func run() throws {
        let report = try output.perform(SyncFolder(folder, to: target.place)) { report in
            changes([
                (report.added, "added"), (report.updated, "updated"), (report.removed, "removed"),
                (report.unchanged, "unchanged"), (report.blank.count, "of them blank"),
                (report.skipped.count, "skipped"),
            ]) + keptLabels(report.keptLabels)
        }
        try batch.report(report.skipped)
    }
}
