import AkinTensors
import CAkinKernels
import Testing

/// The kernels of depthwise convolution, and of ReLUs that end at 6.
extension KernelTests {
    /// Sizes that have loops of their own, and others.
    private static let rows = [(3, 3, 1), (3, 3, 2), (5, 5, 1), (5, 5, 2), (2, 4, 1), (1, 1, 3), (3, 3, 4)]
        .flatMap {
            (height, width, stride) in
            [1, 3, 4, 15, 16, 17, 40].flatMap { channels in
                [1, 2, 5, 9].map {
                    akin_depthwise_row(
                        channels: channels, height: height, width: width, stride: stride, outWidth: $0)
                }
            }
        }

    /// Calls `body` for each product: of which place of the kernel, output, input and channel.
    private func forEach(
        _ row: akin_depthwise_row, _ body: (_ weight: Int, _ y: Int, _ line: Int, _ x: Int) -> Void
    ) {
        for i in 0..<row.height {
            for j in 0..<row.width {
                for u in 0..<row.outWidth {
                    for c in 0..<row.channels {
                        body(
                            (i * row.width + j) * row.channels + c, u * row.channels + c, i,
                            (u * row.stride + j) * row.channels + c)
                    }
                }
            }
        }
    }

    @Test func depthwise() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 31)
            for var row in Self.rows {
                let (size, outputs) = (row.height * row.width * row.channels, row.outWidth * row.channels)
                let length = ((row.outWidth - 1) * row.stride + row.width) * row.channels
                let lines = (0..<row.height).map { _ in random(length, &generator) }
                let (weight, bias) = (random(size, &generator), random(row.channels, &generator))
                let (y, dy) = (FloatBuffer(count: outputs), random(outputs, &generator))
                for i in 0..<size { weight.base[i] *= 9 }
                let rows = lines.map { Optional(UnsafePointer($0.base)) }

                var sums = (0..<outputs).map { Double(bias.base[$0 % row.channels]) }
                forEach(row) { sums[$1] += Double(weight.base[$0]) * Double(lines[$2].base[$3]) }
                for relu in 0...2 as ClosedRange<Int32> {
                    akin_depthwise(&row, rows, weight.base, bias.base, relu, y.base)
                    let expected = sums.map { relu == 0 ? $0 : min(max($0, 0), relu == 1 ? .infinity : 6) }
                    #expect(
                        zip(y.values, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 }, "\(name) \(row)")
                }

                let (dw, db) = (random(size, &generator), random(row.channels, &generator))
                var (weights, biases) = (dw.values.map(Double.init), db.values.map(Double.init))
                forEach(row) { weights[$0] += Double(dy.base[$1]) * Double(lines[$2].base[$3]) }
                for i in 0..<outputs { biases[i % row.channels] += Double(dy.base[i]) }
                akin_depthwise_weight_gradient(&row, rows, dy.base, dw.base, db.base)
                #expect(zip(dw.values, weights).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(name) \(row)")
                #expect(zip(db.values, biases).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(name) \(row)")

                var inputs = lines.map { $0.values.map(Double.init) }
                forEach(row) { inputs[$2][$3] += Double(dy.base[$1]) * Double(weight.base[$0]) }
                akin_depthwise_input_gradient(&row, dy.base, weight.base, lines.map { Optional($0.base) })
                for (line, expected) in zip(lines, inputs) {
                    #expect(
                        zip(line.values, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 },
                        "\(name) \(row)")
                }
            }
        }
    }

    @Test func aReLUThatEndsAtSix() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 32)
            for count in [1, 15, 16, 17, 64, 333] {
                let (x, dy) = (random(count, &generator), random(count, &generator))
                for i in 0..<count { x.base[i] *= 12 }
                let (y, dx) = (FloatBuffer(count: count), FloatBuffer(count: count))
                akin_relu6(x.base, y.base, count)
                #expect(zip(y.values, x.values).allSatisfy { $0 == min(max($1, 0), 6) }, "\(name)")
                akin_relu6_gradient(y.base, dy.base, dx.base, count)
                let passed = (0..<count).map { 0 < x.base[$0] && x.base[$0] < 6 ? dy.base[$0] : 0 }
                #expect(Array(dx.values) == passed, "\(name)")

                // As behind a normalisation that changes nothing: `places` of one channel each, and one place of all.
                for (places, channels) in [(count, 1), (1, count)] {
                    let zeros = [Float](repeating: 0, count: channels)
                    let ones = [Float](repeating: 1, count: channels)
                    akin_normalize(x.base, places, channels, zeros, ones, zeros, 2, y.base)
                    #expect(zip(y.values, x.values).allSatisfy { $0 == min(max($1, 0), 6) }, "\(name)")
                    akin_normalize_gradient(
                        x.base, dy.base, places, channels, zeros, ones, zeros, zeros, zeros, 2, dx.base)
                    #expect(Array(dx.values) == passed, "\(name)")
                    var sums = [Double](repeating: 0, count: channels)
                    var products = sums
                    akin_normalize_sums(
                        x.base, dy.base, places, channels, zeros, ones, zeros, 2, &sums, &products)
                    let total = passed.reduce(0) { $0 + Double($1) }
                    #expect(abs(sums.reduce(0, +) - total) < 1e-5 * Double(count), "\(name)")
                }

                // And of a product with the unit matrix.
                let panel = FloatBuffer(count: Int(akin_panel_columns()))
                panel.base[0] = 1
                var arguments = akin_product_arguments()
                (arguments.a, arguments.aRow, arguments.aStep) = (UnsafePointer(x.base), 1, 1)
                (arguments.b, arguments.bStep) = (UnsafePointer(panel.base), panel.count)
                (arguments.c, arguments.cRow, arguments.relu) = (y.base, 1, 2)
                (arguments.rows, arguments.columns) = (Int32(count), 1)
                (arguments.runs, arguments.length) = (1, 1)
                akin_product(&arguments)
                #expect(zip(y.values, x.values).allSatisfy { $0 == min(max($1, 0), 6) }, "\(name)")
            }
        }
    }

    @Test func hardActivations() {
        underEachSet { name in
            let x: [Float] = [-100, -3, -2.5, -1, 0, 0.5, 2.9, 3, 100]
            let ones = [Float](repeating: 1, count: x.count)
            var (y, dx) = (ones, ones)
            akin_hard_sigmoid(x, &y, x.count)
            #expect(zip(y, x).allSatisfy { abs($0 - min(max($1 + 3, 0), 6) / 6) < 1e-6 }, "\(name)")
            akin_hard_sigmoid_gradient(y, ones, &dx, x.count)
            #expect(zip(dx, x).allSatisfy { $0 == (abs($1) < 3 ? 1 / 6 : 0) }, "\(name)")
            akin_hard_swish(x, &y, x.count)
            #expect(zip(y, x).allSatisfy { abs($0 - $1 * min(max($1 + 3, 0), 6) / 6) < 1e-6 }, "\(name)")
            akin_hard_swish_gradient(x, ones, &dx, x.count)
            #expect(
                zip(dx, x).allSatisfy { abs($0 - ($1 <= -3 ? 0 : $1 >= 3 ? 1 : (2 * $1 + 3) / 6)) < 1e-6 },
                "\(name)")
        }
    }
}
