import AkinTensors

/// Discriminant values by the scatter about the class means, to which a penalty is added.
///
/// With `W = (T / free + penalty · I)⁻¹`, where `T` is the scatter and `free` how many deviations are not determined by the
/// others, class means `m_c` about their mean `m`, and `n_c` examples of a class, the value of a class is
///
///     (x - m)ᵀ W (m_c - m) - 1/4 · ((m_c - m)ᵀ W (m_c - m) - t / n_c),    t = tr(W T) / free
///
/// Fisher's rule for normal distributions has 1/2 in place of 1/4, and no `t`. What a class' mean lies off because its few
/// examples are what they are makes the square of its length larger by `t / n_c`, which would hide small classes behind large
/// ones; and half of the square tells little of few examples.
///
/// **Without an example** of a class of `m`, with its deviation `r`, the scatter loses `m / (m - 1) · r rᵀ`, its class' mean moves
/// by `-r / (m - 1)` and the mean of the means with it: `W` follows by Sherman and Morrison's formula, and everything is as if
/// fitted anew, with the same penalty.
extension DiscriminantSystem {
    /// What gives coordinates a value for each class. O(classes · rank²).
    func functions(penalty: Double) -> LinearFunctions {
        let centre = centre
        let free = Double(max(1, count - groups.count))
        let weights = eigenvalues.map { 1 / ($0 / free + penalty) }
        let noise = weights.indices.reduce(0) { $0 + weights[$1] * eigenvalues[$1] } / free
        var means = means
        means.subtract(centre)
        var slopes = means
        slopes.updateRows { _, row in for k in row.indices { row[k] *= weights[k] } }
        let lengths = (0..<means.rows).map { means.product(ofRow: $0, with: slopes) }
        let offsets = slopes.products(with: centre).enumerated().map { own, product in
            -product - (lengths[own] - noise / Double(members[own].count)) / 4
        }
        return LinearFunctions(slopes: DoubleMatrix.product(slopes, directions), offsets: offsets)
    }

    /// The values of each example of a fit without it, `[examples, classes]`, and those of which it says nothing: without them
    /// every class has one example. There is no number for a class that is gone.
    ///
    /// - Parameter penalties: One for each example.
    /// - Precondition: There are two examples at least.
    func leftOutValues(penalties: [Double]) -> (values: DoubleMatrix, missing: [Int]) {
        var values = DoubleMatrix(rows: count, columns: members.count)
        var missing: [Int] = []
        var classOf = [Int](repeating: 0, count: count)
        var alike: [Alike: [Int]] = [:]
        for (own, group) in members.enumerated() {
            for example in group {
                classOf[example] = own
                let one = Alike(penalty: penalties[example], isAlone: group.count == 1)
                if areApart, count - 1 == classesLeft(one) {
                    missing.append(example)
                } else {
                    alike[one, default: []].append(example)
                }
            }
        }
        for (one, asked) in alike {
            // Blocks of examples, so that what they take is little beside what is there.
            for first in stride(from: 0, to: asked.count, by: 4096) {
                let block = Array(asked[first..<min(first + 4096, asked.count)])
                let found = self.values(leavingOut: block, one, classOf)
                for (row, example) in block.enumerated() {
                    for (own, value) in found[row].enumerated() { values[example, own] = value }
                }
            }
        }
        return (values, missing)
    }

    /// The mean of the class means.
    private var centre: [Double] {
        var centre = [Double](repeating: 0, count: means.columns)
        for own in 0..<means.rows {
            for (k, value) in means[own].enumerated() { centre[k] += value / Double(means.rows) }
        }
        return centre
    }

    /// Examples that can be left out together in one computation, each by itself.
    private struct Alike: Hashable {
        var penalty: Double
        /// Of its class.
        var isAlone: Bool
    }

    private func classesLeft(_ one: Alike) -> Int { members.count - (one.isAlone ? 1 : 0) }

