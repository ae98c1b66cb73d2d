import AkinBasics
import AkinTensors
import AkinTraining
import AkinVectorSearch

/// One claim to be somebody (or some class), and how far it is from what is known of them.
public struct ClaimOutcome: Sendable, Equatable {
    /// What is claimed by whom.
    public enum Kind: String, Sendable, Codable {
        /// It is theirs.
        case genuine
        /// It was made to look like theirs.
        case skilled
        /// It is the genuine one of somebody else.
        case random
    }

    /// Whose it is claimed to be.
    public var user: String
    /// Where the picture comes from.
    public var source: Source
    /// What it is.
    public var kind: Kind
    /// Its distance to the nearest of the user's references, less what is usual among these: the mean of their distances to the
    /// nearest other. A claim is accepted where this is not above a threshold.
    public var excess: Float
    /// In which drawing of references.
    public var drawing: Int
}

/// Claims, as signatures make them: some genuine pictures of a user are the references, and of others it is to be told whether they
/// are that user's.
///
/// The distance to the nearest reference is told in excess of what is usual among the references, for one threshold has to do for
/// users who are constant and for others who are not: on 20 users of SVC2004, five references each and the shipped backbone, 22 %
/// of skilled forgeries err by one threshold then, and 30 % without.
public struct Claims: Sendable, Hashable {
    /// How many genuine pictures of a user the references are.
    public var references: Int
    /// How often the references are drawn anew.
    public var drawings: Int
    /// What stands behind the last `/` of the label of a genuine picture, before which its user stands; the other pictures of the
    /// user are forgeries. A label without `/` is that of a user's genuine pictures.
    public var genuine: String
    /// Of the drawing.
    public var seed: UInt64

    /// So many pictures of other users are random forgeries of one at most, in each drawing.
    private static let mostRandom = 1000

    /// All of it.
    public init(references: Int = 5, drawings: Int = 10, genuine: String = "genuine", seed: UInt64 = 1) {
        (self.references, self.drawings) = (references, drawings)
        (self.genuine, self.seed) = (genuine, seed)
    }

    /// Whose picture a label says it is, and whether it is genuine.
    func reading(of label: String) -> (user: String, isGenuine: Bool) {
        guard let slash = label.lastIndex(of: "/") else { return (label, true) }
        return (String(label[..<slash]), label[label.index(after: slash)...] == genuine)
    }

    /// What some pictures come to, `[labels.count, dimension]`. Users with no more genuine pictures than there are references take no
    /// part, but for theirs being random forgeries of others.
    func outcomes(
        _ labels: [String], _ sources: [Source], _ embeddings: Matrix, _ metric: Metric
    ) -> [ClaimOutcome] {
        let readings = labels.map(reading)
        let byUser = Dictionary(grouping: labels.indices) { readings[$0].user }.sorted { $0.key < $1.key }
        let genuine = labels.indices.filter { readings[$0].isGenuine }
        var outcomes: [ClaimOutcome] = []
        for drawing in 0..<drawings {
            var generator = SeededGenerator(seed: seed, 0x9EFE, UInt64(drawing))
            for (user, pictures) in byUser {
                var own = pictures.filter { readings[$0].isGenuine }
                guard own.count > references else { continue }
                own.shuffle(using: &generator)
                let shown = Array(own.prefix(references))
                let others = genuine.filter { readings[$0].user != user }
                    .shuffled(using: &generator).prefix(Self.mostRandom).sorted()
                let claims: [(ClaimOutcome.Kind, [Int])] = [
                    (.genuine, own.dropFirst(references).sorted()),
                    (.skilled, pictures.filter { !readings[$0].isGenuine }), (.random, others),
                ]
                let known = embeddings.rows(at: shown)
                let usual = Self.usual(metric.distances(trusted: known, to: known))
                for (kind, claimed) in claims {
                    let distances = metric.distances(trusted: embeddings.rows(at: claimed), to: known)
                    for (row, picture) in claimed.enumerated() {
                        outcomes.append(
                            ClaimOutcome(
                                user: user, source: sources[picture], kind: kind,
                                excess: distances[row].min()! - usual, drawing: drawing))
                    }
                }
            }
        }
        return outcomes
    }

    /// The mean of the distances of references to the nearest other; of one, 0.
    private static func usual(_ distances: Matrix) -> Float {
        guard distances.rows > 1 else { return 0 }
        let nearest = (0..<distances.rows).map { row in
            (0..<distances.rows).filter { $0 != row }.map { distances[row, $0] }.min()!
        }
        return nearest.reduce(0, +) / Float(nearest.count)
    }
}

/// The outcomes of all claims.
public struct ClaimOutcomes: Sendable, Equatable {
    /// In the order of the drawings and the users.
    public var list: [ClaimOutcome]
    /// How they were drawn.
    public var settings: Claims
    /// Users with too few genuine pictures to claim anything.
    public var leftOut: [String]
    /// How embeddings were compared.
    public var metric: Metric.Kind
    /// How many pictures were left out because they are copies of others; nil where none are left out.
    public var copies: Int?
}

extension HeldOutImages {
    /// Claims of these pictures; of those of one content only the first takes part, unless copies are kept.
    public func claims(
        _ settings: Claims = Claims(), metric: Metric = .l2, keepingCopies: Bool = false
    ) throws(EvaluationError) -> ClaimOutcomes {
        guard settings.references > 0, settings.drawings > 0 else {
            throw .unusableSetting(
                what: "the number of references or drawings",
                value: "\(min(settings.references, settings.drawings))", allowed: "1 or more")
        }
        try checkFinite()
        let drawn = keepingCopies ? self : withoutCopies()
        let outcomes = settings.outcomes(drawn.labels, drawn.sources, drawn.embeddings, metric)
        let users = Set(outcomes.map(\.user))
        guard outcomes.contains(where: { $0.kind != .genuine }) else {
            throw .noClaims(references: settings.references, genuine: settings.genuine)
        }
        return ClaimOutcomes(
            list: outcomes, settings: settings,
            leftOut: Set(drawn.labels.map { settings.reading(of: $0).user }).subtracting(users).sorted(),
            metric: metric.kind, copies: keepingCopies ? nil : labels.count - drawn.labels.count)
    }
}
