import AkinVectorSearch

/// How well items of one class find one another; the JSON document of `akin evaluate retrieval`.
public struct RetrievalReport: Codable, Sendable, Equatable {
    /// How many items asked that have others of their class to find: those that are averaged.
    public var items: Int
    /// Of how many classes.
    public var classes: Int
    /// How many items had none to find, and are not averaged in.
    public var alone: Int
    /// The classes none of whose items had another to find, by label: a single item, or a single group.
    public var singletons: [String]
    /// For each depth, what share of items has one of its class among so many nearest.
    public var recall: [Depth]
    /// For each depth, what share of so many nearest (of all others, where there are fewer) is of the item's class.
    public var precision: [Depth]
    /// Mean average precision (mAP).
    public var meanAveragePrecision: Averages
    /// Mean average precision at R, where R is how many there are to find (MAP@R).
    public var meanAveragePrecisionAtR: Averages
    /// By label, without those that are alone.
    public var byClass: [ClassRetrieval]
    /// How distances were measured.
    public var metric: Metric.Kind
    /// How many items have a group, all of which was left out with each; nil (and absent) where groups were not looked at.
    public var grouped: Int?
    /// How many items have copies, which were left out with them; nil (and absent) where copies were not left out.
    public var copies: Int?

    /// The averages at a depth.
    public struct Depth: Codable, Sendable, Equatable {
        /// So many of the nearest.
        public var k: Int
        /// What came of them.
        public var averages: Averages

        init(k: Int, _ averages: Averages) { (self.k, self.averages) = (k, averages) }

        private enum CodingKeys: CodingKey { case k }

        /// From one flat object.
        public init(from decoder: any Decoder) throws {
            k = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .k)
            averages = try Averages(from: decoder)
        }

        /// As one flat object.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(k, forKey: .k)
            try averages.encode(to: encoder)
        }
    }

    /// How well the items of one class find one another.
    public struct ClassRetrieval: Codable, Sendable, Equatable {
        /// The class.
        public var label: String
        /// How many of its items asked.
        public var items: Int
        /// What share of them has one of the class as the nearest of the first depth.
        public var recall: Double
        /// The mean of their average precisions.
        public var averagePrecision: Double
        /// The mean of their average precisions at R.
        public var averagePrecisionAtR: Double

        enum CodingKeys: String, CodingKey {
            case label, items, recall
            case averagePrecision = "average_precision"
            case averagePrecisionAtR = "average_precision_at_r"
        }
    }

    enum CodingKeys: String, CodingKey {
        case items, classes, alone, singletons, recall, precision, metric, grouped, copies
        case meanAveragePrecision = "mean_average_precision"
        case meanAveragePrecisionAtR = "mean_average_precision_at_r"
        case byClass = "by_class"
    }

    /// Of what all items found.
    public init(_ outcomes: RetrievalOutcomes) {
        let list = outcomes.list.filter { $0.relevant > 0 }
        let labels = list.map(\.label)
        func averages(_ value: (RetrievalOutcome) -> Double) -> Averages {
            Averages(list.map(value), of: labels)
        }
        let found = Set(labels)
        items = list.count
        classes = found.count
        alone = outcomes.list.count - list.count
        singletons = Set(outcomes.list.map(\.label)).subtracting(found).sorted()
        recall = outcomes.depths.enumerated().map { place, k in
            Depth(k: k, averages { $0.hits[place] > 0 ? 1 : 0 })
        }
        precision = outcomes.depths.enumerated().map { place, k in
            Depth(k: k, averages { Double($0.hits[place]) / Double(min(k, $0.compared)) })
        }
        meanAveragePrecision = averages(\.averagePrecision)
        meanAveragePrecisionAtR = averages(\.averagePrecisionAtR)
        byClass = Dictionary(grouping: list, by: \.label).sorted { $0.key < $1.key }.map { label, own in
            func mean(_ value: (RetrievalOutcome) -> Double) -> Double {
                own.reduce(0) { $0 + value($1) } / Double(own.count)
            }
            return ClassRetrieval(
                label: label, items: own.count, recall: mean { ($0.hits.first ?? 0) > 0 ? 1 : 0 },
                averagePrecision: mean(\.averagePrecision), averagePrecisionAtR: mean(\.averagePrecisionAtR))
        }
        (metric, grouped, copies) = (outcomes.metric, outcomes.grouped, outcomes.copies)
    }
}
