import AkinNetworks
import AkinTensors
import Testing

/// Outputs against the naive twin, gradients against finite differences of it.
@Suite struct GradientTests {
    typealias Extent = LayerSpecification.Extent

    static func conv(
        _ filters: Int, _ kernel: Int, stride: Int = 1, _ padding: LayerSpecification.Padding = .valid,
        _ activation: LayerSpecification.Activation = .relu
    ) -> LayerSpecification {
        .conv2d(
            filters: filters, kernel: Extent(height: kernel, width: kernel),
            stride: Extent(height: stride, width: stride), padding: padding, activation: activation)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var layers: [LayerSpecification]
        var input: Shape
        var testDescription: String { name }

        /// `size`: height, width and channels of the input.
        init(_ name: String, _ size: [Int], _ layers: [LayerSpecification]) {
            self.name = name
            self.layers = layers
            input = Shape(height: size[0], width: size[1], channels: size[2])
        }
    }

    static let cases: [Case] = [
        Case("dense", [2, 3, 1], [.flatten, .dense(units: 5, activation: .linear)]),
        Case(
            "sigmoid", [2, 3, 1],
            [.flatten, .dense(units: 5, activation: .sigmoid), .dense(units: 3, activation: .sigmoid)]),
        Case("softmax", [2, 3, 1], [.flatten, .dense(units: 5, activation: .softmax)]),
        Case("relu layer", [5, 6, 2], [conv(4, 3, .valid, .linear), .activation(.relu), .flatten]),
        Case("conv valid", [7, 6, 2], [conv(5, 3), conv(3, 2), .flatten]),
        Case("conv same", [5, 6, 3], [conv(4, 3, .same), conv(3, 3, .same), .flatten]),
        Case("conv same, even kernel", [5, 6, 1], [conv(4, 2, .same), conv(3, 4, .same), .flatten]),
        Case("conv stride 2", [11, 8, 2], [conv(4, 3, stride: 2), conv(3, 2, stride: 2, .same), .flatten]),
        Case(
            "conv stride 3 same", [13, 10, 2],
            [conv(4, 3, stride: 3, .same), conv(3, 5, stride: 2, .same), .flatten]),
        Case(
            "oblong kernel and stride", [7, 9, 2],
            [
                .conv2d(
                    filters: 3, kernel: Extent(height: 1, width: 4), stride: Extent(height: 2, width: 1),
                    padding: .valid, activation: .linear),
                .conv2d(
                    filters: 4, kernel: Extent(height: 3, width: 1), stride: Extent(height: 1, width: 2),
                    padding: .same, activation: .sigmoid), .flatten,
            ]),
        Case(
            "many channels", [5, 5, 3],
            [conv(37, 3), conv(70, 3, .same), conv(33, 1), .flatten, .dense(units: 4, activation: .linear)]),
        Case("wide rows", [3, 33, 1], [conv(3, 3, .same), conv(2, 3), .flatten]),
        Case(
            "max pooling", [11, 13, 1],
            [
                conv(4, 3), .maxPooling2d(window: 2, stride: 2), conv(3, 2),
                .maxPooling2d(window: 3, stride: 1), .flatten,
            ]),
        Case(
            "MNIST backbone, small", [10, 10, 1],
            [
                conv(4, 3), conv(6, 3), .maxPooling2d(window: 2, stride: 2), .dropout(rate: 0), .flatten,
                .dense(units: 8, activation: .sigmoid),
            ]),
        Case(
            "Fashion-MNIST backbone, small", [12, 12, 1],
            [
                conv(6, 2, .same), .maxPooling2d(window: 2, stride: 2), conv(4, 2, .same),
                .maxPooling2d(window: 2, stride: 2), .flatten, .dense(units: 8, activation: .sigmoid),
            ]),
        Case(
            "CIFAR-10 backbone, small", [14, 14, 3],
            [
                conv(4, 3, .same), conv(4, 3), .maxPooling2d(window: 2, stride: 2), conv(6, 3, .same),
                conv(6, 3), .maxPooling2d(window: 2, stride: 2), .flatten,
                .dense(units: 8, activation: .sigmoid),
            ]),
    ]

