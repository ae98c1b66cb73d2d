import AkinBasics
import AkinDatasets

/// How a query is given a class by its distances to the items of an index.
///
/// No classifier is trained: each looks at the items as they are, so that a class added a moment ago takes
/// part at once.
public enum Classifier: Sendable, Hashable {
    /// The `k` nearest items vote for their class (thesis, section 5.4.3; Altman 1992).
    ///
    /// Where votes are equal, the class whose voters' distances have the smaller sum wins, then the class of
    /// the nearest single voter, then the label that sorts first. Items at the same distance come in the
    /// order of their ids, which decides who is still among the `k`.
    case nearestNeighbours(k: Int, weighting: Weighting = .uniform)

    /// The class whose items lie nearest on average wins: the lowest mean of the distances from the query to
    /// all items of the class (thesis, section 5.4.1). Distances are those of the index's metric: with `l2`
    /// this is the thesis' rule.
    ///
    /// Where means are equal, the class of the nearest single item wins, then the label that sorts first.
    case averageClassDistance

    /// What a neighbour's vote counts.
    public enum Weighting: String, Sendable, Hashable, Codable, CaseIterable {
        /// 1 each.
        case uniform
        /// 1 / distance; where some neighbours are at distance 0, only those vote, 1 each.
        case distance
    }

    /// The names that commands and recipes use.
    public static let names = ["nearest-neighbours", "average-class-distance"]

    /// The classifier of a name; `k` and `weighting` are for `nearest-neighbours` and have no meaning
    /// elsewhere.
    public init(named name: String, k: Int = 5, weighting: Weighting = .uniform) throws(ClassificationError) {
        switch name {
        case "nearest-neighbours":
            guard k > 0 else { throw .neighboursNotPositive(k) }
            self = .nearestNeighbours(k: k, weighting: weighting)
        case "average-class-distance": self = .averageClassDistance
        default: throw .unknownClassifier(name, nearest: nearest(to: name, in: Self.names))
        }
    }

    /// The name that commands and recipes use.
    public var name: String {
        switch self {
        case .nearestNeighbours: "nearest-neighbours"
        case .averageClassDistance: "average-class-distance"
        }
    }

    /// How the class is found, in a sentence for people who look at the answers.
    public var explanation: String {
        switch self {
        case .nearestNeighbours(k: 1, _): "The class is that of the nearest neighbour."
        case .nearestNeighbours(let k, .uniform): "The \(k) nearest neighbours vote for the class."
        case .nearestNeighbours(let k, .distance):
            "The \(k) nearest neighbours vote for the class, the nearer the more."
        case .averageClassDistance:
            "The class is the one whose items lie nearest on average; the nearest single items can be of another."
        }
    }

    /// How ties are decided, in a sentence for help texts.
    public static let tieRule = """
        Equal votes go to the class whose voters' distances have the smaller sum, then to the class of the \
        nearest voter, then to the label that sorts first; equal class distances to the class of the nearest \
        item, then to the label that sorts first.
        """

    /// What to tell a user who asks for more neighbours than there are items (then all vote), or nil.
    public func note(items: Int) -> String? {
        guard case .nearestNeighbours(let k, _) = self, k > items else { return nil }
        return "k is \(k), but there are only \(items) items to compare with: all of them vote"
    }
}

extension Classifier: CustomStringConvertible {
    /// The name with its settings: `nearest-neighbours (k 5, uniform)`.
    public var description: String {
        switch self {
        case .nearestNeighbours(let k, let weighting): "\(name) (k \(k), \(weighting.rawValue))"
        case .averageClassDistance: name
        }
    }
}