    /// Examples that are left out, about the mean of the class means without each; their deviations; and how far that mean has moved.
    private func moved(
        _ asked: [Int], _ one: Alike, _ classOf: [Int], _ centre: [Double]
    ) -> (examples: DoubleMatrix, deviations: DoubleMatrix, shifts: DoubleMatrix) {
        let deviations = deviations.rows(at: asked)
        var examples = examples.rows(at: asked)
        examples.subtract(centre)
        var shifts = one.isAlone ? examples : deviations
        shifts.updateRows { row, values in
            let others = one.isAlone ? 1 : Double(members[classOf[asked[row]]].count - 1)
            for k in values.indices { values[k] /= -Double(classesLeft(one)) * others }
        }
        examples.updateRows { row, values in
            shifts.withRow(row) { for k in values.indices { values[k] -= $0[k] } }
        }
        return (examples, deviations, shifts)
    }

    private func values(leavingOut asked: [Int], _ one: Alike, _ classOf: [Int]) -> DoubleMatrix {
        let free = Double(max(1, count - 1 - (areApart ? classesLeft(one) : 1)))
        let weights = eigenvalues.map { 1 / ($0 / free + one.penalty) }
        let trace = weights.indices.reduce(0) { $0 + weights[$1] * eigenvalues[$1] }
        func weighted(_ rows: DoubleMatrix) -> DoubleMatrix {
            var rows = rows
            rows.updateRows { _, row in for k in row.indices { row[k] *= weights[k] } }
            return rows
        }
        let centre = centre
        var means = means
        means.subtract(centre)
        let weightedMeans = weighted(means)
        let lengths = (0..<means.rows).map { means.product(ofRow: $0, with: weightedMeans) }
        let (examples, deviations, shifts) = moved(asked, one, classOf, centre)
        let (weightedExamples, weightedDeviations) = (weighted(examples), weighted(deviations))
        let weightedShifts = weighted(shifts)
        var values = DoubleMatrix.product(weightedExamples, means, rightTransposed: true)
        let ofDeviations = DoubleMatrix.product(weightedDeviations, means, rightTransposed: true)
        let ofShifts = DoubleMatrix.product(weightedShifts, means, rightTransposed: true)
        values.updateRows { row, values in
            let own = classOf[asked[row]]
            let size = Double(areApart ? members[own].count : count)
            let loss = size > 1 ? size / (size - 1) : 0
            // How far the mean of its own class moves, in deviations.
            let move = one.isAlone ? 0 : 1 / (size - 1)
            let length = deviations.product(ofRow: row, with: weightedDeviations)
            let step = loss / free / (1 - loss / free * length)
            let exampleAlongDeviation = examples.product(ofRow: row, with: weightedDeviations)
            let exampleAlongShift = shifts.product(ofRow: row, with: weightedExamples)
            let shiftAlongDeviation = shifts.product(ofRow: row, with: weightedDeviations)
            let squaredShift = shifts.product(ofRow: row, with: weightedShifts)
            let scattered = weightedDeviations.withRow(row) { deviation in
                deviation.indices.reduce(0) { $0 + eigenvalues[$1] * deviation[$1] * deviation[$1] }
            }
            let noise = (trace + step * scattered - loss * (length + step * length * length)) / free
            for other in values.indices {
                let isOwn = other == own
                var product = values[other] - exampleAlongShift
                var alongDeviation = ofDeviations[row, other] - shiftAlongDeviation
                var squared = lengths[other] - 2 * ofShifts[row, other] + squaredShift
                if isOwn {
                    product -= move * exampleAlongDeviation
                    squared += move * (move * length - 2 * alongDeviation)
                    alongDeviation -= move * length
                }
                product += step * exampleAlongDeviation * alongDeviation
                squared += step * alongDeviation * alongDeviation
                let size = Double(members[other].count - (isOwn ? 1 : 0))
                values[other] = size > 0 ? product - (squared - noise / size) / 4 : .nan
            }
        }
        return values
    }
}

extension DoubleMatrix {
    /// The product of a row with the same row of another.
    fileprivate func product(ofRow row: Int, with other: DoubleMatrix) -> Double {
        withRow(row) { a in other.withRow(row) { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    }
}
