import AkinTensors
import CAkinKernels
import Testing

/// The kernels of codes against their naive twins, to the last bit, for each instruction set that this processor has.
@Suite struct CodeKernelTests {
    struct Rows {
        let stride: Int
        let shift: Int
        let count: Int
        var codes: [UInt8]
        var norms: [Int32]

        init(using generator: inout SeededGenerator) {
            stride = 64 * Int.random(in: 1...20, using: &generator)
            shift = Int.random(in: 0...4, using: &generator)
            count = Int.random(in: 1...40, using: &generator)
            // The extremes first: sums of bytes in 16 bits would overflow there.
            let extreme = Bool.random(using: &generator)
            codes = (0..<count * stride).map { _ in
                extreme ? 255 : UInt8.random(in: 0...255, using: &generator)
            }
            norms = (0..<count).map { _ in Int32.random(in: 0...1 << 20, using: &generator) }
        }

        /// Calls `body` with the rows in blocks, and all of them one after the other.
        func use(_ body: (UnsafePointer<akin_code_rows>, UnsafePointer<UInt8>, UnsafePointer<Int32>) -> Void)
        {
            codes.withUnsafeBufferPointer { codes in
                norms.withUnsafeBufferPointer { norms in
                    let starts = Swift.stride(from: 0, to: count, by: 1 << shift)
                    let blocks = starts.map { Optional(codes.baseAddress! + $0 * stride) }
                    let normBlocks = starts.map { Optional(norms.baseAddress! + $0) }
                    blocks.withUnsafeBufferPointer { blocks in
                        normBlocks.withUnsafeBufferPointer { normBlocks in
                            var rows = akin_code_rows(
                                blocks: blocks.baseAddress, norms: normBlocks.baseAddress, stride: stride,
                                shift: UInt32(shift))
                            body(&rows, codes.baseAddress!, norms.baseAddress!)
                        }
                    }
                }
            }
        }
    }

    @Test func sumsOfProductsAndDifferences() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 5)
            for _ in 0..<60 {
                let rows = Rows(using: &generator)
                let queryCount = Int.random(in: 1...9, using: &generator)
                let queries = (0..<queryCount * rows.stride).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                let signed = queries.map { Int8(bitPattern: $0) }
                let numbers = (0..<50).map { _ in UInt32.random(in: 0..<UInt32(rows.count), using: &generator)
                }
                func products(_ query: Int, _ row: Int) -> Int32 {
                    (0..<rows.stride).reduce(rows.norms[row]) {
                        $0 - 2 * Int32(signed[query * rows.stride + $1])
                            * Int32(rows.codes[row * rows.stride + $1])
                    }
                }
                func differences(_ query: Int, _ row: Int) -> Int32 {
                    (0..<rows.stride).reduce(0) {
                        $0
                            + abs(
                                Int32(queries[query * rows.stride + $1])
                                    - Int32(rows.codes[row * rows.stride + $1]))
                    }
                }
                var found = [Int32](repeating: 0, count: numbers.count)
                var runs = [Int32](repeating: 0, count: queryCount * rows.count)
                rows.use { table, codes, norms in
                    akin_code_products(table, signed, numbers, numbers.count, &found)
                    #expect(found == numbers.map { products(0, Int($0)) }, "\(name)")
                    akin_code_differences(table, queries, numbers, numbers.count, &found)
                    #expect(found == numbers.map { differences(0, Int($0)) }, "\(name)")
                    akin_code_products_of_run(
                        codes, norms, rows.stride, rows.count, signed, queryCount, &runs)
                    #expect(
                        runs == (0..<queryCount).flatMap { q in (0..<rows.count).map { products(q, $0) } },
                        "\(name)")
                    akin_code_differences_of_run(codes, rows.stride, rows.count, queries, &runs)
                    #expect(
                        Array(runs[..<rows.count]) == (0..<rows.count).map { differences(0, $0) }, "\(name)")
                }
            }
        }
    }

    @Test func theNextWithinABound() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 6)
            for _ in 0..<200 {
                let values = (0..<Int.random(in: 0...90, using: &generator)).map { _ in
                    Int32.random(in: -50...50, using: &generator)
                }
                let bound = Int32.random(in: -52 ... -40, using: &generator)
                let from = Int.random(in: 0...values.count, using: &generator)
                let expected = values.indices.first { $0 >= from && values[$0] <= bound } ?? values.count
                #expect(akin_next_within(values, bound, from, values.count) == expected, "\(name)")
            }
        }
    }

    @Test func codesAndWhatTheyMiss() {
        var reference: ([UInt8], Double)?
        underEachSet { name in
            var generator = SeededGenerator(seed: 7)
            let n = 203
            let x = (0..<n).map { _ in generator.uniform() * 40 - 20 }
            let offsets = (0..<n).map { _ in generator.uniform() }
            let step: Float = 0.125
            for squared in [true, false] {
                var codes = [UInt8](repeating: 0, count: n)
                var missed = 0.0
                let norm = akin_encode(x, 0.5, offsets, step, n, squared ? 1 : 0, &codes, &missed)
                var (expectedNorm, expectedMissed) = (Int32(0), 0.0)
                for i in 0..<n {
                    let y = x[i] * 0.5
                    let steps = min(127, max(-127, ((y - offsets[i]) / step).rounded(.toNearestOrEven)))
                    #expect(codes[i] == UInt8(Int32(steps) + 128), "\(name) \(i)")
                    expectedNorm += Int32(steps) * Int32(steps)
                    let rest = Double(y) - Double(offsets[i]) - Double(steps) * Double(step)
                    expectedMissed += squared ? rest * rest : abs(rest)
                }
                #expect(norm == expectedNorm)
                #expect(abs(missed - expectedMissed) <= 1e-12 * expectedMissed)
                var signed = [Int8](repeating: 0, count: n)
                let sum = akin_signed_codes(codes, n, &signed)
                #expect(signed == codes.map { Int8(truncatingIfNeeded: Int($0) - 128) })
                #expect(sum == signed.reduce(0) { $0 + Int32($1) })
                if squared {
                    if let reference { #expect(reference.0 == codes && reference.1 == missed, "\(name)") }
                    reference = (codes, missed)
                }
            }
        }
    }
}
