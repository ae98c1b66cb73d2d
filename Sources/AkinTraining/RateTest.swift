import AkinNetworks
import Foundation

/// A learning-rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.3): the loss of steps
/// whose rate grows from one that changes nothing to one that is much too large.
///
/// The loss of single batches is noisy: `smoothed` are means over the steps around each, weighted by a bell curve.
public struct RateTest: Codable, Sendable, Equatable {
    /// A step.
    public struct Point: Codable, Sendable, Equatable {
        /// At which it was done.
        public let rate: Float
        /// Of its batch, before it.
        public let loss: Float
        /// The mean of those around it.
        public let smoothed: Float
    }

    /// The steps, by ascending rate, as far as it went.
    public let points: [Point]
    /// With two digits, as the next ones: where the smoothed loss falls fastest, over the logarithm of the rate, among the rates from which on it
    /// stays below its level of the beginning by a fifth of its whole fall, until it is lowest. Nil where it falls by no more than the noise.
    public let suggestion: Float?
    /// Where the smoothed loss is lowest; nil as above.
    public let lowest: Float?
    /// The lowest rate behind that from which the smoothed loss is higher than in the beginning by more than noise; nil where it never is.
    public let harmful: Float?
    /// Whether it ended before the largest rate: the loss was no number any more, or many times what it was in the beginning.
    public let exploded: Bool

    /// A training that is measured takes so many steps, from this share of the rate that is usual for its optimizer to so many times
    /// it.
    static let (steps, lowestShare, highestShare) = (300, 1e-4, 1e4)
    /// It ends where the loss of some steps is on average so many times that of the first ones.
    private static let explosion: Float = 4
    /// So many steps tell what the loss is in the beginning.
    private static let first = 30
    /// And so many, that it has exploded.
    private static let last = 5
    /// The bell curve's standard deviation, in steps; a slope is that over so many before and after.
    private static let width = 6.0
    /// What is less than this share of the whole fall may be the noise of the beginning.
    private static let begun: Float = 0.2

    enum CodingKeys: String, CodingKey {
        case points, suggestion, lowest, harmful, exploded
    }

    /// Whether the smoothed loss was lowest before the last of the rates that were tried.
    public var risesAgain: Bool {
        guard let last = points.last?.smoothed else { return false }
        return points.dropLast().contains { $0.smoothed <= last }
    }

    /// What was not found is null, not absent: scripts read it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(points, forKey: .points)
        try container.encode(suggestion, forKey: .suggestion)
        try container.encode(lowest, forKey: .lowest)
        try container.encode(harmful, forKey: .harmful)
        try container.encode(exploded, forKey: .exploded)
    }

    /// From the losses of steps, `losses[i]` at `rates[i]`, which ascend by a constant factor; `exploded` as the property.
    package init(rates: [Float], losses: [Float], exploded: Bool) {
        let beginning = Self.mean(losses.prefix(Self.first))
        // One step gone wrong says no more than that it has, and shall not be seen far around.
        let capped = losses.map { min($0, Self.explosion * beginning) }
        let smoothed = capped.indices.map { Self.smoothed(capped, at: $0) }
        points = smoothed.indices.map { Point(rate: rates[$0], loss: losses[$0], smoothed: smoothed[$0]) }
        self.exploded = exploded

        let valley = smoothed.indices.min { smoothed[$0] < smoothed[$1] } ?? 0
        // Where it does not fall there is no valley, and what comes before a rise is level.
        let level = max(valley, min(capped.count, Int(4 * Self.width)))
        let deviations: [Float] = (0..<level).map { abs(capped[$0] - smoothed[$0]) }
        let noise = Self.mean(deviations[...])
        let fall = beginning - (smoothed.isEmpty ? 0 : smoothed[valley])
        let above = smoothed[..<valley].lastIndex { $0 > beginning - Self.begun * fall }
        let steepest = ((above ?? -1) + 1..<valley).min {
            Self.slope(smoothed, at: $0) < Self.slope(smoothed, at: $1)
        }
        let falls = fall > max(2 * noise, 0.01 * abs(beginning))
        suggestion = falls ? steepest.map { Self.rounded(rates[$0]) } : nil
        lowest = falls ? Self.rounded(rates[valley]) : nil
        let start = falls ? valley : 0
        let risen = smoothed.indices.first { $0 > start && smoothed[$0] > beginning + 2 * noise }
        harmful = (risen.map { rates[$0] } ?? (exploded ? rates.last : nil)).map(Self.rounded)
    }

    /// What is found among noise is not exact, and such numbers can be copied into a recipe.
    private static func rounded(_ rate: Float) -> Float {
        let unit = pow(10, floor(log10(Double(rate))) - 1)
        return Float((Double(rate) / unit).rounded() * unit)
    }

    private static func mean(_ values: ArraySlice<Float>) -> Float {
        values.isEmpty ? 0 : values.reduce(0, +) / Float(values.count)
    }

    private static func smoothed(_ values: [Float], at place: Int) -> Float {
        var (sum, weights) = (0.0, 0.0)
        for other in max(0, place - 3 * Int(width))...min(values.count - 1, place + 3 * Int(width)) {
            let distance = Double(other - place) / width
            let weight = exp(-distance * distance / 2)
            sum += weight * Double(values[other])
            weights += weight
        }
        return Float(sum / weights)
    }

    private static func slope(_ smoothed: [Float], at place: Int) -> Float {
        smoothed[min(place + Int(width), smoothed.count - 1)] - smoothed[max(place - Int(width), 0)]
    }

    /// Whether losses have grown so much that no more is to be learned of them.
    static func hasExploded(_ losses: [Float]) -> Bool {
        losses.count > first + last
            && mean(losses.suffix(last)) > explosion * mean(losses.prefix(first))
    }
}

extension Trainer {
    /// Takes some hundred steps whose rates grow, and tells what came of them. Throws whatever `progress` throws, which is told
    /// after each step how many are done of how many.
    package func testRates(progress: (Int, Int) throws -> Void) throws -> RateTest {
        let usual = Double(recipe.training.optimizer.usualLearningRate)
        let (low, high) = (usual * RateTest.lowestShare, usual * RateTest.highestShare)
        var (rates, losses, exploded) = ([Float](), [Float](), false)
        for number in 0..<RateTest.steps {
            let rate = Float(low * pow(high / low, Double(number) / Double(RateTest.steps - 1)))
            do throws(TrainingError) {
                losses.append(try tryStep(rate: rate).loss)
                rates.append(rate)
            } catch {
                // The very first is one of the recipe, and no rate makes it better.
                guard number > 0 else { throw error }
                exploded = true
            }
            if exploded || RateTest.hasExploded(losses) {
                exploded = true
                break
            }
            try progress(number + 1, RateTest.steps)
        }
        return RateTest(rates: rates, losses: losses, exploded: exploded)
    }
}
