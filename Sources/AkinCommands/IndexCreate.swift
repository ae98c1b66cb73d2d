import Akin
import ArgumentParser

extension Metric.Kind: ExpressibleByArgument {}

/// `akin index create`
struct IndexCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an empty index for embeddings of one backbone.",
        discussion: """
            The backbone is copied into the index, so that the index folder alone is enough to answer queries on \
            another machine. Embeddings of another backbone are refused from then on.

            \(BackboneOption.explanation)

            Each backbone is made for a metric, which the index takes unless told otherwise. \
            The metric learned-l1 is the similarity that a backbone trained with the loss binary-cross-entropy has \
            learned along with its embeddings; search by it is always exact.

            For example:

              akin index create seals --backbone seals.safetensors
              akin index create seals --backbone hog+shapes
              akin index create seals --backbone seals.safetensors --metric cosine
            """)

    @OptionGroup var target: IndexArgument

    @OptionGroup var backbone: BackboneOption

    @Option(help: "How distances between embeddings are measured. (default: what the backbone is made for)")
    var metric: Metric.Kind?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let job = CreateIndex(at: target.index, backbone: try backbone.name.backbone(), metric: metric)
        try output.perform(job) { made in
            "\(target.index): an empty index of \(made.dimension) dimensions, metric \(made.metric.rawValue)"
        }
    }
}
