import Foundation

/// The scale of one direction of a chart, with ticks at round numbers.
package struct Axis {
    package let low: Double
    package let high: Double
    package let isLogarithmic: Bool
    /// Ascending, within `low...high`.
    package let ticks: [Double]

    /// From the round number at or below `low` to that at or above `high`, with about `count` ticks. Nothing to show is
    /// shown from 0 to 1.
    package static func linear(_ low: Double, _ high: Double, ticks count: Int = 5) -> Axis {
        guard low.isFinite, high.isFinite, low <= high else { return linear(0, 1, ticks: count) }
        // Where all is the same, there is room above and below.
        let spare = low == high ? max(abs(low) * 0.1, 1e-6) : 0
        let step = roundStep((high - low + 2 * spare) / Double(count))
        let first = ((low - spare) / step + 1e-9).rounded(.down)
        let last = ((high + spare) / step - 1e-9).rounded(.up)
        let ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        return Axis(low: ticks.first!, high: ticks.last!, isLogarithmic: false, ticks: ticks)
    }

    /// From `low` to `high` and no further, with ticks at whole numbers.
    package static func whole(_ low: Int, _ high: Int, ticks count: Int = 6) -> Axis {
        guard low < high else {
            return Axis(
                low: Double(low) - 0.5, high: Double(low) + 0.5, isLogarithmic: false, ticks: [Double(low)])
        }
        let step = max(1, Int(roundStep(Double(high - low) / Double(count)).rounded()))
        let ticks = (low...high).filter { $0 % step == 0 || $0 == low && low % step + step / 2 < step }
        return Axis(low: Double(low), high: Double(high), isLogarithmic: false, ticks: ticks.map(Double.init))
    }

    /// From the 1, 2 or 5 times a power of ten at or below `low` to that at or above `high`; both above 0.
    package static func logarithmic(_ low: Double, _ high: Double) -> Axis {
        guard low.isFinite, high.isFinite, 0 < low, low <= high else { return logarithmic(0.1, 1) }
        let rounds = (-45...40).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
        var first = rounds.lastIndex { $0 <= low * (1 + 1e-6) } ?? 0
        var last = rounds.firstIndex { $0 >= high * (1 - 1e-6) } ?? rounds.count - 1
        if first == last { (first, last) = (max(first - 1, 0), min(last + 1, rounds.count - 1)) }
        // Powers of ten alone where there are many of them.
        let step = last - first > 6 ? (last - first + 17) / 18 * 3 : 1
        let ticks = (first...last).filter { step == 1 || $0 % step == 0 }.map { rounds[$0] }
        return Axis(low: rounds[first], high: rounds[last], isLogarithmic: true, ticks: ticks)
    }

    /// 1, 2 or 5 times a power of ten, at least `size`.
    private static func roundStep(_ size: Double) -> Double {
        let power = pow(10, floor(log10(size)))
        return ([1, 2, 5].first { $0 * power >= size * (1 - 1e-9) } ?? 10) * power
    }

    /// 0 at `low`, 1 at `high`; what lies outside is brought to the nearer end.
    package func place(of value: Double) -> Double {
        let place =
            isLogarithmic
            ? (log(max(value, low)) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
        return min(max(place, 0), 1)
    }

    /// A tick as text, all with the same number of digits after the point on a linear axis.
    package func text(of tick: Double) -> String {
        guard !isLogarithmic else {
            if tick >= 0.000_099, tick < 1e5 {
                return fixed(tick, digits: max(0, -Int(floor(log10(tick) + 1e-9))))
            }
            return Self.scientific(tick, digits: 0)
        }
        guard ticks.count > 1 else { return fixed(tick, digits: 0) }
        return fixed(tick, digits: max(0, -Int(floor(log10(ticks[1] - ticks[0]) + 1e-9))))
    }

    /// `1e-7`, `2.5e-7`.
    static func scientific(_ value: Double, digits: Int) -> String {
        let power = Int(floor(log10(abs(value)) + 1e-9))
        return "\(fixed(value / pow(10, Double(power)), digits: digits))e\(power)"
    }
}
