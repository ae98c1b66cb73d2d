import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinTensors
import AkinVectorSearch

extension HeldOutImages {
    /// The pictures of one-shot runs, those shown and those asked about; `progress` is told how many of how many are
    /// done.
    public init(
        of runs: OneShotRuns, for backbone: any Backbone,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) {
        let pictures = runs.runs.flatMap { $0.training + $0.test }
        self.init(
            Dataset(samples: pictures.map { Sample(file: $0.path, label: $0.label) }), for: backbone,
            progress: progress)
    }

    /// Answers runs of which these are the pictures, each run a part: every test item is given the class of the nearest
    /// of the run's training images. A test item that could not be read is left out; a training image that could not
    /// makes every test item of its class an error; a run of which nothing is left to compare with is left out.
    public func outcomes(of runs: OneShotRuns, metric: Metric = .l2) throws(EvaluationError) -> Outcomes {
        try checkFinite()
        let rows = Dictionary(zip(sources, 0...), uniquingKeysWith: { first, _ in first })
        var outcomes = Outcomes(
            [], procedure: .runs, classifier: Classifier.nearestNeighbours(k: 1).description,
            metric: metric.kind)
        for run in runs.runs {
            func readable(_ pictures: [(path: String, label: String)]) -> [Picture] {
                pictures.compactMap { picture in
                    let source = Source(picture.path)
                    return rows[source].map { Picture(source: source, label: picture.label, row: $0) }
                }
            }
            let (shown, asked) = (readable(run.training), readable(run.test))
            guard !shown.isEmpty, !asked.isEmpty else { continue }
            outcomes.list += answers(to: asked, by: shown, metric, part: outcomes.parts.count)
            outcomes.parts.append(run.name)
        }
        guard !outcomes.list.isEmpty else { throw .nothingToEvaluate }
        return outcomes
    }

    /// One that could be read.
    private struct Picture {
        let source: Source
        let label: String
        /// Where its embedding is.
        let row: Int
    }

    /// The class of the nearest of `shown`, for each that is asked about.
    private func answers(
        to asked: [Picture], by shown: [Picture], _ metric: Metric, part: Int
    ) -> [Outcome] {
        let began = ContinuousClock.now
        let found = metric.nearest(
            shown.count, trusted: embeddings.rows(at: asked.map(\.row)),
            among: embeddings.rows(at: shown.map(\.row)))
        let seconds = (ContinuousClock.now - began) / .seconds(1) / Double(asked.count)
        return zip(asked, found).map { item, neighbours in
            let near = neighbours.map {
                let picture = shown[Int($0.id)]
                return Outcome.Near(source: picture.source, label: picture.label, distance: $0.distance)
            }
            var outcome = Outcome(source: item.source, label: item.label, predicted: near[0].label)
            outcome.ranking = [
                ClassScore(label: near[0].label, score: 1, distance: near[0].distance, items: 1)
            ]
            outcome.setNearest(of: near)
            outcome.part = part
            outcome.seconds = seconds
            return outcome
        }
    }
}
