import Akin
import ArgumentParser

/// `akin evaluate leave-one-out`
struct EvaluateLeaveOneOut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave-one-out",
        abstract: "Classify each item of an index by all the others.",
        discussion: """
            Each item is left out once and classified by the rest, with the embeddings that the index has. \
            Shown are the accuracy with its 95 % interval, the classes, and each mistake: the image, its real \
            class, the closest image and the class that was predicted. Classes with a single item cannot be \
            answered rightly; they are named.

            Images of one page resemble each other in more than what they show. With --group, all items of \
            the left-out item's group (its page, manuscript or writer) are left out with it.

            For example:

              akin evaluate leave-one-out seals -k 1
              akin evaluate leave-one-out seals --group --sheet mistakes.html
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var options: ClassifierOptions

    @Flag(help: "Leave out the whole group of an item, not the item alone.")
    var group = false

    @Option(help: ArgumentHelp("Write an HTML page that shows the mistakes side by side.", valueName: "file"))
    var sheet: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let index = try Index(opening: target.index, readOnly: true)
        output.describeMachine()
        let (items, embeddings) = try index.labelled()
        if group, !items.isEmpty, items.allSatisfy({ $0.group == nil }) { throw CommandError.noGroups }
        let classifier = try options.chosen()
        let evaluation = try LeaveOneOut(
            sources: items.map(\.source), labels: items.map(\.label), groups: group ? items.map(\.group) : nil,
            classifier: classifier, metric: index.metric)
        if let note = classifier.note(items: items.count - 1) { printError("akin: note: \(note)") }
        let report = try evaluation.report(embeddings: embeddings)
        if output.json { printJSON(report) } else { print(report.text(), terminator: "") }
        if let sheet {
            try Sheet(mistakesOf: report) { try? Image(contentsOf: $0) }.write(to: sheet)
            if !output.json { print("sheet: \(sheet)") }
        }
    }
}
