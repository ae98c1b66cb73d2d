import AkinTensors
import CAkinKernels
import Testing

/// Transformed, multiplied and taken back, tiles give what the plain sums give, for each instruction set.
@Suite struct WinogradKernelTests {
    static let kernels = [3, 4]

    /// One image of 16 channels in and 32 out, with room for tiles over its edges on all sides.
    struct Problem {
        let height = 9
        let width = 11
        let inputs = 16
        let outputs = 32
        let kernel: Int
        let top = 1
        let left = 2
        let outHeight = 8
        let outWidth = 10
        let x: FloatBuffer
        let weight: FloatBuffer
        let dy: FloatBuffer
        /// Of a tile.
        var side: Int { 7 - kernel }
        var tileRows: Int { (outHeight + side - 1) / side }
        var tileColumns: Int { (outWidth + side - 1) / side }

        init(kernel: Int) {
            self.kernel = kernel
            var generator = SeededGenerator(seed: 8)
            func random(_ count: Int) -> FloatBuffer {
                let buffer = FloatBuffer(count: count)
                for i in 0..<count { buffer.base[i] = generator.uniform() * 2 - 1 }
                return buffer
            }
            x = random(height * width * inputs)
            weight = random(kernel * kernel * inputs * outputs)
            dy = random(outHeight * outWidth * outputs)
        }

        func tiles(_ height: Int, _ width: Int, _ channels: Int, top: Int, left: Int) -> akin_winograd_tiles {
            akin_winograd_tiles(
                height: height, width: width, channels: channels, top: top, left: left, rows: tileRows,
                columns: tileColumns, outputs: side, plane: tileRows * tileColumns * channels + 16)
        }

        /// The transform of the image, and where its value of a place, tile and channel lies.
        func transformedInput() -> (FloatBuffer, (Int, Int, Int) -> Int) {
            var tiles = tiles(height, width, inputs, top: -top, left: -left)
            let transform = FloatBuffer(count: 36 * tiles.plane)
            akin_winograd_input(&tiles, x.base, transform.base)
            return (transform, { [inputs] in $0 * tiles.plane + $1 * inputs + $2 })
        }

        /// Calls `body` for each term of the correlation: places in `dy` (or y), `x` and `weight`.
        func terms(_ body: (Int, Int, Int) -> Void) {
            for v in 0..<outHeight {
                for u in 0..<outWidth {
                    for i in 0..<kernel {
                        for j in 0..<kernel {
                            let (row, column) = (v + i - top, u + j - left)
                            guard 0..<height ~= row, 0..<width ~= column else { continue }
                            for c in 0..<inputs {
                                for o in 0..<outputs {
                                    body(
                                        (v * outWidth + u) * outputs + o, (row * width + column) * inputs + c,
                                        ((i * kernel + j) * inputs + c) * outputs + o)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func expectEqual(_ found: FloatBuffer, _ expected: [Double], _ what: String) {
        let worst = zip(found.values, expected).map { abs(Double($0) - $1) }.max()!
        #expect(worst < 1e-5 * expected.map(abs).max()!, "\(what): \(worst)")
    }

    @Test(arguments: kernels) func output(kernel: Int) {
        let problem = Problem(kernel: kernel)
        let (inputs, outputs) = (problem.inputs, problem.outputs)
        let bias = (0..<outputs).map { Float($0) / 16 - 1 }
        var plain = [Double](repeating: 0, count: problem.dy.count)
        problem.terms { y, x, w in
            plain[y] += Double(problem.x.base[x]) * Double(problem.weight.base[w])
        }
        let expected = plain.enumerated().map { max($1 + Double(bias[$0 % outputs]), 0) }
        underEachSet { name in
            let (transform, place) = problem.transformedInput()
            let size = inputs * outputs
            let weights = FloatBuffer(count: 36 * size)
            for c in 0..<inputs {
                akin_winograd_weight(
                    problem.weight.base + c * outputs, kernel * size, size, Int32(kernel), Int32(kernel),
                    Int32(problem.side), weights.base + c * outputs, size, outputs)
            }
            var tiles = problem.tiles(problem.outHeight, problem.outWidth, outputs, top: 0, left: 0)
            let products = FloatBuffer(count: 36 * tiles.plane)
            for k in 0..<36 {
                for tile in 0..<tiles.rows * tiles.columns {
                    for c in 0..<inputs {
                        for o in 0..<outputs {
                            products.base[k * tiles.plane + tile * outputs + o] +=
                                transform.base[place(k, tile, c)]
                                * weights.base[k * size + c * outputs + o]
                        }
                    }
                }
            }
            let y = FloatBuffer(count: problem.dy.count)
            akin_winograd_output(&tiles, products.base, outputs, bias, 1, y.base)
            expectEqual(y, expected, "\(name), kernel \(kernel)")
        }
    }

    @Test(arguments: kernels, [false, true]) func weightGradient(kernel: Int, relu: Bool) {
        let problem = Problem(kernel: kernel)
        let (inputs, outputs) = (problem.inputs, problem.outputs)
        let y = problem.dy.values.indices.map { Float($0 % 3) - 1 }
        let ready = problem.dy.values.enumerated().map { relu && y[$0] <= 0 ? 0 : $1 }
        var expected = [Double](repeating: 1, count: problem.weight.count)
        problem.terms { y, x, w in expected[w] += Double(problem.x.base[x]) * Double(ready[y]) }
        var expectedBias = [Double](repeating: 1, count: outputs)
        for (i, value) in ready.enumerated() { expectedBias[i % outputs] += Double(value) }
        underEachSet { name in
            let (transform, place) = problem.transformedInput()
            var tiles = problem.tiles(problem.outHeight, problem.outWidth, outputs, top: 0, left: 0)
            let gradients = FloatBuffer(count: 36 * tiles.plane)
            // It adds to what is there.
            let bias = FloatBuffer(count: outputs)
            bias.values.update(repeating: 1)
            var dy = Array(problem.dy.values)
            akin_winograd_gradient(&tiles, &dy, relu ? y : nil, gradients.base, bias.base)
            #expect(dy == ready)
            expectEqual(bias, expectedBias, "\(name), bias")
            let size = inputs * outputs
            let sums = FloatBuffer(count: 36 * size)
            for k in 0..<36 {
                for tile in 0..<tiles.rows * tiles.columns {
                    for c in 0..<inputs {
                        for o in 0..<outputs {
                            sums.base[k * size + c * outputs + o] +=
                                transform.base[place(k, tile, c)]
                                * gradients.base[k * tiles.plane + tile * outputs + o]
                        }
                    }
                }
            }
            let gradient = FloatBuffer(count: problem.weight.count)
            gradient.values.update(repeating: 1)
            akin_winograd_weight_gradient(
                sums.base, size, Int32(kernel), Int32(kernel), Int32(problem.side), gradient.base,
                kernel * size, size, size)
            expectEqual(gradient, expected, "\(name), kernel \(kernel)")
        }
    }
}
