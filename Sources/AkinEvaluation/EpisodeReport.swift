import AkinTensors
import AkinTraining
import AkinVectorSearch

/// What came of N-way K-shot episodes; the JSON document of `akin evaluate episodes`.
public struct EpisodeReport: Measured, Codable, Sendable, Equatable {
    /// 0...1, over all questions of all episodes.
    public var accuracy: Double
    /// 95 % interval of `accuracy`, by how much the episodes differ from each other: what other episodes of these same
    /// images would give. It does not tell how other classes would fare.
    public var interval: Interval
    /// The accuracy of a guess.
    public var chance: Double
    /// How many episodes were drawn.
    public var episodes: Int
    /// Classes of an episode that were asked for.
    public var ways: Int
    /// Images shown of each.
    public var shots: Int
    /// Questions: one for each class of each episode.
    public var items: Int
    /// Those that were given a wrong class.
    public var errors: Int
    /// Episodes that have fewer classes than were asked for, as there are no more.
    public var smallerEpisodes: Int
    /// How many images there are to draw from.
    public var images: Int
    /// Their classes.
    public var classes: Int
    /// Whether the classes of an episode were of one group.
    public var withinGroup: Bool
    /// The episodes of each group, if they were so; by name.
    public var groups: [PartResult]?
    /// How embeddings were compared.
    public var metric: Metric.Kind
    /// Of the drawing.
    public var seed: UInt64
    /// How many images were left out because they are copies of others; nil (and absent) where none are left out.
    public var copies: Int?

    enum CodingKeys: String, CodingKey {
        case accuracy, interval, chance, episodes, ways, shots, items, errors, images, classes, groups,
            metric, seed, copies
        case smallerEpisodes = "smaller_episodes"
        case withinGroup = "within_group"
    }

    /// Draws the episodes and answers them with embeddings `[labels.count, dimension]`, none of them without a number.
    public init(
        labels: [String], embeddings: Matrix, settings: Episodes.Settings, metric: Metric = .l2
    ) throws(EvaluationError) {
        guard embeddings.rows == labels.count else {
            throw .wrongNumberOfEmbeddings(expected: labels.count, found: embeddings.rows)
        }
        do { try metric.check(dimension: embeddings.columns) } catch { throw .metric(error) }
        let drawn: Episodes
        do { drawn = try Episodes(labels: labels, settings: settings) } catch { throw .fewShot(error) }
        let right = drawn.right(in: embeddings, by: metric)
        let asked = drawn.episodes.map(\.queries.count)
        func result(_ name: String, _ numbers: some Collection<Int>) -> PartResult {
            let clusters = numbers.map { (successes: right[$0], trials: asked[$0]) }
            let items = clusters.reduce(0) { $0 + $1.trials }
            return PartResult(
                name: name, items: items, errors: items - clusters.reduce(0) { $0 + $1.successes },
                interval: Interval(clusters: clusters))
        }
        let total = result("", asked.indices)
        (items, errors) = (total.items, total.errors)
        (accuracy, interval) = (total.accuracy, total.interval)
        episodes = asked.count
        // Of each question one in as many as there are classes; and there are as many questions.
        chance = Double(episodes) / Double(items)
        ways = settings.ways
        shots = settings.shots
        smallerEpisodes = asked.count { $0 < settings.ways }
        images = labels.count
        classes = Set(labels).count
        withinGroup = settings.withinGroup
        self.metric = metric.kind
        seed = settings.seed
        if withinGroup {
            groups = Dictionary(grouping: asked.indices) { drawn.episodes[$0].group }
                .map(result).sorted { $0.name < $1.name }
        }
    }
}

extension HeldOutImages {
    /// N-way K-shot episodes of these images; of those of one content only the first takes part, unless copies are kept.
    public func episodes(
        _ settings: Episodes.Settings, metric: Metric = .l2, keepingCopies: Bool = false
    ) throws(EvaluationError) -> EpisodeReport {
        try checkFinite()
        let drawn = keepingCopies ? self : withoutCopies()
        var report = try EpisodeReport(
            labels: drawn.labels, embeddings: drawn.embeddings, settings: settings, metric: metric)
        report.copies = keepingCopies ? nil : labels.count - drawn.labels.count
        return report
    }
}
