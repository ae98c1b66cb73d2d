import AkinTensors

/// What the values that ridge regression gives each example without having seen it say of each penalty to choose from.
struct RidgePenalties: Sendable {
    /// What is chosen from, as shares of the variance: powers of 4.
    static let shares = (-8...4).map { power -> Double in
        (0..<abs(power)).reduce(1) { share, _ in power < 0 ? share / 4 : share * 4 }
    }
    /// What is taken where no class has two examples.
    private static let shareOfOneEach = 4

    private let members: [[Int]]
    /// The penalties themselves.
    let penalties: [Double]
    /// For each penalty the squared error over all classes.
    private let errors: [LeftOutMeasure]
    /// For each penalty by how much the value of the example's own class is above the mean of the others.
    private let leads: [LeftOutMeasure]
    private let isFixed: Bool

    /// O(penalties · examples · rank · the largest class), on all threads of the pool.
    ///
    /// - Parameter fixed: A penalty that is not to be chosen.
    init(_ system: RidgeSystem, fixed: Double?) {
        members = system.members
        isFixed = fixed != nil
        // Examples that are all in one place have the same values whatever the penalty.
        let variance = system.variance > 0 ? system.variance : 1
        penalties = fixed.map { [$0] } ?? Self.shares.map { $0 * variance }
        let classes = system.members.count
        let slopes = penalties.map { system.slopes(penalty: $0) }
        let found = ThreadPool.shared.map(penalties.count * classes) { [penalties] task in
            let (own, position) = (task % classes, task / classes)
            guard system.members[own].count > 1 else { return [(error: 0.0, lead: 0.0)] }
            let values = system.leftOut(ofClass: own, penalty: penalties[position], slopes: slopes[position])
            return (0..<values.rows).map { row in
                let values = values[row]
                let error = values.enumerated().reduce(0) {
                    let error = $1.element - ($1.offset == own ? 1 : 0)
                    return $0 + error * error
                }
                let value = values[values.startIndex + own]
                let others = values.reduce(-value, +)
                return (error, classes > 1 ? value - others / Double(classes - 1) : 0)
            }
        }
        let ofPenalty = penalties.indices.map { found[$0 * classes..<($0 + 1) * classes] }
        errors = ofPenalty.map { LeftOutMeasure($0.map { $0.map(\.error) }, system.members) }
        leads = ofPenalty.map { LeftOutMeasure($0.map { $0.map(\.lead) }, system.members) }
    }

    /// A penalty of the list, and what the examples say of it.
    struct Choice: Sendable, Equatable {
        var position: Int
        /// Of a value.
        var meanSquaredError: Double
        /// By how much the value of an example's own class is above the mean of the others; 0 where nothing is known of that.
        var lead: Double

        /// What is added to the value of each class, of so many examples: half of the lead, divided by the root of their
        /// number, less what that is for the largest class.
        func raises(counts: [Int]) -> [Double] {
            func raise(_ count: Int) -> Double { lead / 2 / Double(max(1, count)).squareRoot() }
            let least = raise(counts.max() ?? 1)
            return counts.map { raise($0) - least }
        }
    }

    /// That with the least mean squared error, each class counting alike; the smallest of equally good ones.
    var best: Choice { choice { $0.total } }

    /// As `best`, by all examples but one, which is of the class `own`.
    func best(without example: Int, ofClass own: Int) -> Choice {
        guard members[own].count > 1 else { return best }
        return choice { $0.total(without: example, ofClass: own, of: members[own].count) }
    }

    private func choice(by total: (LeftOutMeasure) -> Double) -> Choice {
        let classes = Double(members.count)
        let counted = Double(members.count { $0.count > 1 })
        guard counted > 0 else {
            // As of values that are 1 / classes throughout.
            return Choice(
                position: min(Self.shareOfOneEach, penalties.count - 1),
                meanSquaredError: (classes - 1) / (classes * classes), lead: 0)
        }
        let totals = errors.map(total)
        let best = totals.indices.min { totals[$0] < totals[$1] }!
        return Choice(
            position: best, meanSquaredError: totals[best] / (counted * classes),
            lead: isFixed ? 0 : max(0, total(leads[best]) / counted))
    }
}
