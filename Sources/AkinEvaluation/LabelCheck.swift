import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// What the items of a gallery say of each other's labels, each left out and asked about: which labels are probably wrong, and
/// which classes are mixed up.
public struct LabelCheck: Encodable, Sendable, Equatable {
    /// How many items there are.
    public let items: Int
    /// Of how many of them something can be said: those that are not alone in their class.
    public let asked: Int
    /// What gave the answers.
    public let classifier: String
    /// The items that are answered with another class than the one that they bear, and at least as probably as `leastProbable`;
    /// the surest first.
    public let suspects: [Suspect]
    /// Pairs of classes whose items are taken for one another more than once, most often first.
    public let mixed: [MixedClasses]

    /// From this probability on a contradiction is held against the label.
    public static let leastProbable = 0.5

    /// An item whose label is probably wrong.
    public struct Suspect: Encodable, Sendable, Equatable {
        /// Its number.
        public let id: UInt64
        /// Where it comes from.
        public let source: Source
        /// The class that it bears.
        public let label: String
        /// The class that the others give it.
        public let proposed: String
        /// How probable that class is, 0...1.
        public let probability: Double
        /// How probable its own is, 0...1.
        public let own: Double
        /// The nearest item of the proposed class; nil where no distance is a number.
        public let nearest: Source?
        /// The nearest other item of its own class.
        public let nearestOwn: Source?

        private enum CodingKeys: String, CodingKey {
            case id, source, label, proposed, probability, nearest
            case own = "own_probability"
            case nearestOwn = "nearest_own"
        }
    }

    /// Two classes of which items are taken for one another.
    public struct MixedClasses: Encodable, Sendable, Equatable {
        /// The two, that of which more items are mistaken first.
        public let labels: [String]
        /// How many items of each are taken for the other one.
        public let mistaken: [Int]
        /// How many items each has that were asked about.
        public let asked: [Int]
    }
}

extension LabelCheck {
    /// - Parameter answers: What the others say of each of the items.
    package init(_ items: LeftOutItems, by classifier: Classifier, _ answers: [LeftOutAnswer]) {
        let labels = items.examples.labels
        let beliefs = items.beliefs(in: answers)
        let certain = beliefs.indices.filter { place in
            guard let belief = beliefs[place] else { return false }
            return belief.probability >= Self.leastProbable && belief.lead > 0
        }
        self.items = items.total
        let isAsked = answers.map { $0.prediction != nil && $0.nearestSame != nil }
        asked = isAsked.count { $0 }
        self.classifier = classifier.description
        suspects =
            certain
            .sorted {
                let (a, b) = (beliefs[$0]!, beliefs[$1]!)
                return (b.lead, items.items[$0].id) < (a.lead, items.items[$1].id)
            }
            .map { place in
                let (item, belief) = (items.items[place], beliefs[place]!)
                return Suspect(
                    id: item.id, source: item.source, label: item.label,
                    proposed: labels.names[belief.other], probability: belief.probability, own: belief.own,
                    nearest: items.examples.nearest(to: place, of: belief.other).map {
                        items.items[$0].source
                    },
                    nearestOwn: answers[place].nearestSame.map { items.items[Int($0.id)].source })
            }
        mixed = Self.mixed(beliefs, isAsked, labels)
    }

    private static func mixed(
        _ beliefs: [LeftOutBelief?], _ isAsked: [Bool], _ labels: ItemLabels
    ) -> [MixedClasses] {
        var counts: [[Int]: Int] = [:]
        var asked = [Int](repeating: 0, count: labels.names.count)
        for (place, belief) in beliefs.enumerated() {
            if isAsked[place] { asked[labels.classes[place]] += 1 }
            if let belief, belief.lead > 0 { counts[[labels.classes[place], belief.other], default: 0] += 1 }
        }
        return Set(counts.keys.map { $0.sorted() })
            .map { pair -> [Int] in
                let (there, back) = (counts[pair] ?? 0, counts[pair.reversed()] ?? 0)
                return there < back ? pair.reversed() : pair
            }
            .map { pair in
                MixedClasses(
                    labels: pair.map { labels.names[$0] },
                    mistaken: [counts[pair] ?? 0, counts[pair.reversed()] ?? 0], asked: pair.map { asked[$0] }
                )
            }
            .filter { $0.mistaken[0] + $0.mistaken[1] > 1 }
            .sorted {
                let (a, b) = ($0.mistaken.reduce(0, +), $1.mistaken.reduce(0, +))
                return a == b ? $0.labels.lexicographicallyPrecedes($1.labels) : a > b
            }
    }
}

extension Examples {
    /// The nearest of a class, a position; nil where no distance is a number.
    fileprivate func nearest(to position: Int, of own: Int) -> Int? {
        let members = labels.classes.indices.filter { labels.classes[$0] == own }
        let distances = metric.distances(
            trusted: embeddings.rows(at: [position]), to: embeddings.rows(at: members)
        ).values
        return distances.indices.filter { !distances[$0].isNaN }.min { distances[$0] < distances[$1] }
            .map { members[$0] }
    }
}
