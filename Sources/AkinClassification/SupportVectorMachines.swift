import AkinTensors
import CAkinSVM
import Foundation

/// A support vector machine for every two classes, trained by LIBSVM (Chang and Lin 2011), and how they vote.
struct SupportVectorMachines: Sendable {
    /// The machine of two classes.
    private struct Machine: Sendable {
        var first, second: Int
        /// Its support vectors, positions among the examples, and what each counts.
        var vectors: [Int32]
        var coefficients: [Double]
        var offset: Double
    }

    private let rule: SupportVectors
    private let classes: Int
    /// The examples that are support vectors of any machine, times the root of the kernel's scale.
    private let examples: DoubleMatrix
    private let lengths: [Double]
    private let scale: Double
    private let machines: [Machine]

    /// Of more examples of two classes than these, LIBSVM computes the kernel itself: their products take up 16 bytes each.
    private static let mostProducts = 3000

    /// O(classes · examples · the examples of two classes · dimension) and what LIBSVM takes, on all threads of the pool.
    ///
    /// - Parameter rows: The examples about their mean.
    /// - Throws: `ClassificationError.lacksMemory`
    init(
        _ rows: DoubleMatrix, _ members: [[Int]], _ rule: SupportVectors
    ) throws(ClassificationError) {
        self.rule = rule
        classes = members.count
        let count = rows.rows
        let spread = (0..<count).reduce(0) { $0 + rows.squaredLength(ofRow: $1) } / Double(count)
        // Examples that are all in one place are so by whatever scale.
        let scale = spread > 0 ? (1 / (2 * spread)).squareRoot() : 1
        self.scale = scale
        let examples = Self.scaled(rows, scale)
        let pairs = members.indices.flatMap { first in
            (first + 1..<max(first + 1, members.count)).map { (first, $0) }
        }
        let costs = members.map { rule.cost * Double(count) / Double(members.count * $0.count) }
        let trained = ThreadPool.shared.map(pairs.count) { pair in
            Self.machine(pairs[pair], members, examples, rule, costs)
        }
        var machines = trained.compactMap(\.self)
        guard machines.count == pairs.count else { throw .lacksMemory }
        // Queries are compared with no others; with one at least, so that there are kernels.
        let used = Set(machines.flatMap(\.vectors)).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(used, Int32(0)...).map { ($0, $1) })
        for i in machines.indices { machines[i].vectors = machines[i].vectors.compactMap { places[$0] } }
        let kept = examples.rows(at: used.isEmpty ? [0] : used.map { Int($0) })
        self.examples = kept
        lengths = (0..<kept.rows).map { kept.squaredLength(ofRow: $0) }
        self.machines = machines
    }

    /// Nil where memory is lacking.
    private static func machine(
        _ pair: (Int, Int), _ members: [[Int]], _ examples: DoubleMatrix, _ rule: SupportVectors,
        _ costs: [Double]
    ) -> Machine? {
        let both = members[pair.0] + members[pair.1]
        var rows = examples.rows(at: both)
        let isComputed = both.count <= mostProducts
        if isComputed {
            let lengths = (0..<rows.rows).map { rows.squaredLength(ofRow: $0) }
            rows = rule.values(
                of: DoubleMatrix.product(rows, rows, rightTransposed: true), lengths, lengths)
        }
        var coefficients = [Double](repeating: 0, count: both.count)
        var offset = 0.0
        let code = rows.values.withUnsafeBufferPointer { values in
            coefficients.withUnsafeMutableBufferPointer {
                akin_svm_train(
                    isComputed ? akin_svm_computed : rule.kernel.ofLIBSVM, Int32(rule.degree),
                    Int32(both.count), Int32(members[pair.0].count), Int32(rows.columns), values.baseAddress,
                    costs[pair.0], costs[pair.1], $0.baseAddress!, &offset)
            }
        }
        guard code == 0 else { return nil }
        let vectors = coefficients.indices.filter { coefficients[$0] != 0 }
        return Machine(
            first: pair.0, second: pair.1, vectors: vectors.map { Int32(both[$0]) },
            coefficients: vectors.map { coefficients[$0] }, offset: offset)
    }

    private static func scaled(_ rows: DoubleMatrix, _ scale: Double) -> DoubleMatrix {
        var rows = rows
        rows.updateRows { _, row in for i in row.indices { row[i] *= scale } }
        return rows
    }

    /// How many of the other classes win against each class, less a share of 1/3 at most that grows with the sum of the
    /// machines' values in its favour, `[queries, classes]`: by this, classes with equal votes are told apart.
    ///
    /// - Parameters:
    ///   - queries: About the mean of the examples.
    ///   - beyond: The squared distance of each from the space of the examples.
    func lost(by queries: DoubleMatrix, beyond: [Double]) -> DoubleMatrix {
        let queries = Self.scaled(queries, scale)
        var lost = DoubleMatrix(rows: queries.rows, columns: classes)
        // Blocks of queries, so that the kernels fit into memory however many examples there are.
        let rows = max(1, min(queries.rows, 4_000_000 / max(1, examples.rows)))
        for first in stride(from: 0, to: queries.rows, by: rows) {
            let block = queries.rows(at: Array(first..<min(first + rows, queries.rows)))
            let kernels = rule.values(
                of: DoubleMatrix.product(block, examples, rightTransposed: true),
                (0..<block.rows).map {
                    block.squaredLength(ofRow: $0) + beyond[first + $0] * scale * scale
                }, lengths)
            let found = ThreadPool.shared.map(block.rows) { row in kernels.withRow(row, lost(by:)) }
            for (row, found) in found.enumerated() {
                for (own, value) in found.enumerated() { lost[first + row, own] = value }
            }
        }
        return lost
    }

    /// By the kernels between a query and all examples.
    private func lost(by kernels: UnsafeBufferPointer<Double>) -> [Double] {
        var lost = [Double](repeating: 0, count: classes)
        var sums = lost
        for machine in machines {
            var value = -machine.offset
            for (vector, coefficient) in zip(machine.vectors, machine.coefficients) {
                value += coefficient * kernels[Int(vector)]
            }
            lost[value > 0 ? machine.second : machine.first] += 1
            sums[machine.first] += value
            sums[machine.second] -= value
        }
        for own in lost.indices { lost[own] -= sums[own] / (3 * (abs(sums[own]) + 1)) }
        return lost
    }
}

extension SupportVectors.Kernel {
    var ofLIBSVM: akin_svm_kernel {
        switch self {
        case .linear: akin_svm_linear
        case .polynomial: akin_svm_polynomial
        case .radial: akin_svm_radial
        }
    }
}

extension SupportVectors {
    /// The kernel of rows and columns, of which the products and the squared lengths are known.
    fileprivate func values(of products: DoubleMatrix, _ rows: [Double], _ columns: [Double]) -> DoubleMatrix
    {
        guard kernel != .linear else { return products }
        var values = products
        values.updateRows { row, values in
            for i in values.indices {
                if kernel == .polynomial {
                    let base = values[i] + 1
                    var power = base
                    for _ in 1..<degree { power *= base }
                    values[i] = power
                } else {
                    values[i] = exp(-max(0, rows[row] + columns[i] - 2 * values[i]))
                }
            }
        }
        return values
    }
}
