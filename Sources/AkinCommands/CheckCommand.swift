import Akin
import AkinBasics
import ArgumentParser

/// `akin check`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Find labels that may be wrong, classes that are mixed up, and pictures that are there twice.",
        discussion: """
            Each item is left out and asked about (of very many \(CheckLabels.limit), some of each class). Where the others are sure \
            that it is of another class, its label may be wrong: the surest come first. Look at the picture before you change a label \
            with 'akin index relabel': a strange picture of its class looks like that, too.

            Then the pictures themselves are compared, as far as they can be read where they came from: one that was turned, mirrored, \
            cropped, scaled, made lighter or saved anew is found (up to \(CheckLabels.mostCompared) items; about ten seconds for a thousand). \
            Such copies make every evaluation look better than it is, and one of a picture in two classes is wrong. 'akin index remove' \
            takes one out.

            Nothing is changed. ('akin index verify' is about the index itself: whether its files are whole.)

            For example:

              akin check seals
              akin check seals --sheet suspects.html
              akin check seals --no-pictures --json
            """)

    @OptionGroup var target: IndexArgument

    @Flag(inversion: .prefixedNo, help: "Compare the pictures themselves, not only the contents of files.")
    var pictures = true

    @OptionGroup var options: ClassifierOptions

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows what was found, pictures side by side.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var sheet: String?

    @Option(help: ArgumentHelp("How many suspects, pairs and copies are printed.", valueName: "n"))
    var limit = 20

    @OptionGroup var decoding: PictureOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit must not be negative.") }
    }

    func run() throws {
        let sheet = try writing.file(sheet, output)
        var job = CheckLabels(
            target.place, classifier: try options.chosen(), comparingPictures: pictures, sheet: sheet)
        job.command = commandLine
        try output.perform(job) { $0.text(limit: limit) }
        output.tell(of: sheet, as: "sheet")
    }
}

extension CheckLabels.Result {
    fileprivate func text(limit: Int) -> String {
        (suspectLines(limit) + mixedLines(limit) + duplicateLines(limit)).joined(separator: "\n")
    }

    private func suspectLines(_ limit: Int) -> [String] {
        let told = labels.asked < labels.items ? " (\(labels.asked) asked about)" : ""
        var lines = [
            "\(counted(labels.suspects.count, "label")) of \(counted(labels.items, "item"))\(told) may be wrong, by \(labels.classifier)"
        ]
        let shown = labels.suspects.prefix(limit)
        guard !shown.isEmpty else { return lines }
        let rows = shown.map {
            ["\($0.id)", $0.label, $0.proposed, "\(Int(($0.probability * 100).rounded())) %", $0.source.path]
        }
        lines.append(
            aligned([["item", "label", "rather", "probability", "picture"]] + rows, indent: "  "))
        return lines + more(labels.suspects.count - limit)
    }

    private func mixedLines(_ limit: Int) -> [String] {
        let shown = labels.mixed.prefix(limit)
        guard !shown.isEmpty else { return [] }
        let rows = shown.map { pair in
            [
                pair.labels[0], pair.labels[1], "\(pair.mistaken[0]) of \(pair.asked[0])",
                "\(pair.mistaken[1]) of \(pair.asked[1])",
            ]
        }
        return ["", "classes that are mixed up"]
            + [aligned([["first", "second", "taken for it", "the other way"]] + rows, indent: "  ")]
            + more(labels.mixed.count - limit)
    }

    private func duplicateLines(_ limit: Int) -> [String] {
        let unreadable = unread > 0 ? "; \(counted(unread, "picture")) could not be read where it was" : ""
        var lines = [
            "",
            duplicates.isEmpty
                ? "no picture is there twice\(unreadable)"
                : "\(counted(duplicates.count, "group")) of pictures as alike as copies are; so are photographs of things "
                    + "that were made alike\(unreadable)",
        ]
        for group in duplicates.prefix(limit) {
            let kind =
                group.kinds.isEmpty
                ? "the very same file" : group.kinds.map(\.rawValue).joined(separator: ", ")
            lines.append("  \(kind)\(group.isContradictory ? ", IN SEVERAL CLASSES" : "")")
            lines.append(
                aligned(group.items.prefix(6).map { ["\($0.id)", $0.label, $0.source.path] }, indent: "    "))
            if group.items.count > 6 { lines.append("    and \(group.items.count - 6) more") }
        }
        return lines + more(duplicates.count - limit)
    }

    private func more(_ count: Int) -> [String] { count > 0 ? ["  and \(count) more"] : [] }
}
