import Akin
import AkinBasics
import ArgumentParser

/// `akin index rebuild`
struct IndexRebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Give an index another backbone: embed all its pictures again.",
        discussion: """
            Every item is embedded again from where it came from; labels and numbers stay. Queries of other \
            programs see the old index until all is done, and an interrupted rebuild has changed nothing. \
            'akin index undo' brings the old backbone back. A graph is built anew; after an undo 'akin index \
            build' makes it again. The metric stays.

            Leave-one-out accuracies before and after (the nearest neighbour's label) say whether it was worth \
            it; above \(RebuildIndex.mostMeasured) items they would take too long and are left out.

            For example:

              akin index rebuild seals --backbone better.safetensors
              akin index rebuild seals --backbone hog
            """)

    @OptionGroup var target: IndexArgument

    @OptionGroup var backbone: BackboneOption

    @Flag(help: "Remove items whose pictures cannot be read any more, instead of giving up.")
    var dropUnreadable = false

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let new = try backbone.name.backbone()
        let job = RebuildIndex(target.place, with: new, droppingUnreadable: dropUnreadable)
        try output.perform(job) { report in
            var lines = [
                "\(counted(report.items, "item")) embedded again by '\(printable(new.identity.name))'"
            ]
            lines += report.dropped.map {
                "  removed \(printable($0.source.path)): \(printable($0.reason))"
            }
            if let before = report.before, let after = report.after {
                lines.append(
                    "by the nearest of the others, before: \(text(before))\nby the nearest of the others, after:  \(text(after))"
                )
            }
            return lines.joined(separator: "\n")
        }
    }

    private func text(_ result: RebuildIndex.Accuracy) -> String {
        "\(result.items - result.errors) of \(result.items) right (\((result.accuracy * 1000).rounded() / 10) %)"
    }
}
