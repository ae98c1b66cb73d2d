import AkinTensors
import CAkinKernels
import Testing

/// Every kernel against its naive twin, for each instruction set that this processor has.
@Suite struct KernelTests {
    static let sets = ["baseline", "avx2", "avx512"]

    private func random(_ count: Int, _ generator: inout SeededGenerator) -> FloatBuffer {
        let buffer = FloatBuffer(count: count)
        for i in 0..<count { buffer.base[i] = generator.uniform() * 2 - 1 }
        return buffer
    }

    /// Runs `body` under each instruction set; it must not leave its thread.
    private func underEachSet(_ body: (String) -> Void) {
        for name in Self.sets where akin_kernels_use(name) == 1 { body(name) }
        _ = akin_kernels_use("none")
    }

    @Test func product() {
        underEachSet { name in
            let panel = Int(akin_panel_columns())
            var generator = SeededGenerator(seed: 3)
            for _ in 0..<300 {
                let rows = Int.random(in: 1...31, using: &generator)
                let columns = Int.random(in: 1...70, using: &generator)
                let (runs, length) = (
                    Int.random(in: 1...3, using: &generator), Int.random(in: 1...9, using: &generator)
                )
                let rowsContiguous = Bool.random(using: &generator)
                let aRow = rowsContiguous ? 1 : length + 2
                let aStep = rowsContiguous ? rows + 3 : 1
                let aRun = 400
                let panels = (columns + panel - 1) / panel
                let bRun = length * panel + 5
                let bPanel = runs * bRun
                let a = random(aRun * runs + rows * aRow + length * aStep, &generator)
                let b = random(bPanel * panels + panel, &generator)
                let c = random(rows * (columns + 1), &generator)
                let bias = random(columns, &generator)
                let (accumulate, relu, biased) = (
                    Bool.random(using: &generator), Bool.random(using: &generator),
                    Bool.random(using: &generator)
                )
                var expected = Array(c.values)
                for i in 0..<rows {
                    for j in 0..<columns {
                        var sum =
                            accumulate
                            ? Double(expected[i * (columns + 1) + j]) : biased ? Double(bias.base[j]) : 0
                        for r in 0..<runs {
                            for k in 0..<length {
                                sum +=
                                    Double(a.base[i * aRow + k * aStep + r * aRun])
                                    * Double(b.base[j % panel + j / panel * bPanel + k * panel + r * bRun])
                            }
                        }
                        expected[i * (columns + 1) + j] = Float(relu ? max(sum, 0) : sum)
                    }
                }
                var arguments = akin_product_arguments()
                (arguments.a, arguments.aRow, arguments.aStep, arguments.aRun) = (
                    UnsafePointer(a.base), aRow, aStep, aRun
                )
                (arguments.b, arguments.bStep, arguments.bRun, arguments.bPanel) = (
                    UnsafePointer(b.base), panel, bRun, bPanel
                )
                (arguments.c, arguments.cRow) = (c.base, columns + 1)
                arguments.bias = biased ? UnsafePointer(bias.base) : nil
                (arguments.rows, arguments.columns) = (Int32(rows), Int32(columns))
                (arguments.runs, arguments.length) = (Int32(runs), Int32(length))
                (arguments.accumulate, arguments.relu) = (accumulate ? 1 : 0, relu ? 1 : 0)
                akin_product(&arguments)
                let worst = zip(c.values, expected).map { abs($0 - $1) }.max()!
                #expect(worst < 1e-5, "\(name): \(rows) x \(columns), \(runs) runs of \(length)")
            }
        }
    }

