import AkinTensors
import Foundation

/// By what the values of classes are divided, so that their softmax is a probability: so that what left-out examples really are
/// becomes most probable (temperature scaling, Guo et al. 2017, "On Calibration of Modern Neural Networks", on values of which
/// none was fitted with its example). Classes count alike.
struct LeftOutTemperatures: Sendable {
    /// What is chosen from, as parts of by how much the largest value is above the mean of all: powers of the root of 2.
    private static let parts = (-14...6).map { pow(2, Double($0) / 2) }
    /// What is taken where nothing is known of any example's own class; and as many examples as that counts where something is: where
    /// all are right, ever smaller temperatures would be ever better.
    private static let usualPart = 0.35
    private static let weightOfUsual = 4.0

    /// About how many multiplications the exponentials of a value cost.
    static let cost = 20 * Double(parts.count)

    private let temperatures: [Double]
    /// For each temperature.
    private let losses: [LeftOutMeasure]
    private let labels: ItemLabels
    /// Whose own class has a value.
    private let known: [Bool]

    /// - Parameter values: `[examples, classes]`; no number for a class that is gone without the example.
    init(_ values: DoubleMatrix, _ labels: ItemLabels) {
        self.labels = labels
        known = labels.classes.map { labels.counts[$0] > 1 }
        let spread = (0..<values.rows).reduce(0.0) { sum, row in
            let values = values[row].filter { !$0.isNaN }
            guard let largest = values.max() else { return sum }
            return sum + (largest - values.reduce(0, +) / Double(values.count)) / Double(labels.count)
        }
        let temperatures = Self.parts.map { spread > 0 ? $0 * spread : 1 }
        self.temperatures = temperatures
        let members = labels.members
        let found = ThreadPool.shared.map(labels.count) { [known] example in
            temperatures.map { temperature in
                guard known[example] else { return 0.0 }
                return Self.loss(of: values[example], own: labels.classes[example], temperature)
            }
        }
        losses = temperatures.indices.map { position in
            LeftOutMeasure(members.map { $0.map { found[$0][position] } }, members)
        }
    }

    /// By all examples.
    var best: Double { least { $0.total } }

    /// By all but one.
    func best(without example: Int) -> Double {
        let own = labels.classes[example]
        guard known[example] else { return best }
        return least { $0.total(without: example, ofClass: own, of: labels.counts[own]) }
    }

    private func least(of total: (LeftOutMeasure) -> Double) -> Double {
        guard known.contains(true) else {
            let nearest = Self.parts.indices.min {
                abs(Self.parts[$0] - Self.usualPart) < abs(Self.parts[$1] - Self.usualPart)
            }!
            return temperatures[nearest]
        }
        let weight = Self.weightOfUsual * Double(labels.names.count) / Double(labels.count)
        let totals = losses.indices.map { position in
            let distance = log(Self.parts[position] / Self.usualPart)
            return total(losses[position]) + weight * distance * distance / 2
        }
        return temperatures[totals.indices.min { totals[$0] < totals[$1] }!]
    }

    /// The negative logarithm of the probability of its own class.
    private static func loss(of values: ArraySlice<Double>, own: Int, _ temperature: Double) -> Double {
        let value = values[values.startIndex + own]
        let largest = values.reduce(value) { $1 > $0 ? $1 : $0 }
        let sum = values.reduce(0) { $1.isNaN ? $0 : $0 + exp(($1 - largest) / temperature) }
        return (largest - value) / temperature + log(sum)
    }
}
