import AkinBasics
import AkinVectorSearch

/// How well items of classes that an index does not know are told from its own; the JSON document of `akin evaluate open-set`.
public struct OpenSetReport: Codable, Sendable, Equatable {
    /// How many drawings there were.
    public var drawings: Int
    /// Whether the strangers were given; else they are the index's own classes, left out.
    public var strangersGiven: Bool
    /// How many classes the galleries knew, in the mean of the drawings.
    public var galleryClasses: Double
    /// How many items they had, in the mean of the drawings.
    public var galleryItems: Double
    /// How many questions were asked about items of known classes, in all drawings.
    public var ownQuestions: Int
    /// How many were asked about strangers, in all drawings.
    public var strangerQuestions: Int
    /// Area under the ROC curve, the mean of the drawings: the chance that an item of a known class lies nearer than a stranger.
    public var auroc: Drawn
    /// What share of the strangers lies as near as the nearest 95 % of the known classes' items.
    public var falsePositiveRateAt95: Drawn
    /// Area under the curve of the open-set classification rate: the chance that an item of a known class lies nearer than a
    /// stranger and is given its class.
    public var oscr: Drawn
    /// What share of the strangers is called known; of each item the mean of its drawings.
    public var strangersKnown: Averages
    /// What share the calibrations promised, in the mean; nil (and absent) where none could.
    public var promised: Double?
    /// Where they said that it may lie, in the mean.
    public var promisedInterval: Interval?
    /// How many calibrations promised something.
    public var promises: Int
    /// In how many drawings the share lay within its interval.
    public var promisesKept: Int
    /// What share of the known classes' items is called known.
    public var ownKnown: Averages
    /// What share of them the calibrations said, in the mean; nil (and absent) where they said nothing.
    public var ownKnownPromised: Double?
    /// What share of the known classes' items is given the right class, whatever the verdict.
    public var accuracy: Averages
    /// The same of those that are called known.
    public var accuracyOfKnown: Averages
    /// By how much confidences miss what share is right, the mean over ten equally wide bins (Guo et al. 2017), 0...1.
    public var calibrationError: Double
    /// What share of the known classes' items is right if only the most confident answers are taken, by their share.
    public var coverage: [Coverage]
    /// The classifier with its settings.
    public var classifier: String
    /// How distances were measured.
    public var metric: Metric.Kind
    /// Of the drawing.
    public var seed: UInt64

    /// A figure of which each drawing has its own.
    public struct Drawn: Codable, Sendable, Equatable {
        /// 0...1
        public var mean: Double
        /// 95 % interval of the mean: what other drawings of these items would give.
        public var interval: Interval

        init(_ values: [Double]) {
            mean = values.reduce(0, +) / Double(max(1, values.count))
            interval = Interval(meanOf: values)
        }
    }

    /// Of the most confident answers.
    public struct Coverage: Codable, Sendable, Equatable {
        /// What share of all answers they are.
        public var coverage: Double
        /// What share of them is right.
        public var accuracy: Double
        /// The least confidence among them.
        public var confidence: Float
    }

    enum CodingKeys: String, CodingKey {
        case drawings, auroc, oscr, promised, promises, accuracy, coverage, classifier, metric, seed
        case strangersGiven = "strangers_given"
        case galleryClasses = "gallery_classes"
        case galleryItems = "gallery_items"
        case ownQuestions = "own_questions"
        case strangerQuestions = "stranger_questions"
        case falsePositiveRateAt95 = "false_positive_rate_95"
        case strangersKnown = "strangers_known"
        case promisedInterval = "promised_interval"
        case promisesKept = "promises_kept"
        case ownKnown = "own_known"
        case ownKnownPromised = "own_known_promised"
        case accuracyOfKnown = "accuracy_of_known"
        case calibrationError = "calibration_error"
    }

    /// Of what the drawings have come to.
    public init(_ outcomes: OpenSetOutcomes) {
        let drawn = outcomes.drawings
        let (own, strangers) = (drawn.flatMap(\.own), drawn.flatMap(\.strangers))
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        drawings = drawn.count
        strangersGiven = outcomes.areStrangersGiven
        galleryClasses = mean(drawn.map { Double($0.classes) }) ?? 0
        galleryItems = mean(drawn.map { Double($0.items) }) ?? 0
        (ownQuestions, strangerQuestions) = (own.count, strangers.count)
        auroc = Drawn(drawn.map(\.auroc))
        falsePositiveRateAt95 = Drawn(drawn.map(\.falsePositiveRateAt95))
        oscr = Drawn(drawn.map(\.oscr))
        strangersKnown = strangers.averages { $0.isKnown }
        ownKnown = own.averages { $0.isKnown }
        accuracy = own.averages { $0.isRight }
        accuracyOfKnown = own.filter(\.isKnown).averages { $0.isRight }
        let said = drawn.compactMap(\.promise)
        promises = said.count
        promised = mean(said.map(\.strangersKnown))
        promisedInterval = mean(said.map(\.interval.lowerBound)).flatMap { low in
            mean(said.map(\.interval.upperBound)).map { Interval(low: low, high: $0) }
        }
        promisesKept = drawn.count { $0.isPromiseKept == true }
        ownKnownPromised = mean(said.compactMap(\.ownKnown))
        calibrationError =
            Reliability(own.map { (confidence: Double($0.confidence), isRight: $0.isRight) })?.error ?? 0
        coverage = own.coverage
        (classifier, metric, seed) = (outcomes.classifier, outcomes.metric, outcomes.seed)
    }
}

extension [OpenSetOutcome] {
    /// Of how often each item answers so, over the drawings in which it was asked about: an item counts once, however often it was.
    fileprivate func averages(_ holds: (OpenSetOutcome) -> Bool) -> Averages {
        let items = Dictionary(grouping: self, by: \.source).sorted { $0.key.path < $1.key.path }
        return Averages(
            items.map { _, own in Double(own.count(where: holds)) / Double(own.count) },
            of: items.map { $0.value[0].label })
    }

    /// At every tenth. Of equally confident answers as many are right as is their share.
    fileprivate var coverage: [OpenSetReport.Coverage] {
        guard !isEmpty else { return [] }
        let sorted = sorted { $0.confidence > $1.confidence }
        var right = [0.0]
        var start = 0
        while start < count {
            var end = start
            while end < count, sorted[end].confidence == sorted[start].confidence { end += 1 }
            let share = Double(sorted[start..<end].count(where: \.isRight)) / Double(end - start)
            for _ in start..<end { right.append(right[right.count - 1] + share) }
            start = end
        }
        return (1...10).map { tenth in
            let taken = Swift.max(1, (count * tenth + 5) / 10)
            return OpenSetReport.Coverage(
                coverage: Double(taken) / Double(count), accuracy: right[taken] / Double(taken),
                confidence: sorted[taken - 1].confidence)
        }
    }
}
