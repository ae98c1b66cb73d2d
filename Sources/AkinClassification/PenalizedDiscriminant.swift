import AkinTensors
import AkinVectorSearch

/// Discriminant values, with the penalty and the temperature that leaving out each example chooses.
struct PenalizedDiscriminant {
    private let space: SpannedSpace
    private let system: DiscriminantSystem
    private let penalties: RidgePenalties
    private let labels: ItemLabels
    /// Of each example without it; nil of a single one.
    private let left: (values: DoubleMatrix, temperatures: LeftOutTemperatures)?

    /// O(examples · rank · (rank + classes) + rank³), and what the choice of a penalty takes.
    ///
    /// - Parameter fixed: A penalty that is not to be chosen.
    init(_ examples: Examples, penalty fixed: Double?) {
        labels = examples.labels
        let (space, coordinates) = SpannedSpace.of(examples.embeddings, by: examples.metric)
        let members = examples.labels.members
        let penalties = RidgePenalties(RidgeSystem(coordinates, members), fixed: fixed)
        let system = DiscriminantSystem(coordinates, members, dimension: space.dimension)
        (self.space, self.system, self.penalties) = (space, system, penalties)
        guard labels.count > 1 else {
            left = nil
            return
        }
        let chosen = labels.classes.enumerated().map {
            penalties.penalties[penalties.best(without: $0, ofClass: $1).position]
        }
        var (values, missing) = system.leftOutValues(penalties: chosen)
        for example in missing {
            let found = Self.refitted(without: example, coordinates, labels, penalty: chosen[example])
            for (own, value) in found.enumerated() { values[example, own] = value }
        }
        left = (values, LeftOutTemperatures(values, labels))
    }

    /// Of embeddings.
    var functions: LinearFunctions {
        space.onEmbeddings(system.functions(penalty: penalties.penalties[penalties.best.position]))
    }

    /// By what values are divided for the scores.
    var temperature: Double { left?.temperatures.best ?? 1 }

    /// What is said of each example by all others.
    ///
    /// - Precondition: There are two at least.
    var leftOut: LeftOutDistances {
        let (values, temperatures) = left!
        return LeftOutDistances(
            values: values, temperatures: (0..<values.rows).map { temperatures.best(without: $0) })
    }

    /// The values of an example by a fit to all others; no number for a class that is gone.
    private static func refitted(
        without example: Int, _ coordinates: DoubleMatrix, _ labels: ItemLabels, penalty: Double
    ) -> [Double] {
        let others = (0..<labels.count).filter { $0 != example }
        let rest = ItemLabels(others.map { labels.names[labels.classes[$0]] })
        let system = DiscriminantSystem(
            coordinates.rows(at: others), rest.members, dimension: coordinates.columns)
        let values = system.functions(penalty: penalty).values(of: coordinates.rows(at: [example]))
        return labels.names.map { name in rest.names.firstIndex(of: name).map { values[0, $0] } ?? .nan }
    }
}
