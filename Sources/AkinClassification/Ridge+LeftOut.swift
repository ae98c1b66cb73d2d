import AkinTensors
import AkinVectorSearch

/// How well ridge regression tells some examples apart: what it says of each without having seen it, or what is left out with
/// it.
public struct RidgeFit: Sendable {
    /// For each example the squared error of its values, summed over the classes: 0 for values that are 1 at its class and 0
    /// elsewhere, and 0 for an example without which its class has none, of which nothing can be said.
    ///
    /// It tells more than right and wrong do: of two sets of embeddings with as many right answers, the one with the smaller
    /// error has the clearer ones.
    public let squaredErrors: [Double]
    /// Whether its own class has the largest value once small classes are raised; false where that has no other example.
    public let isRight: [Bool]
    /// By how much, without each, the value of an example's own class is above the mean of the others.
    package let leads: [Double]
}

extension Ridge {
    /// Fits to all examples but those that are left out together, and says what comes of these: by the formula where each is
    /// left out alone, which is one fit. The penalty is chosen without them each time.
    ///
    /// - Precondition: All embeddings are numbers, and there are two at least.
    package func fit(leavingOut folds: Folds, of examples: Examples) -> RidgeFit {
        let count = examples.labels.count
        let isAlone = (0..<count).allSatisfy { folds.leftOut(with: $0).count == 1 }
        return isAlone ? fitAlone(examples) : fitByFold(folds, examples)
    }

    private func fitAlone(_ examples: Examples) -> RidgeFit {
        let left = leftOutAlone(examples)
        return RidgeFit(left.values, raises: left.raises, left.choices.map(\.lead), examples.labels)
    }

    /// For each example the values of the classes by a fit without it, `[examples, classes]`, no number for its own class where it is
    /// the only example; what has to be added for small classes; and what was chosen by the others.
    func leftOutAlone(_ examples: Examples) -> (
        values: DoubleMatrix, raises: DoubleMatrix, choices: [RidgePenalties.Choice]
    ) {
        let labels = examples.labels
        let (_, coordinates) = SpannedSpace.of(examples.embeddings, by: examples.metric)
        let system = RidgeSystem(coordinates, labels.members)
        let penalties = RidgePenalties(system, fixed: penalty)
        let choices = labels.classes.enumerated().map { penalties.best(without: $0, ofClass: $1) }
        var values = DoubleMatrix(rows: labels.count, columns: labels.names.count)
        var raises = values
        for position in Set(choices.map(\.position)).sorted() {
            let penalty = penalties.penalties[position]
            let slopes = system.slopes(penalty: penalty)
            let found = ThreadPool.shared.map(system.members.count) { own in
                system.leftOut(ofClass: own, penalty: penalty, slopes: slopes)
            }
            for (own, members) in system.members.enumerated() {
                var counts = labels.counts
                counts[own] -= 1
                for (row, member) in members.enumerated() where choices[member].position == position {
                    let raise = choices[member].raises(counts: counts)
                    for (column, value) in found[own][row].enumerated() {
                        values[member, column] = value
                        raises[member, column] = raise[column]
                    }
                }
            }
        }
        return (values, raises, choices)
    }

    private func fitByFold(_ folds: Folds, _ examples: Examples) -> RidgeFit {
        let labels = examples.labels
        var values = DoubleMatrix(rows: labels.count, columns: labels.names.count)
        var raises = values
        var leads = [Double](repeating: 0, count: labels.count)
        // Examples with the same left out have one fit.
        let byRest = Dictionary(grouping: 0..<labels.count) { Set(folds.leftOut(with: $0)) }
        for (left, asked) in byRest {
            let kept = (0..<labels.count).filter { !left.contains($0) }
            guard !kept.isEmpty else {
                for example in asked { for own in labels.names.indices { values[example, own] = .nan } }
                continue
            }
            let rest = ItemLabels(kept.map { labels.names[labels.classes[$0]] })
            let (space, coordinates) = SpannedSpace.of(
                examples.embeddings.rows(at: kept), by: examples.metric)
            let system = RidgeSystem(coordinates, rest.members)
            let penalties = RidgePenalties(system, fixed: penalty)
            let best = penalties.best
            let functions = system.functions(penalty: penalties.penalties[best.position])
            let raise = best.raises(counts: rest.counts)
            let found = functions.values(
                of: space.coordinates(of: examples.embeddings.rows(at: asked)).coordinates)
            let columns = labels.names.map { name in rest.names.firstIndex(of: name) }
            for (row, example) in asked.enumerated() {
                for (own, column) in columns.enumerated() {
                    values[example, own] = column.map { found[row, $0] } ?? .nan
                    raises[example, own] = column.map { raise[$0] } ?? 0
                }
                leads[example] = best.lead
            }
        }
        return RidgeFit(values, raises: raises, leads, labels)
    }
}

extension RidgeFit {
    /// - Parameter values: `[examples, classes]`; no number where the class is not there without the example.
    fileprivate init(_ values: DoubleMatrix, raises: DoubleMatrix, _ leads: [Double], _ labels: ItemLabels) {
        var (errors, isRight) = ([Double](), [Bool]())
        for (example, own) in labels.classes.enumerated() {
            let row = Array(values[example])
            guard !row[own].isNaN else {
                errors.append(0)
                isRight.append(false)
                continue
            }
            errors.append(
                row.enumerated().reduce(0) { sum, value in
                    let error = value.element - (value.offset == own ? 1 : 0)
                    return error.isNaN ? sum : sum + error * error
                })
            let raised = row.indices.map { row[$0] + raises[example, $0] }
            isRight.append(raised.allSatisfy { $0.isNaN || $0 <= raised[own] })
        }
        (squaredErrors, self.isRight, self.leads) = (errors, isRight, leads)
    }
}
