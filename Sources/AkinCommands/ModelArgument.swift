import Akin
import ArgumentParser
import Foundation

/// A metric by which episodes, runs and pairs are measured.
struct TrainedMetric: ExpressibleByArgument {
    let kind: Metric.Kind

    /// Those that some loss trains embeddings for.
    static let all = [Metric.Kind.l2, .cosine, .learnedL1].map(TrainedMetric.init)
    static var allValueStrings: [String] { all.map(\.kind.rawValue) }

    init(_ kind: Metric.Kind) { self.kind = kind }

    init?(argument: String) {
        guard let metric = Self.all.first(where: { $0.kind.rawValue == argument }) else { return nil }
        self = metric
    }
}

/// The backbone that a command measures, and how its embeddings are compared.
struct ModelArgument: ParsableArguments {
    @Argument(help: "A checkpoint, or the folder of an index with its backbone.")
    var model: String

    @Option(
        help: ArgumentHelp(
            "How embeddings are compared; learned-l1 where the backbone was trained with it. (default: the index's "
                + "metric if it is one of these, else what the backbone's loss compares by)"))
    var metric: TrainedMetric?

    /// The backbone and the metric.
    func load() throws -> (checkpoint: Checkpoint, metric: Metric) {
        var isFolder = ObjCBool(false)
        var (checkpoint, kind) = (Checkpoint?.none, Metric.Kind?.none)
        if FileManager.default.fileExists(atPath: model, isDirectory: &isFolder), isFolder.boolValue {
            let index = try EmbeddingIndex(opening: model, readOnly: true)
            checkpoint = try index.storedBackbone as? Checkpoint
            kind = TrainedMetric.all.map(\.kind).first { $0 == index.metric.kind }
        }
        let loaded = try checkpoint ?? Checkpoint(contentsOf: model)
        return (loaded, try loaded.metric(metric?.kind ?? kind ?? loaded.details.loss?.kind.metric ?? .l2))
    }
}

/// A folder of labelled pictures that a backbone is measured on.
struct PicturesArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A folder with a sub-folder for each class, or an Omniglot folder (Alphabet/character01/...).",
            valueName: "folder"))
    var folder: String

    /// The pictures' embeddings, with a progress line.
    func embedded(with checkpoint: Checkpoint) throws -> HeldOutImages {
        let dataset = try pictures()
        var line = ProgressLine("embedding")
        defer { line.clear() }
        let images = HeldOutImages(dataset, for: checkpoint) { line.update($0, of: $1) }
        try requireUsable(images.labels.count, skipped: images.skipped)
        return images
    }

    /// In Omniglot's tree the folders of the classes lie in those of their alphabets.
    private func pictures() throws -> Dataset {
        let dataset = try Dataset(folder: folder)
        let isOmniglot = dataset.samples.contains { sample in
            let parts = sample.source.path.split(separator: "/").suffix(3)
            return parts.count == 3 && parts.first! == sample.label
                && parts.dropFirst().first!.wholeMatch(of: /character[0-9]+/) != nil
        }
        return isOmniglot ? try Dataset(omniglot: folder) : dataset
    }
}
