import AkinTensors

/// The errors of the values that ridge regression gives each example without having seen it, for each penalty to choose from.
struct RidgePenalties: Sendable {
    /// What is chosen from, as shares of the variance: powers of 4.
    static let shares = (-8...4).map { power -> Double in
        (0..<abs(power)).reduce(1) { share, _ in power < 0 ? share / 4 : share * 4 }
    }
    /// What is taken where no class has two examples.
    private static let shareOfOneEach = 4

    private let system: RidgeSystem
    /// The penalties themselves.
    let penalties: [Double]
    /// For each penalty and each example the squared error over all classes; an example that is its class alone has none.
    private let errors: [[Double]]
    /// For each penalty and each class the sum of them.
    private let sums: [[Double]]
    /// For each penalty the sum over the classes of their means.
    private let totals: [Double]

    /// O(penalties · examples · rank · the largest class), on all threads of the pool.
    ///
    /// - Parameter fixed: A penalty that is not to be chosen.
    init(_ system: RidgeSystem, fixed: Double?) {
        self.system = system
        // Examples that are all in one place have the same values whatever the penalty.
        let variance = system.variance > 0 ? system.variance : 1
        penalties = fixed.map { [$0] } ?? Self.shares.map { $0 * variance }
        let count = system.members.reduce(0) { $0 + $1.count }
        let classes = system.members.count
        let slopes = penalties.map { system.slopes(penalty: $0) }
        let found = ThreadPool.shared.map(penalties.count * classes) { [penalties] task -> [Double] in
            let (own, position) = (task % classes, task / classes)
            guard system.members[own].count > 1 else { return [0] }
            let values = system.leftOut(ofClass: own, penalty: penalties[position], slopes: slopes[position])
            return (0..<values.rows).map { row in
                values[row].enumerated().reduce(0) {
                    let error = $1.element - ($1.offset == own ? 1 : 0)
                    return $0 + error * error
                }
            }
        }
        var errors = penalties.map { _ in [Double](repeating: 0, count: count) }
        for (task, found) in found.enumerated() {
            for (member, error) in zip(system.members[task % classes], found) {
                errors[task / classes][member] = error
            }
        }
        self.errors = errors
        sums = errors.map { errors in
            system.members.map { $0.reduce(0) { $0 + errors[$1] } }
        }
        totals = sums.map { sums in
            zip(sums, system.members).reduce(0) { $0 + $1.0 / Double($1.1.count) }
        }
    }

    /// A penalty of the list, and the mean squared error of a value with it.
    struct Choice: Sendable, Equatable {
        var position: Int
        var meanSquaredError: Double
    }

    /// That with the least mean squared error, each class counting alike; the smallest of equally good ones.
    var best: Choice { least(of: totals) }

    /// As `best`, by all examples but one, which is of the class `own`.
    func best(without example: Int, ofClass own: Int) -> Choice {
        let count = Double(system.members[own].count)
        guard count > 1 else { return best }
        return least(
            of: penalties.indices.map { position in
                let sum = sums[position][own]
                return totals[position] - sum / count + (sum - errors[position][example]) / (count - 1)
            })
    }

    private func least(of totals: [Double]) -> Choice {
        let classes = Double(system.members.count)
        let counted = system.members.count { $0.count > 1 }
        guard counted > 0 else {
            // As of values that are 1 / classes throughout.
            return Choice(
                position: min(Self.shareOfOneEach, penalties.count - 1),
                meanSquaredError: (classes - 1) / (classes * classes))
        }
        let best = totals.indices.min { totals[$0] < totals[$1] }!
        return Choice(position: best, meanSquaredError: totals[best] / (Double(counted) * classes))
    }
}
