import AkinClassification
import AkinIndexing
import AkinVectorSearch

/// Chooses how an index is asked, and finds out from its own items, each left out, how probable it is that its answers are right and
/// from where on a picture belongs to none of its classes. Both are kept in the index; it is a change that can be undone.
public struct CalibrateIndex: Job {
    /// Which.
    public var index: IndexPlace
    /// How it is to be asked; nil: by whichever is best.
    public var classifier: Classifier?
    /// What share of the pictures of other classes may be called known; above 0, below 1. Nil: what was asked for when the index was
    /// calibrated last, or `usualShare`.
    public var strangersKnown: Double?
    /// By which items are drawn where there are many.
    public var seed: UInt64

    /// What share is taken where nobody has said another.
    public static let usualShare = 0.05
    /// How many items are left out at most.
    public static let limit = 2000

    /// What was found.
    public struct Result: Encodable, Sendable {
        /// What is kept in the index.
        public let calibration: Calibration
        /// The classifiers that were tried, the one taken first; only that where it was given.
        public let tried: [Trial]

        /// A classifier that was tried.
        public struct Trial: Encodable, Sendable {
            /// Which.
            public let classifier: Classifier
            /// What share of the answers was right, each class counting alike, 0...1; nil where no item has another of its class.
            public let accuracy: Double?
        }

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            try calibration.summary.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(tried, forKey: .tried)
        }

        private enum CodingKeys: CodingKey { case tried }
    }

    /// What is to be calibrated.
    public init(
        _ index: IndexPlace, classifier: Classifier? = nil, strangersKnown: Double? = nil, seed: UInt64 = 1
    ) {
        (self.index, self.classifier) = (index, classifier)
        (self.strangersKnown, self.seed) = (strangersKnown, seed)
    }

    /// Those that can be chosen. The discriminant comes first, for it is best on most folders, and of few pictures leaving one out
    /// tells little; of one a class it tells nothing, and ridge is best. The average class distance is none of them: leaving one
    /// out flatters it, for it lacks the one picture least.
    private static let fitted: [Classifier] = [.discriminant, .ridge, Classifier(SupportVectors())]
    private static let looking: [Classifier] = [.nearestClass, .classMean]
    /// With more multiplications (a tenth of those that are done many at a time) each command that writes, or query, would wait too long for a fit.
    static let mostFitted = 1e10
    /// Support vectors, one for every two classes, are not tried where items times classes are more than this.
    private static let fewEnough = 40_000
    /// What can be found out in about a second, unasked: so many items at most, and multiplications as above.
    static let (fewItems, quickFit) = (1000, 1e9)

    /// Calibrates it. Cancelled, it changes nothing.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        if let strangersKnown {
            guard strangersKnown > 0, strangersKnown < 1 else {
                throw JobError.unusableNumber(
                    what: "the share of strangers called known", value: "\(strangersKnown)",
                    allowed: "a number above 0 and below 1")
            }
        }
        try monitor.checkMachine()
        return try index.changing(monitor) { try calibrate($0, monitor) }
    }

    private func calibrate(_ index: EmbeddingIndex, _ monitor: Monitor) throws -> Result {
        try classifier?.check(metric: index.metric.kind)
        let items = try index.read { try LeftOutItems(of: $0, limit: Self.limit, seed: seed) }
        let labels = items.examples.labels
        guard let label = labels.names.first else { throw JobError.noItems(index.path) }
        guard labels.names.count > 1 else { throw JobError.indexOfOneClass(index.path, label: label) }
        let candidates = classifier.map { [$0] } ?? Self.candidates(for: items)
        let asked = try CandidateClassifiers(candidates, asked: items, monitor)
        let chosen = asked.choice
        let calibration = try items.calibration(
            of: candidates[chosen], by: asked.answers[chosen],
            strangersKnown: strangersKnown ?? index.calibration?.border?.askedFor ?? Self.usualShare)
        if monitor.isCancelled { throw JobError.interrupted(.changedNothing) }
        try index.setCalibration(calibration)
        try monitor.afterChange { try monitor.keepFit(of: index) }
        let trials = candidates.indices.map {
            Result.Trial(classifier: candidates[$0], accuracy: asked.accuracy(of: $0))
        }
        let others = trials.indices.filter { $0 != chosen }.map { trials[$0] }
        return Result(
            calibration: calibration,
            tried: [trials[chosen]] + others.sorted { ($0.accuracy ?? 0) > ($1.accuracy ?? 0) })
    }

    /// Those that are tried on items.
    static func candidates(for items: LeftOutItems) -> [Classifier] {
        let labels = items.examples.labels
        let isFitted = items.costOfFit <= mostFitted
        guard labels.counts.contains(where: { $0 > 1 }) else { return (isFitted ? [.ridge] : []) + looking }
        return ((isFitted ? fitted : []) + looking).filter {
            $0.name != SupportVectors.name || labels.count * labels.names.count <= fewEnough
        }
    }
}

/// What scripts read of a calibration.
struct CalibrationSummary: Encodable {
    let calibration: Calibration

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(calibration.classifier, forKey: .classifier)
        try container.encode(calibration.items, forKey: .items)
        try container.encode(calibration.classes, forKey: .classes)
        try container.encode(calibration.border?.strangersKnown, forKey: .strangersKnown)
        try container.encode(calibration.border?.interval, forKey: .interval)
        try container.encode(calibration.border?.ownKnown, forKey: .ownKnown)
        try container.encodeIfPresent(calibration.silence, forKey: .silence)
    }

    private enum CodingKeys: String, CodingKey {
        case classifier, items, classes, interval
        case strangersKnown = "strangers_known"
        case ownKnown = "own_known"
        case silence = "no_unknown"
    }
}

extension Calibration {
    /// What scripts read of it.
    var summary: CalibrationSummary { CalibrationSummary(calibration: self) }
}
