import Akin
import ArgumentParser

/// A metric by which episodes, runs and pairs are measured.
struct TrainedMetric: ExpressibleByArgument {
    let kind: Metric.Kind

    static let all = MeasuredBackbone.metrics.map(TrainedMetric.init)
    static var allValueStrings: [String] { all.map(\.kind.rawValue) }

    init(_ kind: Metric.Kind) { self.kind = kind }

    init?(argument: String) {
        guard let metric = Self.all.first(where: { $0.kind.rawValue == argument }) else { return nil }
        self = metric
    }
}

/// The backbone that a command measures, and how its embeddings are compared.
struct ModelArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The folder of an index with its backbone, or a backbone as 'akin index create' takes it: a file or a name.",
            valueName: "model"), completion: .backbone)
    var model: String

    @Option(
        help: ArgumentHelp(
            "How embeddings are compared; learned-l1 where the backbone was trained with it. (default: the index's "
                + "metric if it is one of these, else what the backbone is made for)"))
    var metric: TrainedMetric?

    /// Reads it.
    func load() throws -> MeasuredBackbone { try MeasuredBackbone(at: model, metric: metric?.kind) }
}

/// A folder of labelled pictures that a backbone is measured on.
struct PicturesArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A folder with a sub-folder for each class, or an Omniglot folder (Alphabet/character01/...).",
            valueName: "folder"), completion: .directory)
    var folder: String

    @OptionGroup var options: FolderOptions
}
