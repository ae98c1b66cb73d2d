import AkinTensors
import CAkinKernels
import Testing

/// The kernels of bfloat16 codes against their naive twins, for each instruction set that this processor has.
@Suite struct BFloat16KernelTests {
    static func float(_ code: UInt16) -> Float { Float(bitPattern: UInt32(code) << 16) }

    /// Of all sizes, or of one.
    static func code(_ isWide: Bool, using generator: inout SeededGenerator) -> UInt16 {
        let exponent = isWide ? UInt16.random(in: 97...157, using: &generator) : 127
        return exponent << 7 | UInt16.random(in: 0...0x7f, using: &generator)
            | (Bool.random(using: &generator) ? 0x8000 : 0)
    }

    typealias Kernel =
        @convention(c) (
            UnsafePointer<akin_code_rows>?, UnsafePointer<UInt16>?, UnsafePointer<UInt32>?, Int,
            UnsafeMutablePointer<Int32>?
        ) -> Void
    static let kernels: [(name: String, kernel: Kernel, term: @Sendable (Double, Double) -> Double)] = [
        ("products", akin_bf16_products, { -$0 * $1 }),
        ("squares", akin_bf16_squares, { ($0 - $1) * ($0 - $1) }),
        ("differences", akin_bf16_differences, { abs($0 - $1) }),
    ]

    @Test func sums() {
        // Of each round and kernel, under the first set: the others give the same to the last bit.
        var reference: [[Int32]] = []
        underEachSet { name in
            var generator = SeededGenerator(seed: 15)
            var results: [[Int32]] = []
            for round in 0..<60 {
                let width = 32 * Int.random(in: 1...40, using: &generator)
                let shift = Int.random(in: 0...4, using: &generator)
                let count = Int.random(in: 1...30, using: &generator)
                let codes = (0..<count * width).map { _ in Self.code(round % 2 == 0, using: &generator) }
                let query = (0..<width).map { _ in Self.code(round % 2 == 0, using: &generator) }
                let numbers = (0..<40).map { _ in UInt32.random(in: 0..<UInt32(count), using: &generator) }
                for (kernelName, kernel, term) in Self.kernels {
                    var found = [Int32](repeating: 0, count: numbers.count)
                    codes.withUnsafeBytes { bytes in
                        let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
                        let blocks = stride(from: 0, to: count, by: 1 << shift)
                            .map { Optional(base + $0 * 2 * width) }
                        blocks.withUnsafeBufferPointer {
                            var rows = akin_code_rows(
                                blocks: $0.baseAddress, norms: nil, stride: 2 * width, shift: UInt32(shift))
                            kernel(&rows, query, numbers, numbers.count, &found)
                        }
                    }
                    for (number, score) in zip(numbers, found) {
                        let row = codes[Int(number) * width..<(Int(number) + 1) * width]
                        let terms = zip(query, row)
                            .map { term(Double(Self.float($0)), Double(Self.float($1))) }
                        let (sum, size) = (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) })
                        let bound = Double(width / 32 + 8) * 0x1p-23 * size
                        #expect(
                            abs(Double(akin_unordered(score)) - sum) <= bound,
                            "\(name), \(kernelName) of \(width): \(akin_unordered(score)), not \(sum)")
                    }
                    results.append(found)
                }
            }
            if reference.isEmpty { reference = results }
            #expect(results == reference, "\(name)")
        }
    }

    @Test func integersInTheOrderOfFloats() {
        let values: [Float] = [
            -.infinity, -3e38, -2, -1.5, -1e-30, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1e-30,
            1.5,
            2, 3e38, .infinity,
        ]
        let integers = values.map { akin_ordered($0) }
        #expect(integers == integers.sorted() && Set(integers).count == values.count)
        #expect(integers.map { akin_unordered($0) } == values)
        #expect(akin_ordered(0) == 0 && integers.allSatisfy { $0 < Int32.max })
    }

    @Test func codesAndWhatTheyMiss() {
        var reference: [Double] = []
        underEachSet { name in
            var generator = SeededGenerator(seed: 16)
            var all: [Double] = []
            for round in 0..<40 {
                let n = Int.random(in: 0...300, using: &generator)
                func value() -> Float {
                    let value = generator.uniform() * 4 - 2
                    let size = Float(
                        bitPattern: UInt32.random(in: 0x2000_0000...0x5c00_0000, using: &generator))
                    return round % 2 == 0 ? value : value * size
                }
                var x = (0..<n).map { _ in value() }
                var offsets = (0..<n).map { _ in value() }
                // Halfway between two codes, to the even one below and above; zero, which has one code.
                let halves: [Float] = [1 + 0x1p-8, 1 + 3 * 0x1p-8, -1 - 0x1p-8, 0, -0.0]
                for (i, half) in halves.enumerated() where i < n { (x[i], offsets[i]) = (2 * half, 0) }
                for isSquared in [true, false] {
                    var codes = [UInt16](repeating: 0, count: n)
                    var missed = 0.0
                    akin_bf16_encode(x, 0.5, offsets, n, isSquared ? 1 : 0, &codes, &missed)
                    var expected = 0.0
                    for i in 0..<n {
                        let y = x[i] * 0.5
                        let difference = y - offsets[i] == 0 ? 0 : y - offsets[i]
                        // Of the codes around it the nearest.
                        let below = UInt16(truncatingIfNeeded: difference.bitPattern >> 16)
                        let nearest = [below, below + 1].min {
                            let (a, b) = (abs(Self.float($0) - difference), abs(Self.float($1) - difference))
                            return (a, $0 & 1) < (b, $1 & 1)
                        }
                        #expect(codes[i] == nearest, "\(name): \(difference)")
                        let rest = Double(y) - Double(offsets[i]) - Double(Self.float(codes[i]))
                        expected += isSquared ? rest * rest : abs(rest)
                    }
                    #expect(abs(missed - expected) <= 1e-12 * expected)
                    all.append(missed)
                }
            }
            if reference.isEmpty { reference = all }
            #expect(all == reference, "\(name)")
        }
    }
}
