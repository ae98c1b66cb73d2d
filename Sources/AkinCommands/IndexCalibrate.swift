import Akin
import AkinBasics
import ArgumentParser

/// `akin index calibrate`
struct IndexCalibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Choose how an index is asked, and find out how far its answers can be believed.",
        discussion: """
            Each item is left out and asked about (of many \(CalibrateIndex.limit), some of each class; with the whole group where it \
            has one). By that the classifier is chosen, the confidence of an answer becomes the probability that it is \
            right, and pictures that belong to no class of the index are called unknown: as if each class in turn were \
            not there. It is kept in the index, and 'akin index undo' takes it back.

            'akin learn' does the same. After more was added, removed or relabelled, do it again.

            For example:

              akin index calibrate seals
              akin index calibrate seals --unknown-at 0.2
              akin index calibrate seals --classifier ridge
            """)

    @OptionGroup var target: IndexArgument

    @Option(
        help: ArgumentHelp(
            "What share of the pictures of other classes may be called known; the lower, the more of its own are called unknown. (default: as it was calibrated last, or \(CalibrateIndex.usualShare))",
            valueName: "share"))
    var unknownAt: Double?

    @OptionGroup var options: ClassifierOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let unknownAt, !(unknownAt > 0 && unknownAt < 1) {
            throw ValidationError("--unknown-at is \(unknownAt); give a share above 0 and below 1, as 0.05")
        }
    }

    func run() throws {
        let job = CalibrateIndex(
            target.place, classifier: try options.chosen(), strangersKnown: unknownAt)
        try output.perform(job, \.text)
    }
}

extension CalibrateIndex.Result {
    /// What was chosen, and what it means.
    var text: String {
        var lines: [String] = []
        if tried.count > 1 {
            let rows = tried.map { trial in
                [
                    "\(trial.classifier)",
                    trial.accuracy.map { "\(rounded(Float($0 * 100), 1)) %" } ?? "not known",
                ]
            }
            lines.append(
                "tried on \(counted(calibration.items, "item")), each left out (each class counting alike):")
            lines.append(aligned([["classifier", "right"]] + rows, indent: "  "))
            lines.append("")
        }
        lines.append("asked by: \(calibration.classifier)")
        return (lines + calibration.meaning).joined(separator: "\n")
    }
}
