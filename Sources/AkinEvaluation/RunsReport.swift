import AkinVectorSearch

/// What came of one-shot runs (Lake et al. 2015): in each, every test item is given the class of the nearest of the
/// run's training images. The JSON document of `akin evaluate runs`.
public struct RunsReport: Measured, Codable, Sendable, Equatable {
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

    /// Of the outcomes of runs.
    ///
    /// - Throws: `EvaluationError.noDistances`
    public init(_ outcomes: Outcomes) throws(EvaluationError) {
        guard let metric = outcomes.metric else { throw .noDistances }
        let total = outcomes.total
        (items, errors) = (total.items, total.errors)
        (accuracy, interval) = (total.accuracy, total.interval)
        runs = outcomes.partResults
        mistakes = outcomes.mistakes
        self.metric = metric
    }
}