    @Test func elementwise() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 4)
            for count in [1, 3, 15, 16, 17, 64, 100, 1000] {
                let (a, b, out) = (
                    random(count, &generator), random(count, &generator), FloatBuffer(count: count)
                )
                func check(_ what: String, _ tolerance: Float = 1e-6, _ expected: (Int) -> Float) {
                    for i in 0..<count {
                        let wanted = expected(i)
                        #expect(
                            abs(out.base[i] - wanted) <= tolerance * max(1, abs(wanted)),
                            "\(name) \(what) of \(count)")
                    }
                }
                for i in 0..<count { a.base[i] *= 20 }
                akin_sigmoid(a.base, out.base, count)
                check("sigmoid") { Float(1 / (1 + exponential(-Double(a.base[$0])))) }
                akin_sigmoid_gradient(a.base, b.base, out.base, count)
                check("sigmoid gradient") { b.base[$0] * a.base[$0] * (1 - a.base[$0]) }
                akin_relu(a.base, out.base, count)
                check("relu") { max(a.base[$0], 0) }
                akin_relu_gradient(a.base, b.base, out.base, count)
                check("relu gradient") { a.base[$0] > 0 ? b.base[$0] : 0 }
                akin_softmax(a.base, out.base, count)
                let total = (0..<count).reduce(0.0) { $0 + exponential(Double(a.base[$1])) }
                check("softmax") { Float(exponential(Double(a.base[$0])) / total) }
                for i in 0..<count { out.base[i] = b.base[i] }
                akin_add(out.base, a.base, count)
                check("add") { a.base[$0] + b.base[$0] }
            }
        }
    }

    @Test func extremesOfTheSigmoid() {
        underEachSet { name in
            let x: [Float] = [-1000, -88, -40, 0, 40, 88, 1000]
            var y = [Float](repeating: -1, count: x.count)
            akin_sigmoid(x, &y, x.count)
            #expect(
                y.allSatisfy { $0 >= 0 && $0 <= 1 } && y[3] == 0.5 && y.first! < 1e-30 && y.last == 1,
                "\(name)")
        }
    }

    @Test func maxPoolingAndItsGradient() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 5)
            for (height, width, channels, window, stride) in [
                (6, 6, 1, 2, 2), (7, 5, 3, 2, 2), (9, 8, 35, 3, 2), (5, 5, 64, 2, 1),
            ] {
                let (outHeight, outWidth) = ((height - window) / stride + 1, (width - window) / stride + 1)
                let x = random(height * width * channels, &generator)
                let outputs = outHeight * outWidth * channels
                let (y, dy, dx) = (
                    FloatBuffer(count: outputs), random(outputs, &generator), FloatBuffer(count: x.count)
                )
                var chosen = [UInt8](repeating: 255, count: outputs)
                akin_max_pool(x.base, width, channels, window, stride, outHeight, outWidth, y.base, &chosen)
                akin_max_pool_gradient(
                    dy.base, chosen, width, channels, window, stride, outHeight, outWidth, dx.base)
                var expected = [Float](repeating: 0, count: x.count)
                for v in 0..<outHeight {
                    for u in 0..<outWidth {
                        for c in 0..<channels {
                            let places = (0..<window * window).map {
                                ((v * stride + $0 / window) * width + u * stride + $0 % window) * channels + c
                            }
                            let best = places.max { x.base[$0] < x.base[$1] }!
                            let o = (v * outWidth + u) * channels + c
                            #expect(y.base[o] == x.base[best], "\(name)")
                            expected[best] += dy.base[o]
                        }
                    }
                }
                #expect(zip(dx.values, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
            }
        }
    }

    @Test func dropoutKeepsTheExpectation() {
        var reference: [Float]?
        underEachSet { name in
            let x = [Float](repeating: 1, count: 100_003)
            var y = x
            akin_dropout(x, &y, x.count, 77, UInt32(0.25 * 0x1p32), 1 / 0.75)
            let mean = y.reduce(0, +) / Float(x.count)
            #expect(abs(mean - 1) < 0.01, "\(name)")
            #expect(y.allSatisfy { $0 == 0 || $0 == 1 / 0.75 })
            if let reference { #expect(reference == y, "the same places fall on every instruction set") }
            reference = y
            var z = x
            akin_dropout(x, &z, x.count, 78, UInt32(0.25 * 0x1p32), 1 / 0.75)
            #expect(z != y)
        }
    }

    @Test func adam() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 6)
            let count = 37
            let (w, m, v, g) = (
                random(count, &generator), FloatBuffer(count: count), FloatBuffer(count: count),
                random(count, &generator)
            )
            var expected = w.values.map(Double.init)
            for i in 0..<count {
                let gradient = Double(g.base[i])
                expected[i] -= 0.01 * (0.1 * gradient) / ((0.001 * gradient * gradient).squareRoot() + 1e-7)
            }
            akin_adam(w.base, m.base, v.base, g.base, count, 0.01, 0.9, 0.999, 1e-7)
            for i in 0..<count { #expect(abs(Double(w.base[i]) - expected[i]) < 1e-5, "\(name)") }
        }
    }
}
