import AkinTensors
import CAkinKernels
import Testing

/// Every kernel against its naive twin, for each instruction set that this processor has.
@Suite struct KernelTests {
    func random(_ count: Int, _ generator: inout SeededGenerator) -> FloatBuffer {
        let buffer = FloatBuffer(count: count)
        for i in 0..<count { buffer.base[i] = generator.uniform() * 2 - 1 }
        return buffer
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

    @Test func sumOfTwo() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 7)
            for count in [1, 15, 16, 33, 1000] {
                let (a, b, y) = (
                    random(count, &generator), random(count, &generator), FloatBuffer(count: count)
                )
                for relu in [false, true] {
                    akin_sum(a.base, b.base, y.base, count, relu ? 1 : 0)
                    for i in 0..<count {
                        let sum = a.base[i] + b.base[i]
                        #expect(y.base[i] == (relu ? max(sum, 0) : sum), "\(name)")
                    }
                }
            }
        }
    }

    @Test func moments() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 8)
            for (places, channels) in [(1, 1), (1, 37), (7, 5), (300, 16), (1000, 70), (513, 33)] {
                // Means far from zero: sums of squares alone would lose the variance.
                let parts = (0..<3).map { _ in
                    let part = random(places * channels, &generator)
                    for i in 0..<part.count { part.base[i] = 50 + part.base[i] / 10 }
                    return part
                }
                var (mean, squares) = (
                    [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
                )
                for (number, part) in parts.enumerated() {
                    akin_moments(part.base, places, channels, Double(number * places), &mean, &squares)
                }
                for c in 0..<channels {
                    let values = parts.flatMap { part in
                        (0..<places).map { Double(part.base[$0 * channels + c]) }
                    }
                    let expected = values.reduce(0, +) / Double(values.count)
                    let deviations = values.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
                    #expect(abs(mean[c] - expected) < 2e-5, "\(name)")
                    #expect(abs(squares[c] - deviations) < 1e-4 * deviations, "\(name)")
                }
            }
        }
    }

    @Test func normalisationAndItsGradient() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 9)
            for (places, channels) in [(1, 1), (1, 37), (7, 5), (300, 16), (513, 33)] {
                let (x, dy) = (random(places * channels, &generator), random(places * channels, &generator))
                let of = (0..<5).map { _ in random(channels, &generator) }
                let (mean, scale, shift, meanGradient, slope) = (of[0], of[1], of[2], of[3], of[4])
                let out = FloatBuffer(count: places * channels)
                for relu in [false, true] {
                    var (sums, products) = (
                        [Double](repeating: 1, count: channels), [Double](repeating: 2, count: channels)
                    )
                    akin_normalize(
                        x.base, places, channels, mean.base, scale.base, shift.base, relu ? 1 : 0, out.base)
                    var y = [Double](repeating: 0, count: out.count)
                    for i in y.indices {
                        let c = i % channels
                        y[i] = Double((x.base[i] - mean.base[c]) * scale.base[c] + shift.base[c])
                        #expect(abs(Double(out.base[i]) - (relu ? max(y[i], 0) : y[i])) < 1e-6, "\(name)")
                    }
                    akin_normalize_sums(
                        x.base, dy.base, places, channels, mean.base, scale.base, shift.base, relu ? 1 : 0,
                        &sums,
                        &products)
                    akin_normalize_gradient(
                        x.base, dy.base, places, channels, mean.base, scale.base, shift.base,
                        meanGradient.base,
                        slope.base, relu ? 1 : 0, out.base)
                    for c in 0..<channels {
                        var (sum, product) = (1.0, 2.0)
                        for i in stride(from: c, to: y.count, by: channels) {
                            let d = relu && y[i] <= 0 ? 0 : Double(dy.base[i])
                            let v = Double(x.base[i] - mean.base[c])
                            sum += d
                            product += d * v
                            let expected =
                                Double(scale.base[c])
                                * (d - Double(meanGradient.base[c]) - v * Double(slope.base[c]))
                            #expect(abs(Double(out.base[i]) - expected) < 1e-5, "\(name)")
                        }
                        #expect(abs(sums[c] - sum) < 1e-4 && abs(products[c] - product) < 1e-4, "\(name)")
                    }
                }
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
                (7, 6, 39, 2, 2), (8, 7, 21, 2, 3),
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

    /// Each optimizer's step for one weight, in double precision.
    @Test func optimizers() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 6)
            for count in [1, 15, 37, 200] {
                let (w, m, v, g) = (
                    random(count, &generator), random(count, &generator), random(count, &generator),
                    random(count, &generator)
                )
                for i in 0..<count { v.base[i] *= v.base[i] }
                /// Expects what `step` makes of copies of w, m and v to be what `twin` does of each weight.
                func check(
                    _ what: String,
                    _ step: (
                        UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
                    ) -> Void,
                    _ twin: (_ w: inout Double, _ m: inout Double, _ v: inout Double, _ g: Double) -> Void
                ) {
                    var found = [Array(w.values), Array(m.values), Array(v.values)]
                    var (a, b, c) = (found[0], found[1], found[2])
                    step(&a, &b, &c)
                    found = [a, b, c]
                    for i in 0..<count {
                        var (w, m, v) = (Double(w.base[i]), Double(m.base[i]), Double(v.base[i]))
                        twin(&w, &m, &v, Double(g.base[i]))
                        for (value, expected) in zip(found, [w, m, v]) {
                            #expect(abs(Double(value[i]) - expected) < 2e-6, "\(name) \(what) of \(count)")
                        }
                    }
                }
                check("sgd", { w, _, _ in akin_sgd(w, nil, g.base, count, 0.5, 0.1, 0, 0) }) { w, m, v, g in
                    w -= 0.05 * g
                }
                check("momentum", { w, m, _ in akin_sgd(w, m, g.base, count, 0.5, 0.1, 0.9, 0) }) {
                    w, m, v, g in
                    m = 0.9 * m - 0.05 * g
                    w += m
                }
                check("nesterov", { w, m, _ in akin_sgd(w, m, g.base, count, 0.5, 0.1, 0.9, 1) }) {
                    w, m, v, g in
                    m = 0.9 * m - 0.05 * g
                    w += 0.9 * m - 0.05 * g
                }
                check("rmsprop", { w, _, v in akin_rmsprop(w, v, g.base, count, 0.5, 0.1, 0.9, 1e-2) }) {
                    w, m, v, g in
                    v = 0.9 * v + 0.1 * 0.25 * g * g
                    w -= 0.05 * g / (v.squareRoot() + 1e-2)
                }
                // The third buffer, of squares, takes both parts: one has to be positive.
                let updates = FloatBuffer(count: count)
                check(
                    "adadelta",
                    { w, _, v in akin_adadelta(w, v, updates.base, g.base, count, 0.5, 2, 0.9, 1e-2) }
                ) {
                    w, m, v, g in
                    v = 0.9 * v + 0.1 * 0.25 * g * g
                    w -= g * (1e-2 / (v + 1e-2)).squareRoot()
                }
                for i in 0..<count {
                    let (g, v) = (0.5 * Double(g.base[i]), 0.9 * Double(v.base[i]))
                    let expected = 0.1 * g * g * 1e-2 / (v + 0.1 * g * g + 1e-2)
                    #expect(abs(Double(updates.base[i]) - expected) < 1e-7, "\(name)")
                }
                var arguments = akin_adam_arguments(
                    scale: 0.5, beta1: 0.8, beta2: 0.9, momentRate: 0.1, gradientRate: 0.02, epsilon: 0.1,
                    decay: 0.01)
                check("adam", { akin_adam($0, $1, $2, g.base, count, &arguments) }) { w, m, v, g in
                    m = 0.8 * m + 0.2 * 0.5 * g
                    v = 0.9 * v + 0.1 * 0.25 * g * g
                    w -= 0.01 * w + (0.1 * m + 0.02 * 0.5 * g) / (v.squareRoot() + 0.1)
                }
                let norm = g.values.reduce(0.0) { $0 + Double($1) * Double($1) }
                #expect(abs(akin_squared_norm(g.base, count) - norm) <= 1e-12 * norm, "\(name)")
            }
        }
    }

    #if arch(x86_64)
    @Test func momentsOfDeadWeightsBecomeZero() {
        underEachSet { name in
            let g = [Float](repeating: 0, count: 37)
            var w = [Float](repeating: 1, count: 37)
            var m = [Float](repeating: 1e-37, count: 37)
            var v = m
            var arguments = akin_adam_arguments(
                scale: 1, beta1: 0.5, beta2: 0.5, momentRate: 0.1, gradientRate: 0, epsilon: 1, decay: 0)
            for _ in 0..<5 { akin_adam(&w, &m, &v, g, 37, &arguments) }
            #expect((w + m + v).allSatisfy { $0 == 0 || $0 == 1 }, "\(name)")
            // The mode of the processor is as it was.
            #expect(Float.leastNormalMagnitude / 2 * Float(g.count) > 0)
        }
    }
    #endif
}
