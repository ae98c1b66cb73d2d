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

            Many labels are best corrected in a spreadsheet: 'akin index export seals labels.csv' writes a table, and --from takes it \
            back, saved as CSV with commas, semicolons or tabs. Items are told by the column id, by source, or both; all \
            changes are shown, and are one for 'akin index undo'. A label that a spreadsheet would change, such as 007 or 3/4, has an \
            apostrophe before it in the table; one that looks as if it had been changed all the same is refused.

            For example:

              akin index relabel seals pictures/king/7.jpg --to bishop
              akin index relabel seals --label kign --to king
              akin index relabel seals --id 17 --id 18 --to bishop
              akin index relabel seals --from labels.csv --dry-run
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var items: SelectionOptions

    @Option(name: .customLong("to"), help: ArgumentHelp("The new label.", valueName: "label"))
    var newLabel: String?

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("Take the labels from a table of items, a CSV or TSV file.", valueName: "file"),
        completion: .file(extensions: ["csv", "tsv"]))
    var table: String?

    @OptionGroup var trial: TrialOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard table == nil else {
            if !items.isEmpty || newLabel != nil {
                throw ValidationError("--from says which items get which labels; leave out the others.")
            }
            return try refuseEmpty([table].compactMap(\.self))
        }
        try items.requireSome()
        guard let newLabel else { throw ValidationError("Give the new label with --to.") }
        try checkLabel(newLabel)
    }

    func run() throws {
        let would = trial.dryRun ? "would be" : "now"
        if let table {
            let job = RelabelFromTable(table, of: target.place, isTrial: trial.dryRun)
            try output.perform(job) { text($0, would) }
        } else if let newLabel {
            let job = RelabelItems(items.selection, of: target.place, to: newLabel, isTrial: trial.dryRun)
            try output.perform(job) { result in
                (result.trial?.text ?? "")
                    + "\(counted(result.relabelled, "item")) \(would) '\(printable(newLabel))'"
                    + (result.isNewLabel && result.relabelled > 0 ? ", a new label" : "")
            }
        }
    }

    private func text(_ result: RelabelFromTable.Result, _ would: String) -> String {
        let shown = result.changes.prefix(100)
        let rows = shown.map { ["\($0.id)", $0.from, "->", $0.to, $0.source.path] }
        var lines = rows.isEmpty ? [] : [aligned(rows, indent: "  ")]
        if result.changes.count > shown.count {
            lines.append("  and \(result.changes.count - shown.count) more (--json has all)")
        }
        lines.append(
            "\(counted(result.relabelled, "item")) \(would) relabelled, \(result.unchanged) unchanged")
        return lines.joined(separator: "\n")
    }
}
