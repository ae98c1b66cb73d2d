import Akin
import AkinBasics
import ArgumentParser

extension PlaneMap.Method.Kind: ExpressibleByArgument {}

/// `akin map`
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Draw the items of an index as points, like ones near each other.",
        discussion: """
            Each item of the index becomes a mark on a map; items that the backbone finds alike lie near each other. \
            It shows which classes lie apart and which run into each other, and which items lie among those of another class, \
            as those with a wrong label do.

            The page says how to read it, shows the picture of a mark under the pointer, and brings out a class. It is one \
            file, which can be sent by mail. A file that ends with .svg is a drawing for a text or a slide.

            Methods: t-sne keeps near items near; how far apart others lie says little. pca is the plain view from where the \
            items lie farthest apart. With each goes its trustworthiness: 1 where marks that lie near each other are alike indeed, \
            0.5 where that is chance.

            With --json, the places of all items; no file is written then unless --output names one.

            For example:

              akin map seals
              akin map seals --output seals.svg --method pca
              akin map seals --only-label king --only-label queen --output kings.html
            """)

    @OptionGroup var target: IndexArgument

    @Option(
        help: ArgumentHelp(
            "The file to write, .html or .svg. (default: the index's name with -map.html, here)",
            valueName: "file"), completion: .file(extensions: ["html", "svg"]))
    var output: String?

    @Option(
        help:
            "How points are placed: \(PlaneMap.Method.Kind.allCases.map(\.rawValue).joined(separator: " or "))."
    )
    var method: PlaneMap.Method.Kind = .neighbours

    @Option(
        help: ArgumentHelp(
            "With t-sne: about how many neighbours of an item count; of few items fewer. (default: 30)",
            valueName: "number"))
    var perplexity: Double?

    @Option(help: ArgumentHelp("With t-sne: of the noise with which it begins.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Only items of this label; can be repeated.", valueName: "label"))
    var onlyLabel: [String] = []

    @Option(help: ArgumentHelp("Only items of this group; can be repeated.", valueName: "group"))
    var onlyGroup: [String] = []

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        try refuseEmpty([target.index] + (output.map { [$0] } ?? []))
        guard let perplexity else { return }
        if method != .neighbours { throw ValidationError("--perplexity is one of --method t-sne.") }
        if !(perplexity >= 1 && perplexity.isFinite) {
            throw ValidationError("--perplexity must be at least 1.")
        }
    }

    func run() throws {
        let job = try MapIndex(
            target.place, to: writing.file(output ?? (printing.json ? nil : usualOutput), printing),
            method: chosen,
            only: ItemFilter(
                labels: onlyLabel.isEmpty ? nil : onlyLabel, groups: onlyGroup.isEmpty ? nil : onlyGroup),
            seed: seed)
        try printing.perform(job, text)
        printing.tell(of: job.output, as: "map")
    }

    private var chosen: PlaneMap.Method {
        switch method {
        case .neighbours: .neighbours(perplexity: perplexity ?? 30)
        case .principalComponents: .principalComponents
        }
    }

    private var usualOutput: String {
        let name = absolutePath(target.index).split(separator: "/").last.map(String.init) ?? "index"
        return name + "-map.html"
    }

    private func text(_ map: MapIndex.Result) -> String {
        let classes = Set(map.points.map(\.label)).count
        var placed = "placed by \(map.method.rawValue)"
        if let perplexity = map.perplexity { placed += ", perplexity \(rounded(Float(perplexity), 1))" }
        if let share = map.share {
            placed += ", which shows \(rounded(Float(share * 100), 1)) % of the variance"
        }
        if let trust = map.trustworthiness {
            // What is not all is not 1.
            let shown = trust < 1 ? min(trust, 0.999) : 1
            placed += "; trustworthiness \(rounded(Float(shown), 3)) (1 is best, 0.5 is chance)"
        }
        return """
            \(counted(map.points.count, "item")) of \(classes == 1 ? "1 class" : "\(classes) classes")
            \(placed)
            """
    }
}
