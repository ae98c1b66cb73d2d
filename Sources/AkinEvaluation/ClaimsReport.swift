import AkinTraining
import AkinVectorSearch

/// How well genuine claims are told from forgeries; the JSON document of `akin evaluate claims`.
public struct ClaimsReport: Codable, Sendable, Equatable {
    /// How many users claimed something.
    public var users: Int
    /// Users with too few genuine pictures.
    public var leftOut: [String]
    /// How many genuine pictures of a user were the references.
    public var references: Int
    /// How often they were drawn.
    public var drawings: Int
    /// How many genuine claims there were, in all drawings.
    public var genuine: Int
    /// Pictures that were made to look genuine; nil (and absent) where there are none.
    public var skilled: Forgeries?
    /// Genuine pictures of other users; nil (and absent) where there are none.
    public var random: Forgeries?
    /// By name.
    public var byUser: [UserResult]
    /// How embeddings were compared.
    public var metric: Metric.Kind
    /// Of the drawing.
    public var seed: UInt64
    /// How many pictures were left out because they are copies of others; nil (and absent) where none are left out.
    public var copies: Int?

    /// How well forgeries of one kind are told from genuine claims.
    public struct Forgeries: Codable, Sendable, Equatable {
        /// How many there were, in all drawings.
        public var claims: Int
        /// With one threshold for all users: where as large a share of genuine claims is refused as of forgeries is accepted, the
        /// mean of the drawings, 0...1.
        public var equalErrorRate: Double
        /// 95 % interval of that: what other users would give.
        public var interval: Interval
        /// With a threshold for each user: the mean of the users.
        public var equalErrorRateByUser: Double
        /// 95 % interval of that: what other users would give.
        public var intervalByUser: Interval
        /// Area under the ROC curve with one threshold for all users, the mean of the drawings.
        public var auroc: Double
        /// That threshold, in the mean of the drawings: by how much a claim may be farther than is usual among the references.
        public var threshold: Double

        enum CodingKeys: String, CodingKey {
            case claims, interval, auroc, threshold
            case equalErrorRate = "equal_error_rate"
            case equalErrorRateByUser = "equal_error_rate_by_user"
            case intervalByUser = "interval_by_user"
        }
    }

    /// How well the claims to be one user are told.
    public struct UserResult: Codable, Sendable, Equatable {
        /// Whose name is claimed.
        public var user: String
        /// How many genuine claims there were, in all drawings.
        public var genuine: Int
        /// The equal error rate of skilled forgeries with a threshold of the user's own; nil (and absent) where there are none.
        public var skilled: Double?
        /// The same of random forgeries.
        public var random: Double?
    }

    enum CodingKeys: String, CodingKey {
        case users, references, drawings, genuine, skilled, random, metric, seed, copies
        case leftOut = "left_out"
        case byUser = "by_user"
    }

    /// Of all claims.
    public init(_ outcomes: ClaimOutcomes) {
        let skilled = Trials(outcomes.list, against: .skilled)
        let random = Trials(outcomes.list, against: .random)
        let genuine = outcomes.list.filter { $0.kind == .genuine }
        let counts = genuine.reduce(into: [:]) { $0[$1.user, default: 0] += 1 }
        users = counts.count
        leftOut = outcomes.leftOut
        (references, drawings) = (outcomes.settings.references, outcomes.settings.drawings)
        self.genuine = genuine.count
        self.skilled = skilled.map(Forgeries.init)
        self.random = random.map(Forgeries.init)
        byUser = counts.sorted { $0.key < $1.key }.map { user, count in
            UserResult(
                user: user, genuine: count, skilled: skilled?.byUser[user], random: random?.byUser[user])
        }
        (metric, seed, copies) = (outcomes.metric, outcomes.settings.seed, outcomes.copies)
    }
}

/// Genuine claims and forgeries of one kind, drawing by drawing.
private struct Trials {
    /// Of all users together.
    var drawings: [Verification] = []
    /// Of each user, the mean of the drawings.
    var byUser: [String: Double] = [:]
    /// Of each user what errs at the threshold of all, of genuine claims and forgeries alike, the mean of the drawings.
    var errors: [String: Double] = [:]
    var claims = 0

    init?(_ outcomes: [ClaimOutcome], against kind: ClaimOutcome.Kind) {
        var times: [String: Int] = [:]
        let byDrawing = Dictionary(grouping: outcomes) { $0.drawing }.sorted { $0.key < $1.key }
        for (_, list) in byDrawing {
            func excess(_ list: [ClaimOutcome], _ kind: ClaimOutcome.Kind) -> [Float] {
                list.filter { $0.kind == kind }.map(\.excess)
            }
            // Users of whom there are no forgeries have no say, as there is nothing that they could be mistaken for.
            let users = Dictionary(grouping: list) { $0.user }.filter { !excess($0.value, kind).isEmpty }
                .sorted { $0.key < $1.key }
            guard !users.isEmpty else { continue }
            let all = users.flatMap(\.value)
            let together = Verification(trusted: excess(all, .genuine), different: excess(all, kind))
            let threshold = together.equalErrorThreshold
            drawings.append(together)
            claims += together.different.count
            for (user, own) in users {
                let alone = Verification(trusted: excess(own, .genuine), different: excess(own, kind))
                byUser[user, default: 0] += alone.equalErrorRate
                let refused = Double(alone.same.count { $0 > threshold }) / Double(alone.same.count)
                let accepted =
                    Double(alone.different.count { $0 <= threshold }) / Double(alone.different.count)
                errors[user, default: 0] += (refused + accepted) / 2
                times[user, default: 0] += 1
            }
        }
        guard !drawings.isEmpty else { return nil }
        for (user, count) in times {
            byUser[user]! /= Double(count)
            errors[user]! /= Double(count)
        }
    }
}

extension ClaimsReport.Forgeries {
    fileprivate init(_ trials: Trials) {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        // In an order, so that the sums are the same each time.
        let byUser = trials.byUser.sorted { $0.key < $1.key }.map(\.value)
        claims = trials.claims
        equalErrorRate = mean(trials.drawings.map(\.equalErrorRate))
        interval = Interval(
            equalErrorRate, spreadAs: trials.errors.sorted { $0.key < $1.key }.map(\.value))
        equalErrorRateByUser = mean(byUser)
        intervalByUser = Interval(meanOf: byUser)
        auroc = mean(trials.drawings.map(\.auroc))
        threshold = mean(trials.drawings.map { Double($0.equalErrorThreshold) })
    }
}
