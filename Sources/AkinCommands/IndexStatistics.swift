import Akin
import ArgumentParser
import Foundation

/// `akin index stats`
struct IndexStatistics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Say what an index holds.",
        discussion: """
            The search time is measured: 10 neighbours of each of some of the index's own items, one after the other \
            on one thread; for that all of it is read once.

            For example:

              akin index stats seals
              akin index stats seals --json
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let stats: IndexStats
        let graphDamage: String?
        let search: SearchTimes?

        func encode(to encoder: any Encoder) throws {
            try stats.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(graphDamage, forKey: .graphDamage)
            try container.encodeIfPresent(search, forKey: .search)
        }

        private enum CodingKeys: String, CodingKey {
            case search
            case graphDamage = "graph_damage"
        }
    }

    func run() throws {
        let index = try EmbeddingIndex(opening: target.index, readOnly: true)
        let stats = try index.stats()
        var search: SearchTimes?
        do {
            search = try index.searchTimes()
        } catch {
            printError("akin: note: the search time was not measured: \(error)")
        }
        // What only a look at all codes shows.
        let hasDamagedCodes = stats.graph != nil && search != nil && search?.graphMilliseconds == nil
        let answer = Answer(
            stats: stats, graphDamage: stats.graphDamage ?? (hasDamagedCodes ? "its codes" : nil),
            search: search)
        if output.json { printJSON(answer) } else { show(answer, index) }
    }

    private func show(_ answer: Answer, _ index: EmbeddingIndex) {
        let stats = answer.stats
        let place = index.hasBackbone ? "" : ", not in the index"
        print(
            aligned(
                [
                    ["items", "\(stats.items)"],
                    ["labels", "\(stats.labels.count)"],
                    ["backbone", "\(index.backbone.name) (\(index.backbone.hash)\(place))"],
                    ["dimension", "\(stats.dimension)"],
                    ["metric", stats.metric.rawValue],
                    ["size", sizeText(stats.bytes)],
                ] + Self.graph(answer) + Self.search(answer)))
        guard !stats.labels.isEmpty else { return }
        print("\nitems a label:")
        let labels = stats.labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        print(aligned(labels.map { ["\($0.value)", $0.key] }, indent: "  "))
    }

    private static func graph(_ answer: Answer) -> [[String]] {
        if let damage = answer.graphDamage {
            return [
                ["graph", "damaged: \(damage) cannot be read; 'akin index verify --repair' makes it again"]
            ]
        }
        guard let graph = answer.stats.graph else { return [["graph", "none: every item is looked at"]] }
        return [
            [
                "graph",
                "\(graph.items) items, \(graph.unindexed) beside it, \(graph.removed) removed; "
                    + sizeText(graph.bytes),
            ],
            [
                "",
                "\(graph.levels) levels, \(graph.links) links, \(graph.candidates) candidates, seed \(graph.seed), "
                    + "\(graph.codes.rawValue) codes",
            ],
        ]
    }

    private static func search(_ answer: Answer) -> [[String]] {
        guard let search = answer.search else { return [] }
        var lines = ["\(text(search.exactMilliseconds)) ms a query by looking at every item"]
        if let milliseconds = search.graphMilliseconds, let graph = answer.stats.graph {
            lines.insert(
                "\(text(milliseconds)) ms a query by the graph, keeping \(graph.width) candidates", at: 0)
        }
        return zip(["search", ""], lines).map { [$0, $1] }
    }

    /// Two digits that count.
    private static func text(_ milliseconds: Double) -> String {
        milliseconds.formatted(.number.precision(.significantDigits(2)).grouping(.never))
    }
}
