import Akin
import AkinBasics
import ArgumentParser

/// `akin index verify`
struct IndexVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Examine an index, and put right what can be.",
        discussion: """
            Compares every part with its checksum and with the others, and measures on a sample of the items how \
            many of their true neighbours the graph finds. Exits with 1 if anything is wrong, if that is too few (where that \
            was seen when the graph was built, every item is looked at instead), and if most items, of several labels, have \
            one and the same embedding.

            With --repair, what follows from the rest is made again: lists of labels, groups and sources, and the \
            graph. Where embeddings are damaged, all pictures are embedded again from where they came from; with \
            --drop-unreadable, items whose pictures are gone are removed then.

            For example:

              akin index verify seals
              akin index verify seals --repair
            """)

    @OptionGroup var target: IndexArgument

    @Flag(help: "Make again what follows from the rest.")
    var repair = false

    @Flag(help: "With --repair: remove items that would have to be embedded again, and can't be.")
    var dropUnreadable = false

    @Option(help: ArgumentHelp("How many items the graph is measured on.", valueName: "n"))
    var sample = 1000

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if dropUnreadable && !repair { throw ValidationError("--drop-unreadable goes with --repair.") }
        if sample < 0 { throw ValidationError("--sample must not be negative.") }
    }

    func run() throws {
        let job = VerifyIndex(
            target.place, sample: sample, repairing: repair, droppingUnreadable: dropUnreadable)
        let report = try output.perform(job) { report in
            let isWell = report.isSound && report.onePoint == nil && report.suffices != false
            if output.quiet, isWell, report.repaired.isEmpty { return "" }
            var lines = report.repaired.map { "mended: \(printable($0))" }
            lines += report.faults.map { "fault: \(printable($0))" }
            if let point = report.onePoint { lines.append("of no use: \(point)") }
            if report.isSound, report.onePoint == nil {
                lines.append("\(counted(report.items, "item")), nothing wrong")
            }
            if let recall = report.recall {
                lines.append(
                    "the graph finds \((recall * 1000).rounded() / 10) % of the 10 true neighbours of "
                        + "\(report.sampled) items")
            }
            if report.suffices == false, report.isExact == true {
                lines.append("that is too few, so every item is looked at instead")
            }
            return lines.joined(separator: "\n")
        }
        if !report.isSound { throw CommandError.faulty(count: report.faults.count, repaired: repair) }
        if report.onePoint != nil { throw CommandError.tellsNothingApart }
        if report.suffices == false { throw CommandError.missedNeighbours }
    }
}
