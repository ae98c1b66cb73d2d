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

    func run() throws {
        try output.perform(DescribeIndex(target.place), text)
    }

    private func text(_ index: DescribeIndex.Result) -> String {
        let stats = index.stats
        let place = index.hasBackbone ? "" : ", not in the index"
        let facts = aligned(
            [
                ["items", "\(stats.items)"],
                ["labels", "\(stats.labels.count)"],
                ["backbone", "\(index.backbone.name) (\(index.backbone.hash)\(place))"],
                ["dimension", "\(stats.dimension)"],
                ["metric", stats.metric.rawValue],
                ["asked by", "\(index.classifier ?? .usual)"],
                ["size", sizeText(stats.bytes)],
            ] + Self.calibration(index) + Self.onePoint(index) + Self.graph(index) + Self.search(index))
        guard !stats.labels.isEmpty else { return facts }
        let labels = stats.labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return facts + "\n\nitems a label:\n"
            + aligned(labels.map { ["\($0.value)", $0.key] }, indent: "  ")
    }

    private static func calibration(_ index: DescribeIndex.Result) -> [[String]] {
        guard let calibration = index.calibration else {
            return [
                [
                    "calibrated",
                    "no: 'akin index calibrate' finds out what is unknown, and how sure answers are",
                ]
            ]
        }
        return zip(["calibrated", ""], calibration.meaning).map { [$0, $1] }
    }

    private static func onePoint(_ index: DescribeIndex.Result) -> [[String]] {
        index.onePoint.map { [["of no use", "\($0)"]] } ?? []
    }

    private static func graph(_ index: DescribeIndex.Result) -> [[String]] {
        if let damage = index.graphDamage {
            return [
                ["graph", "damaged: \(damage) cannot be read; 'akin index verify --repair' makes it again"]
            ]
        }
        guard let graph = index.stats.graph else { return [["graph", "none: every item is looked at"]] }
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
        ] + (graph.shortfall.map { [["", $0]] } ?? [])
    }

    private static func search(_ index: DescribeIndex.Result) -> [[String]] {
        guard let search = index.search else { return [] }
        var lines = ["\(text(search.exactMilliseconds)) ms a query by looking at every item"]
        if let milliseconds = search.graphMilliseconds, let graph = index.stats.graph {
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
