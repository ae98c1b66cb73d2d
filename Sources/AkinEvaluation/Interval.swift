/// The 95 % confidence interval of a proportion, by Wilson's score (Wilson 1927, "Probable inference, the law
/// of succession, and statistical inference").
///
/// It holds for the few trials that Akin's users have: it never leaves 0...1, and 39 right of 39 does not
/// come out as certain. It takes the trials for independent, which crops of one page are not: leave out by
/// group then.
public struct Interval: Sendable, Equatable {
    /// 0...1.
    public let low: Double
    /// 0...1, not below `low`.
    public let high: Double

    /// The 97.5 % quantile of the standard normal distribution.
    private static let z = 1.959_963_984_540_054

    /// Of `trials`, `successes` succeeded; 0...1 if there were no trials.
    ///
    /// - Throws: `EvaluationError.unusableSetting` where there are fewer than none, or more than trials.
    public init(_ successes: Int, of trials: Int) throws(EvaluationError) {
        guard 0 <= successes, successes <= trials else {
            throw .unusableSetting(
                what: "the number of successes", value: "\(successes) of \(trials)",
                allowed: "0 to all of them")
        }
        self.init(successes, trusted: trials)
    }

    /// As the above, of what was counted.
    package init(_ successes: Int, trusted trials: Int) {
        precondition(0 <= successes && successes <= trials, "more successes than trials")
        self.init(Double(successes) / Double(max(trials, 1)), of: Double(trials))
    }

    /// Of a proportion that comes from clusters of trials which are right or wrong together, such as the questions of
    /// one episode: Wilson's, with as many independent trials as have that variance (Kish 1965, "Survey Sampling",
    /// section 5.6; the variance is that of a ratio estimator between clusters), at most those there were.
    public init(clusters: [(successes: Int, trials: Int)]) {
        self.init(clusters: clusters.map { (successes: Double($0.successes), trials: Double($0.trials)) })
    }

    /// As the above, of trials that may have succeeded in part: that were made several times.
    init(clusters: [(successes: Double, trials: Double)]) {
        let n = clusters.reduce(0) { $0 + $1.trials }
        let successes = clusters.reduce(0) { $0 + $1.successes }
        let (k, p) = (Double(clusters.count), successes / max(1, n))
        guard k > 1, 0 < successes, successes < n else {
            self.init(p, of: n)
            return
        }
        let squares = clusters.reduce(0.0) { sum, cluster in
            let residual = cluster.successes - p * cluster.trials
            return sum + residual * residual
        }
        let variance = k / (k - 1) * squares / (n * n)
        self.init(p, of: min(n, p * (1 - p) / variance))
    }

    /// With an upper end that is higher by so much.
    func raised(by gain: Double) -> Interval { Interval(low: low, high: min(1, high + gain)) }

    init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

    /// Of a proportion of so many trials; `z` is the 97.5 % quantile of how it is spread.
    init(_ p: Double, of n: Double, quantile z: Double = Interval.z) {
        guard n > 0 else {
            (low, high) = (0, 1)
            return
        }
        let z2 = z * z
        let centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        let half = z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
        // The ends are exact where nothing or everything succeeded; rounding must not say otherwise.
        low = p == 0 ? 0 : max(0, centre - half)
        high = p == 1 ? 1 : min(1, centre + half)
    }
}

extension Interval: Codable {
    /// From a list of two numbers: `[low, high]`.
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        low = try container.decode(Double.self)
        high = try container.decode(Double.self)
    }

    /// As a list of two numbers: `[low, high]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(low)
        try container.encode(high)
    }
}
