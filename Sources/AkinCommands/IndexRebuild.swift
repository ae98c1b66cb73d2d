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
            build' makes it again.

            Leave-one-out accuracies before and after (the nearest neighbour's label) say whether it was worth \
            it; above \(Self.mostMeasured) items they would take too long and are left out.

            For example:

              akin index rebuild seals --backbone better.safetensors
            """)

    static let mostMeasured = 20_000

    @OptionGroup var target: IndexArgument

    @Option(help: ArgumentHelp("The .safetensors file of the new backbone.", valueName: "checkpoint"))
    var backbone: String

    @Flag(help: "Remove items whose pictures cannot be read any more, instead of giving up.")
    var dropUnreadable = false

    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let items: Int
        let dropped: [Skipped]
        let seconds: Double
        let before: Accuracy?
        let after: Accuracy?
    }

    private struct Accuracy: Encodable {
        let items: Int
        let errors: Int
        let accuracy: Double

        var text: String { "\(items - errors) of \(items) right (\((accuracy * 1000).rounded() / 10) %)" }
    }

    func run() throws {
        let checkpoint = try Checkpoint(contentsOf: backbone)
        try output.checkMachine()
        let index = try target.openForChanges()
        let before = try accuracy(of: index)
        let graph = try index.stats().graph
        Interruption.catchSignals()
        let line = ProgressLine("embedding")
        defer { line.finish() }
        let report = try index.rebuild(
            with: Embedder(checkpoint), dropUnreadable: dropUnreadable,
            isCancelled: { Interruption.isRequested }, progress: { line.update($0.done, of: $0.total) })
        line.finish()
        guard let report else { throw CommandError.rebuildInterrupted }
        try restore(graph, of: try target.openForChanges())
        let after = try accuracy(of: try EmbeddingIndex(opening: target.index, readOnly: true))
        if output.json {
            printJSON(
                Answer(
                    items: report.items, dropped: report.dropped, seconds: report.seconds, before: before,
                    after: after))
            return
        }
        print("\(counted(report.items, "item")) embedded again by '\(printable(checkpoint.name))'")
        for one in report.dropped { print("  removed \(printable(one.source.path)): \(printable(one.reason))") }
        if let before, let after {
            print("leave-one-out before: \(before.text)\nleave-one-out after:  \(after.text)")
        }
    }

    /// The graph was one of the old embeddings.
    private func restore(_ graph: GraphStats?, of index: EmbeddingIndex) throws {
        guard let graph else { return try maintainGraph(of: index) }
        let line = ProgressLine("building the graph", unit: "items")
        defer { line.finish() }
        let options = GraphOptions(
            links: graph.links, candidates: graph.candidates, seed: graph.seed, codes: graph.codes)
        if try !index.buildGraph(
            options, isCancelled: { Interruption.isRequested }, progress: { line.update($0, of: $1) })
        {
            line.finish()
            printError(
                "akin: note: interrupted; the index is rebuilt, without a graph: make it by 'akin index build'"
            )
        }
    }

    /// Nil where there are too few items or too many.
    private func accuracy(of index: EmbeddingIndex) throws -> Accuracy? {
        guard (2...Self.mostMeasured).contains(try index.count) else { return nil }
        let (items, embeddings) = try index.labelled()
        let report = try LeaveOneOut(
            sources: items.map(\.source), labels: items.map(\.label),
            classifier: .nearestNeighbours(k: 1), metric: index.metric.kind
        ).report(embeddings: embeddings, learned: index.metric.learned)
        return Accuracy(items: report.items, errors: report.errors, accuracy: report.accuracy)
    }
}
