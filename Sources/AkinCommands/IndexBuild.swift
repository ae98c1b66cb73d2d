import Akin
import AkinBasics
import ArgumentParser

extension CodeKind: ExpressibleByArgument {}

/// `akin index build`
struct IndexBuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the graph by which a large index is searched.",
        discussion: """
            Without a graph, a query is compared with every item: never wrong, and quick enough for some ten \
            thousand items. With it, a query walks from item to item towards its neighbours, and looks at a few \
            hundred however many there are; it finds nearly all of the true ones ('akin index verify' says how \
            many). From \(EmbeddingIndex.itemsForGraph) items on it is built without being asked for.

            How widely the graph has to be searched is measured on some of the items, before they join it; 'akin index \
            stats' shows it. Where no width finds 99.5 % of their neighbours, that is said, and every item is looked at \
            instead. Items added later are looked at beside the graph, and inserted once they are many. The same \
            items and seed give the same graph.

            For example:

              akin index build seals
              akin index build seals --links 32 --candidates 400
              akin index build seals --drop
            """)

    @OptionGroup var target: IndexArgument

    @Option(help: ArgumentHelp("Links of an item, 2 to 256; more find more, in more time.", valueName: "n"))
    var links = GraphOptions().links

    @Option(
        help: ArgumentHelp(
            "Candidates that an item's links are chosen from; more make a better graph, in more time.",
            valueName: "n"))
    var candidates = GraphOptions().candidates

    @Option(help: ArgumentHelp("Seed of the graph's levels and order.", valueName: "number"))
    var seed = GraphOptions().seed

    @Option(
        help: ArgumentHelp(
            """
            Codes that the graph is searched by, before the nearest are compared by their embeddings: i8, a byte a \
            component, or bf16, two, for embeddings of very different lengths or with a few components much larger \
            than the others. Chosen by a sample of the embeddings if you leave it out.
            """, valueName: "kind"))
    var codes: CodeKind?

    @Flag(help: "Drop the graph instead; every item is looked at again.")
    var drop = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(2...256).contains(links) { throw ValidationError("--links must be 2 to 256.") }
        if !GraphOptions.candidateRange.contains(candidates) {
            throw ValidationError("--candidates must be 1 to 65536.")
        }
    }

    func run() throws {
        if drop {
            try output.perform(DropGraph(of: target.place)) { _ in
                "no graph any more: every item is looked at"
            }
        } else {
            let options = GraphOptions(links: links, candidates: candidates, seed: seed, codes: codes)
            try output.perform(BuildGraph(of: target.place, options)) { report in
                "graph of \(counted(report.items, "item")) built in \(Int(report.seconds.rounded())) s"
            }
        }
    }
}
