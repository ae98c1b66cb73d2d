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
    public init(_ successes: Int, of trials: Int) {
        precondition(0 <= successes && successes <= trials, "more successes than trials")
        guard trials > 0 else {
            (low, high) = (0, 1)
            return
        }
        let n = Double(trials)
        let p = Double(successes) / n
        let z2 = Self.z * Self.z
        let centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        let half = Self.z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
        // The ends are exact where nothing or everything succeeded; rounding must not say otherwise.
        low = successes == 0 ? 0 : max(0, centre - half)
        high = successes == trials ? 1 : min(1, centre + half)
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
