import AkinTensors
import CAkinKernels
import Testing

/// The kernels of activations, average pooling and penalties.
extension KernelTests {
    private typealias Function = (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    private typealias Gradient = (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
    ) -> Void

    @Test func activations() {
        let (scale, alpha) = (1.0507009873554804934, 1.6732632423543772848)
        func normal(_ x: Double) -> Double { (1 + errorFunction(x / 2.0.squareRoot())) / 2 }
        func density(_ x: Double) -> Double { exponential(-x * x / 2) / (2 * Double.pi).squareRoot() }
        // Each with its slope, given the function's argument or, where `fromOutput`, its value.
        let functions:
            [(String, Function, Gradient, fromOutput: Bool, (Double) -> Double, (Double) -> Double)] = [
                (
                    "leaky relu", akin_leaky_relu, akin_leaky_relu_gradient, true,
                    { $0 > 0 ? $0 : 0.01 * $0 },
                    { $0 > 0 ? 1 : 0.01 }
                ),
                (
                    "selu", akin_selu, akin_selu_gradient, true,
                    { scale * ($0 > 0 ? $0 : alpha * (exponential($0) - 1)) },
                    { $0 > 0 ? scale : $0 + scale * alpha }
                ),
                (
                    "gelu", akin_gelu, akin_gelu_gradient, false, { $0 * normal($0) },
                    { normal($0) + $0 * density($0) }
                ),
                ("tanh", akin_tanh, akin_tanh_gradient, true, { hyperbolicTangent($0) }, { 1 - $0 * $0 }),
            ]
        underEachSet { name in
            var generator = SeededGenerator(seed: 14)
            for count in [1, 3, 15, 16, 17, 64, 1000] {
                for width in [1e-4, 1, 12] as [Float] {
                    let (x, dy, y) = (
                        random(count, &generator), random(count, &generator), FloatBuffer(count: count)
                    )
                    let dx = FloatBuffer(count: count)
                    for i in 0..<count { x.base[i] *= width }
                    for (what, function, gradient, fromOutput, value, slope) in functions {
                        function(x.base, y.base, count)
                        gradient(fromOutput ? y.base : x.base, dy.base, dx.base, count)
                        for i in 0..<count {
                            let wanted = value(Double(x.base[i]))
                            #expect(
                                abs(Double(y.base[i]) - wanted) <= 1e-6 * Double(width),
                                "\(name) \(what) of \(count)")
                            let sloped =
                                Double(dy.base[i]) * slope(Double(fromOutput ? y.base[i] : x.base[i]))
                            #expect(abs(Double(dx.base[i]) - sloped) <= 1e-6, "\(name) \(what) of \(count)")
                        }
                    }
                }
            }
        }
    }

