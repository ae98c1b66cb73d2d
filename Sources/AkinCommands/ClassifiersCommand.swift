import Akin
import ArgumentParser

/// `akin evaluate classifiers`
struct ClassifiersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classifiers",
        abstract: "Compare classifiers: how often each is right, and how long it takes.",
        discussion: """
            Each classifier is fitted to the items of the index and asked about labelled pictures: those in the \
            sub-folders of a folder, or the items of another index with the same backbone. Shown are its errors, the \
            accuracy with its 95 % interval, and the seconds to fit and to answer all, without embedding. Pictures that the \
            index has too are left out, unless --keep-copies is given. To measure an index by its own items, see 'akin \
            evaluate leave-one-out'.

            Without --classifier, those of the thesis' table 5.10 are compared: average-class-distance, support-vectors \
            with three kernels, nearest-neighbours with 1, 5, 15 and 25, random-forest with 25, 50, 75 and 100 trees. \
            Support vectors take minutes for many thousands of items.

            For example:

              akin evaluate classifiers seals test-pictures/
              akin evaluate classifiers seals test-index
              akin evaluate classifiers seals test-pictures/ --classifier ridge --classifier nearest-neighbours:3
              akin evaluate classifiers seals test-pictures/ --classifier support-vectors:polynomial-2
            """)

    @OptionGroup var target: IndexArgument

    @Argument(
        help: ArgumentHelp("A folder with a sub-folder for each class, or an index.", valueName: "pictures"),
        completion: .directory)
    var pictures: String

    @Option(
        help: ArgumentHelp(
            "A classifier to be compared; can be repeated. A colon brings its setting: how many neighbours vote, how many "
                + "trees there are, the kernel, where polynomial-2 is of degree 2, or discriminant:ledoit-wolf.",
            valueName: "name:setting"), completion: .list(Classifier.names))
    var classifier: [String] = []

    @OptionGroup var reading: FolderOptions
    @OptionGroup var copies: CopiesOption
    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        for text in classifier { _ = try Self.classifier(text) }
    }

    func run() throws {
        let chosen = try classifier.map { try Self.classifier($0) }
        let job = EvaluateClassifiers(
            target.place, on: pictures, classifiers: chosen.isEmpty ? EvaluateClassifiers.ofThesis : chosen,
            reading.reading, keepingCopies: copies.keepCopies)
        try batch.report(try output.perform(job) { $0.report.text(width: terminalWidth) }.skipped)
    }

    private static func classifier(_ text: String) throws -> Classifier {
        do { return try Classifier(written: text) } catch { throw ValidationError("\(error)") }
    }
}
