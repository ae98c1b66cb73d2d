import Akin
import ArgumentParser

/// `akin index stats`
struct IndexStatistics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Say what an index holds.",
        discussion: """
            For example:

              akin index stats seals
              akin index stats seals --json
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var output: OutputOptions

    func run() throws {
        let index = try EmbeddingIndex(opening: target.index, readOnly: true)
        let stats = try index.stats()
        if output.json { return printJSON(stats) }
        let place = index.hasCheckpoint ? "" : ", not in the index"
        print(
            aligned(
                [
                    ["items", "\(stats.items)"],
                    ["labels", "\(stats.labels.count)"],
                    ["backbone", "\(index.backbone.name) (\(index.backbone.hash)\(place))"],
                    ["dimension", "\(stats.dimension)"],
                    ["metric", stats.metric.rawValue],
                    ["size", sizeText(stats.bytes)],
                ] + Self.graph(stats.graph)))
        guard !stats.labels.isEmpty else { return }
        print("\nitems a label:")
        let labels = stats.labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        print(aligned(labels.map { ["\($0.value)", $0.key] }, indent: "  "))
    }

    private static func graph(_ graph: GraphStats?) -> [[String]] {
        guard let graph else { return [["graph", "none: every item is looked at"]] }
        return [
            [
                "graph",
                "\(graph.items) items, \(graph.unindexed) beside it, \(graph.removed) removed; \(graph.levels) "
                    + "levels, \(graph.links) links, \(graph.candidates) candidates, seed \(graph.seed); "
                    + sizeText(graph.bytes),
            ]
        ]
    }
}
