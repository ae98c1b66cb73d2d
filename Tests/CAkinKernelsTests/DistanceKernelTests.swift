import AkinTensors
import CAkinKernels
import Testing

/// The kernels of distances against their naive twins, for each instruction set that this processor has.
@Suite struct DistanceKernelTests {
    @Test func distancesOfOneVectorToSomeRows() {
        underEachSet { set in
            var generator = SeededGenerator(seed: 9)
            func random(_ count: Int) -> [Float] { (0..<count).map { _ in generator.uniform() * 2 - 1 } }
            for n in Array(0...70) + [127, 128, 300] {
                let (count, stride) = (Int.random(in: 1...9, using: &generator), n + 3)
                let (x, rows, weights) = (random(n), random(count * stride), random(n))
                func check(_ what: String, _ found: [Float], _ term: (Int, Double, Double) -> Double) {
                    for row in 0..<count {
                        let expected = (0..<n).reduce(0) {
                            $0 + term($1, Double(x[$1]), Double(rows[row * stride + $1]))
                        }
                        #expect(
                            abs(Double(found[row]) - expected) < 1e-6 * Double(n + 1),
                            "\(what), \(set), \(n) components, row \(row) of \(count)")
                    }
                }
                var found = [Float](repeating: .nan, count: count)
                akin_squared_l2(x, rows, stride, count, n, &found)
                check("squared l2", found) { ($1 - $2) * ($1 - $2) }
                akin_l1(x, rows, stride, count, n, &found)
                check("l1", found) { abs($1 - $2) }
                akin_dot(x, rows, stride, count, n, &found)
                check("product", found) { $1 * $2 }
                akin_weighted_l1(x, rows, weights, stride, count, n, &found)
                check("weighted l1", found) { Double(weights[$0]) * abs($1 - $2) }
                for row in 0..<count {
                    var alone: Float = 0
                    rows.withUnsafeBufferPointer {
                        akin_weighted_l1(x, $0.baseAddress! + row * stride, weights, stride, 1, n, &alone)
                    }
                    #expect(alone == found[row], "it depends on the rows beside it")
                }
            }
        }
    }

    @Test func theNextThatIsNotBelowItsBound() {
        underEachSet { set in
            var generator = SeededGenerator(seed: 10)
            for round in 0..<200 {
                let count = Int.random(in: 0...90, using: &generator)
                let weights = (0..<count).map { _ in generator.uniform() }
                // Most are below their bound, and what cannot be compared counts as found.
                let values = weights.map { weight -> Float in
                    if generator.uniform() < 0.02 { return round % 2 == 0 ? .nan : 2 }
                    return 0.25 + 0.5 * weight - 0.1 * generator.uniform() - 0.001
                }
                let from = Int.random(in: 0...count, using: &generator)
                let expected = (from..<count).first { !(values[$0] < 0.25 + 0.5 * weights[$0]) } ?? count
                #expect(akin_next_not_below(values, weights, 0.25, 0.5, from, count) == expected, "\(set)")
            }
        }
    }

    @Test func theNextThatIsBelowTheBoundOfItsClass() {
        underEachSet { set in
            var generator = SeededGenerator(seed: 11)
            for round in 0..<400 {
                let count = Int.random(in: 0...150, using: &generator)
                let classes = (0..<count).map { _ in Int32.random(in: -1...1, using: &generator) }
                // Few are below their bound, and what cannot be compared is not.
                let bounds: (own: Float, other: Float) = round % 3 == 0 ? (0.02, -.infinity) : (0.3, 0.02)
                let values = classes.map { of -> Float in
                    if generator.uniform() < 0.05 { return .nan }
                    let bound = max(of == 1 ? bounds.own : bounds.other, 0)
                    return bound + (generator.uniform() < 0.02 ? -0.01 : generator.uniform())
                }
                let from = Int.random(in: 0...count, using: &generator)
                let ofClasses = (from..<count).first {
                    values[$0] < (classes[$0] == 1 ? bounds.own : bounds.other)
                }
                #expect(
                    akin_next_below_of_classes(values, classes, 1, bounds.own, bounds.other, from, count)
                        == ofClasses ?? count, "\(set)")
                let first = (from..<count).first { values[$0] < bounds.own }
                #expect(akin_next_below(values, bounds.own, from, count) == first ?? count, "\(set)")
            }
        }
    }

    @Test func productsBecomeDistancesUpToThoseThatCannotBeTold() {
        underEachSet { set in
            var generator = SeededGenerator(seed: 12)
            for round in 0..<200 {
                let count = Int.random(in: 0...150, using: &generator)
                let norm = 1 + generator.uniform()
                let norms = (0..<count).map { _ in 1 + generator.uniform() }
                let products = norms.map { other -> Float in
                    if round % 2 == 0, generator.uniform() < 0.03 {
                        return generator.uniform() < 0.3 ? .nan : 0.995 * (norm + other) / 2
                    }
                    return 0.9 * (generator.uniform() * 2 - 1) * (norm * other).squareRoot()
                }
                let from = Int.random(in: 0...count, using: &generator)
                func check(
                    _ scale: Float, _ scales: [Float], _ distance: (Int) -> (Double, bound: Double),
                    by kernel: (UnsafeMutablePointer<Float>, Float, UnsafePointer<Float>, Int, Int) -> Int
                ) {
                    var found = products
                    let end = found.withUnsafeMutableBufferPointer { found in
                        scales.withUnsafeBufferPointer { scales in
                            guard let found = found.baseAddress, let scales = scales.baseAddress else {
                                return 0
                            }
                            return kernel(found, scale, scales, from, count)
                        }
                    }
                    guard count > 0 else { return }
                    let told = (from..<count).prefix {
                        let (distance, bound) = distance($0)
                        return distance > bound
                    }
                    #expect(end == told.endIndex, "\(set)")
                    for i in 0..<count where i < from || i >= end {
                        #expect(found[i].bitPattern == products[i].bitPattern, "\(set)")
                    }
                    for i in told {
                        #expect(abs(Double(found[i]) - distance(i).0) < 1e-5, "\(set)")
                    }
                }
                check(
                    norm, norms,
                    {
                        let sum = Double(norm) + Double(norms[$0])
                        return (sum - 2 * Double(products[$0]), sum / 64)
                    }, by: akin_squared_l2_of_products)
                check(
                    1 / norm.squareRoot(), norms.map { 1 / $0.squareRoot() },
                    {
                        (1 - Double(products[$0]) / (Double(norm) * Double(norms[$0])).squareRoot(), 1.0 / 64)
                    }, by: akin_cosine_of_products)
            }
        }
    }
}
