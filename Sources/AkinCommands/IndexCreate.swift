import Akin
import ArgumentParser

extension Metric.Kind: ExpressibleByArgument {}

/// `akin index create`
struct IndexCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an empty index for embeddings of one backbone.",
        discussion: """
            The checkpoint of the backbone is copied into the index, so that the index folder alone is enough \
            to answer queries on another machine. Embeddings of another backbone are refused from then on.

            The metric learned-l1 is the similarity that a backbone trained with the loss binary-cross-entropy has \
            learned along with its embeddings; search by it is always exact.

            For example:

              akin index create seals --backbone seals.safetensors
              akin index create seals --backbone seals.safetensors --metric cosine
            """)

    @OptionGroup var target: IndexArgument

    @Option(help: ArgumentHelp("The .safetensors file of the backbone.", valueName: "checkpoint"))
    var backbone: String

    @Option(help: "How distances between embeddings are measured.")
    var metric = Metric.Kind.l2

    @OptionGroup var output: OutputOptions

    func run() throws {
        let checkpoint = try Checkpoint(contentsOf: backbone)
        try output.perform(CreateIndex(at: target.index, backbone: checkpoint, metric: metric)) { made in
            "\(target.index): an empty index of \(made.dimension) dimensions, metric \(metric.rawValue)"
        }
    }
}
