import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinNetworks
import AkinTensors
import AkinVectorSearch

/// What came of one-shot runs (Lake et al. 2015): in each, every test item is given the class of the nearest of the
/// run's training images. The JSON document of `akin evaluate runs`.
public struct RunsReport: Codable, Sendable, Equatable {
    /// 0...1, over the test items of all runs.
    public var accuracy: Double
    /// Wilson's 95 % interval of `accuracy`.
    public var interval: Interval
    /// Test items of all runs.
    public var items: Int
    /// Those that were given a wrong class.
    public var errors: Int
    /// By run, in their order.
    public var runs: [PartResult]
    /// In the order of the runs and their items.
    public var mistakes: [Mistake]
    /// How embeddings were compared.
    public var metric: Metric.Kind

    /// Answers the runs with the embeddings of their `images`. A test item that could not be read is left out; a
    /// training image that could not makes every test item of its class an error; a run of which nothing is left to
    /// compare with is left out.
    public init(
        _ runs: OneShotRuns, images: HeldOutImages, metric: Metric = .l2
    ) throws(EvaluationError) {
        try images.checkFinite()
        let embeddings = images.embeddings
        let rows = Dictionary(zip(images.sources, 0...), uniquingKeysWith: { first, _ in first })
        (self.runs, mistakes) = ([], [])
        for run in runs.runs {
            let shown = run.training.filter { rows[Source($0.path)] != nil }
            let asked = run.test.filter { rows[Source($0.path)] != nil }
            guard !shown.isEmpty, !asked.isEmpty else { continue }
            let found = metric.nearest(
                1, to: embeddings.rows(at: asked.map { rows[Source($0.path)]! }),
                among: embeddings.rows(at: shown.map { rows[Source($0.path)]! }))
            var errors = 0
            for (item, neighbours) in zip(asked, found) {
                let nearest = shown[Int(neighbours[0].id)]
                guard nearest.label != item.label else { continue }
                errors += 1
                mistakes.append(
                    Mistake(
                        source: Source(item.path), label: item.label, predicted: nearest.label,
                        nearest: Source(nearest.path), nearestLabel: nearest.label,
                        distance: neighbours[0].distance))
            }
            self.runs.append(PartResult(name: run.name, items: asked.count, errors: errors))
        }
        items = self.runs.reduce(0) { $0 + $1.items }
        errors = mistakes.count
        guard items > 0 else { throw .nothingToEvaluate }
        accuracy = Double(items - errors) / Double(items)
        interval = Interval(items - errors, of: items)
        self.metric = metric.kind
    }

    /// The pictures of the runs, embedded; `progress` is told how many of how many are done.
    public static func images(
        of runs: OneShotRuns, for backbone: any Backbone,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) -> HeldOutImages {
        let pictures = runs.runs.flatMap { $0.training + $0.test }
        return HeldOutImages(
            Dataset(samples: pictures.map { Sample(file: $0.path, label: $0.label) }), for: backbone,
            progress: progress)
    }
}