    @Test func extremesOfActivations() {
        underEachSet { name in
            let x: [Float] = [-.infinity, -1e30, -100, 0, 100, 1e30, .nan]
            func values(_ function: Function) -> [Float] {
                var y = [Float](repeating: 9, count: x.count)
                function(x, &y, x.count)
                return y
            }
            let (leaky, selu, gelu, tanh) = (
                values(akin_leaky_relu), values(akin_selu), values(akin_gelu), values(akin_tanh)
            )
            #expect(leaky[2] == -1 && leaky[3] == 0 && leaky[4] == 100 && leaky[5] == 1e30, "\(name)")
            #expect(
                abs(selu[0] + 1.7580993) < 1e-6 && abs(selu[2] + 1.7580993) < 1e-6 && selu[3] == 0, "\(name)")
            #expect(abs(gelu[2]) < 1e-30 && gelu[3] == 0 && gelu[4] == 100 && gelu[5] == 1e30, "\(name)")
            #expect(abs(gelu[1]) < 1, "\(name)")
            #expect(tanh.prefix(6) == [-1, -1, -1, 0, 1, 1], "\(name)")
            for y in [leaky, selu, gelu, tanh, values(akin_sigmoid), values(akin_relu)] {
                #expect(y[6].isNaN, "\(name)")
            }
        }
    }

    @Test func averagePoolingAndItsGradient() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 15)
            for (height, width, channels, windowHeight, windowWidth, stride) in [
                (6, 6, 1, 2, 2, 2), (7, 5, 3, 2, 2, 2), (9, 8, 35, 3, 3, 2), (5, 5, 64, 2, 2, 1),
                (5, 7, 20, 5, 7, 1),
                (8, 8, 17, 2, 2, 3), (4, 6, 16, 1, 3, 1),
            ] {
                let outHeight = (height - windowHeight) / stride + 1
                let outWidth = (width - windowWidth) / stride + 1
                let x = random(height * width * channels, &generator)
                let outputs = outHeight * outWidth * channels
                let (y, dy, dx) = (
                    FloatBuffer(count: outputs), random(outputs, &generator), FloatBuffer(count: x.count)
                )
                akin_average_pool(
                    x.base, width, channels, windowHeight, windowWidth, stride, outHeight, outWidth, y.base)
                akin_average_pool_gradient(
                    dy.base, width, channels, windowHeight, windowWidth, stride, outHeight, outWidth, dx.base)
                var expected = [Float](repeating: 0, count: x.count)
                for v in 0..<outHeight {
                    for u in 0..<outWidth {
                        for c in 0..<channels {
                            let o = (v * outWidth + u) * channels + c
                            var sum: Float = 0
                            for i in 0..<windowHeight {
                                for j in 0..<windowWidth {
                                    let place = ((v * stride + i) * width + u * stride + j) * channels + c
                                    sum += x.base[place]
                                    expected[place] += dy.base[o] / Float(windowHeight * windowWidth)
                                }
                            }
                            #expect(
                                abs(y.base[o] - sum / Float(windowHeight * windowWidth)) < 1e-6, "\(name)")
                        }
                    }
                }
                #expect(zip(dx.values, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
            }
        }
    }

    /// Where windows do not overlap, what they cover is written, not added to.
    @Test func maxPoolingGradientOverwritesWhatWindowsCover() {
        underEachSet { name in
            for channels in [1, 4, 16, 19, 40] {
                let (dy, chosen) = (
                    [Float](repeating: 2, count: channels), [UInt8](repeating: 3, count: channels)
                )
                var dx = [Float](repeating: .nan, count: 4 * channels)
                akin_max_pool_gradient(dy, chosen, 2, channels, 2, 2, 1, 1, &dx)
                #expect(dx == [Float](repeating: 0, count: 3 * channels) + dy, "\(name)")
            }
        }
    }

    @Test func dropoutInPlace() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 16)
            for count in [1, 15, 16, 17, 333] {
                let (x, y) = (random(count, &generator), FloatBuffer(count: count))
                akin_dropout(x.base, y.base, count, 7, 1 << 31, 2)
                akin_dropout(x.base, x.base, count, 7, 1 << 31, 2)
                #expect(x.values.elementsEqual(y.values), "\(name)")
            }
        }
    }

    @Test func penalty() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 17)
            for count in [1, 3, 15, 16, 17, 64, 1000] {
                let (w, g) = (random(count, &generator), random(count, &generator))
                w.base[0] = 0
                let expected = (0..<count).map { i in
                    let value = w.base[i]
                    return g.base[i] + 2 * 0.03 * value + (value > 0 ? 0.2 : value < 0 ? -0.2 : 0)
                }
                let total = w.values.reduce(0.0) {
                    $0 + 0.2 * abs(Double($1)) + 0.03 * Double($1) * Double($1)
                }
                let found = akin_penalty(w.base, g.base, count, 0.2, 0.03)
                #expect(abs(Double(found) - total) <= 1e-6 * total, "\(name)")
                #expect(zip(g.values, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
            }
        }
    }

    @Test func gradientRows() {
        underEachSet { name in
            var generator = SeededGenerator(seed: 18)
            for (pixels, channels) in [(1, 1), (5, 3), (7, 16), (9, 21), (4, 40), (3, 64)] {
                for (hasReLU, isInPlace) in [(false, false), (false, true), (true, false), (true, true)] {
                    let step = isInPlace ? channels : channels + 3
                    let (dy, y) = (
                        random(pixels * channels, &generator), random(pixels * channels, &generator)
                    )
                    let bias = random(channels, &generator)
                    var expected = Array(dy.values)
                    if hasReLU { for i in expected.indices where y.base[i] <= 0 { expected[i] = 0 } }
                    let sums = (0..<channels).map { channel in
                        (0..<pixels).reduce(Double(bias.base[channel])) {
                            $0 + Double(expected[$1 * channels + channel])
                        }
                    }
                    let g = isInPlace ? dy : FloatBuffer(count: pixels * step)
                    akin_gradient_rows(
                        g.base, step, dy.base, hasReLU ? y.base : nil, pixels, channels, bias.base)
                    for pixel in 0..<pixels {
                        for channel in 0..<channels {
                            let found = g.base[pixel * step + channel]
                            #expect(found == expected[pixel * channels + channel], "\(name)")
                        }
                    }
                    #expect(zip(bias.values, sums).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(name)")
                }
            }
        }
    }
}
