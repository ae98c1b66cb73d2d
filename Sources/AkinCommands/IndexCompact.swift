import Akin
import ArgumentParser

/// `akin index compact`
struct IndexCompact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Make an index's file as small as what is in it.",
        discussion: """
            What removed and replaced items leave behind is used again for new ones, but not given back to the \
            disk; this does that. The index is copied beside itself, so the disk needs room for a second one, and \
            the two change places in one step: queries of other programs go on, their changes wait.

            For example:

              akin index compact seals
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.perform(CompactIndex(target.place)) { report in
            "\(sizeText(report.bytesBefore)) before, \(sizeText(report.bytesAfter)) now"
        }
    }
}