    @Test(arguments: cases) func matchesTheTwin(_ c: Case) throws {
        var generator = SeededGenerator(seed: 11)
        let network = try Network(c.layers, input: c.input)
        network.initialize(seed: 5)
        for placed in network.parameters where placed.parameter.fanIn == 0 {
            for i in placed.range { network.values.base[i] = generator.uniform() - 0.3 }
        }
        let count = 5
        let inputs = FloatBuffer(count: count * c.input.count)
        for i in 0..<inputs.count { inputs.base[i] = generator.uniform() * 2 - 1 }
        let images = (0..<count).map { image in
            (0..<c.input.count).map { Double(inputs.base[image * c.input.count + $0]) }
        }
        var twin = NaiveNetwork(
            layers: c.layers, input: c.input, parameters: network.values.values.map(Double.init))

        let expected = images.map { twin.embedding($0) }
        let training = TrainingPass(network, capacity: count + 1)
        let embeddings = training.forward(inputs.base, count: count, seed: 1)
        let pass = EmbeddingPass(network, capacity: count)
        let inference = pass.run(inputs.base, count: count)
        defer { withExtendedLifetime(pass) {} }
        for (image, row) in expected.enumerated() {
            for (i, value) in row.enumerated() {
                #expect(
                    abs(Double(embeddings[image * network.dimension + i]) - value) < 1e-5 * (1 + abs(value)))
                #expect(
                    abs(Double(inference[image * network.dimension + i]) - value) < 1e-5 * (1 + abs(value)))
            }
        }

        // The gradient of a random weighting of all outputs.
        let direction = (0..<count * network.dimension).map { _ in generator.uniform() * 2 - 1 }
        for (i, value) in direction.enumerated() { training.embeddingGradient[i] = value }
        training.backward()
        func objective(_ twin: NaiveNetwork) -> Double {
            images.enumerated().reduce(0) { sum, image in
                zip(
                    twin.embedding(image.element),
                    direction[image.offset * network.dimension..<(image.offset + 1) * network.dimension]
                )
                .reduce(sum) { $0 + $1.0 * Double($1.1) }
            }
        }
        for placed in network.parameters {
            for _ in 0..<12 {
                let i = Int.random(in: placed.range, using: &generator)
                let value = twin.parameters[i]
                twin.parameters[i] = value + 1e-6
                let above = objective(twin)
                twin.parameters[i] = value - 1e-6
                let below = objective(twin)
                twin.parameters[i] = value
                let slope = (above - below) / 2e-6
                #expect(
                    abs(Double(training.gradient.base[i]) - slope) < 2e-4 * (1 + abs(slope)),
                    "\(placed.name)[\(i - placed.offset)]")
            }
        }
    }

    @Test func sameBitsWhateverTheThreads() throws {
        let layers = Self.cases.last!.layers + [.dropout(rate: 0.3)]
        let shape = Self.cases.last!.input
        func gradient(threads: Int) throws -> [Float] {
            let network = try Network(layers, input: shape)
            network.initialize(seed: 3)
            let pass = TrainingPass(network, capacity: 40, pool: ThreadPool(threads: threads))
            let inputs = FloatBuffer(count: 40 * shape.count)
            var generator = SeededGenerator(seed: 1)
            for i in 0..<inputs.count { inputs.base[i] = generator.uniform() }
            for step in 0..<3 as Range<UInt32> {
                let embeddings = pass.forward(inputs.base, count: 37, seed: step)
                pass.embeddingGradient.update(from: embeddings, count: 37 * network.dimension)
                pass.backward()
            }
            return Array(pass.gradient.values)
        }
        let one = try gradient(threads: 1)
        #expect(one.contains { $0 != 0 })
        for threads in [2, 3, 8] { #expect(try gradient(threads: threads) == one, "\(threads) threads") }
    }

    @Test func dropoutHasTheRightGradient() throws {
        // With the same seed the same values fall, so the network is a fixed function and differences apply.
        for layers: [LayerSpecification] in [
            [
                Self.conv(4, 3), .dropout(rate: 0.4), .flatten, .dense(units: 3, activation: .sigmoid),
                .dropout(rate: 0.2),
            ],
            [
                .dropout(rate: 0.3), Self.conv(4, 3), .maxPooling2d(window: 2, stride: 2),
                .dropout(rate: 0.4), .flatten,
            ],
        ] {
            let network = try Network(layers, input: Shape(height: 6, width: 6, channels: 1))
            network.initialize(seed: 8)
            let inputs = FloatBuffer(count: 2 * 36)
            var generator = SeededGenerator(seed: 2)
            for i in 0..<inputs.count { inputs.base[i] = generator.uniform() }
            let pass = TrainingPass(network, capacity: 2)
            func sum() -> Double {
                let embeddings = pass.forward(inputs.base, count: 2, seed: 9)
                return (0..<2 * network.dimension).reduce(0) { $0 + Double(embeddings[$1]) }
            }
            _ = sum()
            pass.embeddingGradient.update(repeating: 1, count: 2 * network.dimension)
            pass.backward()
            let gradient = Array(pass.gradient.values)
            // A step across the bend of a ReLU or of a maximum gives another slope; few do.
            var wrong = 0
            for i in 0..<network.values.count {
                let value = network.values.base[i]
                network.values.base[i] = value + 2e-3
                let above = sum()
                network.values.base[i] = value - 2e-3
                let below = sum()
                network.values.base[i] = value
                let slope = (above - below) / 4e-3
                if abs(slope - Double(gradient[i])) > 2e-2 * (1 + abs(slope)) { wrong += 1 }
            }
            #expect(wrong * 6 <= network.values.count, "\(wrong) of \(network.values.count)")
        }
    }

    @Test(arguments: [0, 0.125, 1] as [Float]) func pairLoss(contribution: Float) throws {
        var generator = SeededGenerator(seed: 21)
        let (count, dimension, classes) = (7, 6, 3)
        let network = try Network(
            [.flatten, .dense(units: dimension, activation: .linear)],
            input: Shape(height: 1, width: 2, channels: 1),
            classes: classes)
        network.initialize(seed: 4)
        let labels = (0..<count).map { Int32($0 % classes) }
        var pairs: [Pair] = []
        for left in 0..<count {
            for right in 0..<left {
                pairs.append(Pair(left, right, different: labels[left] != labels[right]))
            }
        }
        pairs.append(Pair(0, 3, different: false))
        var embeddings = (0..<count * dimension).map { _ in generator.uniform() * 0.7 }
        let loss = PairLoss(
            network, margin: 1, contribution: contribution, capacity: count, maximumPairs: pairs.count)
        var gradient = [Float](repeating: 0, count: embeddings.count)
        var parameterGradient = [Float](repeating: 0, count: network.values.count)
        let step = loss.evaluate(
            embeddings, classes: labels, pairs: pairs, gradient: &gradient,
            parameterGradient: &parameterGradient)

        let naive = NaivePairLoss(margin: 1, contribution: Double(contribution))
        var head = (network.backboneCount..<network.values.count).map { Double(network.values.base[$0]) }
        func total() -> Double {
            naive.total(
                (0..<count).map { embeddings[$0 * dimension..<($0 + 1) * dimension].map(Double.init) },
                classes: labels.map(Int.init), pairs: pairs, weight: Array(head[..<(dimension * classes)]),
                bias: Array(head[(dimension * classes)...]))
        }
        #expect(abs(Double(step.total) - total()) < 1e-5)
        for i in embeddings.indices {
            let value = embeddings[i]
            embeddings[i] = value + 1e-3
            let above = total()
            embeddings[i] = value - 1e-3
            let below = total()
            embeddings[i] = value
            #expect(abs((above - below) / 2e-3 - Double(gradient[i])) < 1e-3)
        }
        guard contribution > 0 else { return }
        for i in head.indices {
            let value = head[i]
            head[i] = value + 1e-5
            let above = total()
            head[i] = value - 1e-5
            let below = total()
            head[i] = value
            #expect(abs((above - below) / 2e-5 - Double(parameterGradient[network.backboneCount + i])) < 1e-4)
        }
    }

    @Test func equalEmbeddingsOfDifferentClassesDoNotBreakTheLoss() throws {
        let network = try Network(
            [.flatten, .dense(units: 2, activation: .linear)], input: Shape(height: 1, width: 2, channels: 1))
        let loss = PairLoss(network, margin: 1, contribution: 0, capacity: 2, maximumPairs: 1)
        var gradient: [Float] = [9, 9, 9, 9]
        var parameterGradient = [Float](repeating: 0, count: network.values.count)
        let step = loss.evaluate(
            [1, 2, 1, 2], classes: [0, 1], pairs: [Pair(0, 1, different: true)], gradient: &gradient,
            parameterGradient: &parameterGradient)
        #expect(gradient == [0, 0, 0, 0] && step.total.isFinite && step.correctPairs == 0)
    }
}
