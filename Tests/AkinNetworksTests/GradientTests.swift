import AkinNetworks
import AkinTensors
import TestSupport
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

    /// Of a classification head.
    static func head(dimension: Int, classes: Int) -> [Parameter] {
        LossSpecification(.contrastive, classification: 1).headParameters(
            dimension: dimension, classes: classes)
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
        // Of sizes at which Winograd's algorithm is taken.
        Case("3 x 3, whole vectors", [13, 10, 16], [conv(16, 3, .same), conv(48, 3), .flatten]),
        Case("4 x 4, whole vectors", [14, 13, 16], [conv(32, 4), conv(16, 4, .same), .flatten]),
        Case("7 x 7, whole vectors", [9, 10, 16], [conv(16, 7, .same), conv(32, 1), .flatten]),
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

    static let normalization = LayerSpecification.batchNormalization(momentum: 0.9, epsilon: 1e-3)

    /// Where an image's gradient depends on the others of its batch, and where tensors part and meet again.
    static let graphs: [Case] = [
        Case(
            "conv, batch normalisation, relu", [7, 6, 2],
            [
                conv(5, 3, .valid, .linear), normalization, .activation(.relu),
                .maxPooling2d(window: 2, stride: 2), .flatten, .dense(units: 4, activation: .linear),
            ]),
        Case(
            "conv, batch normalisation, sigmoid", [5, 5, 3],
            [conv(37, 3, .same, .linear), normalization, .activation(.sigmoid), conv(3, 3), .flatten]),
        Case(
            "batch normalisation after an activation and twice", [5, 6, 1],
            [
                conv(18, 3), normalization, normalization, .activation(.relu), conv(2, 2), .flatten,
                normalization,
            ]),
        Case("batch normalisation first", [4, 5, 3], [normalization, conv(4, 3), .flatten]),
        Case(
            "batch normalisation of vectors", [2, 3, 1],
            [
                .flatten, normalization, .dense(units: 7, activation: .linear), normalization,
                .activation(.relu), .dense(units: 20, activation: .sigmoid), normalization,
                .dense(units: 3, activation: .linear), normalization,
            ]),
        Case(
            "residual", [6, 5, 2],
            [
                conv(4, 3, .same), .residual(layers: [conv(4, 3, .same, .linear)], shortcut: []),
                .activation(.relu), .flatten,
            ]),
        Case(
            "residual of the image", [5, 5, 2],
            [
                .residual(layers: [conv(2, 3, .same, .linear)], shortcut: []),
                .residual(layers: [conv(3, 3, .same)], shortcut: [conv(3, 1)]), .flatten,
            ]),
        Case(
            "residual with batch normalisation", [6, 5, 2],
            [
                conv(5, 3, .same, .linear), normalization, .activation(.relu),
                .residual(
                    layers: [
                        conv(5, 3, .same, .linear), normalization, .activation(.relu),
                        conv(5, 3, .same, .linear),
                        normalization,
                    ], shortcut: []), .activation(.relu), .maxPooling2d(window: 2, stride: 2), .flatten,
            ]),
        Case(
            "residual with projection", [7, 6, 2],
            [
                conv(3, 3, .same),
                .residual(
                    layers: [
                        conv(6, 3, stride: 2, .same, .linear), normalization, .activation(.relu),
                        conv(6, 3, .same, .linear), normalization,
                    ], shortcut: [conv(6, 1, stride: 2, .same, .linear), normalization]), .activation(.relu),
                conv(2, 3), .flatten, .dense(units: 3, activation: .sigmoid),
            ]),
        Case(
            "nested residuals, activations first", [5, 5, 2],
            [
                conv(4, 3, .same, .linear), normalization,
                .residual(
                    layers: [
                        .activation(.relu),
                        .residual(
                            layers: [normalization, .activation(.relu), conv(4, 3, .same, .linear)],
                            shortcut: []),
                        .activation(.relu), conv(4, 3, .same, .linear),
                    ], shortcut: [.activation(.sigmoid)]), conv(3, 3), .flatten,
            ]),
        Case(
            "residuals of vectors", [3, 3, 1],
            [
                .flatten, .dense(units: 6, activation: .sigmoid),
                .residual(
                    layers: [.dense(units: 6, activation: .sigmoid), .dense(units: 6, activation: .linear)],
                    shortcut: []),
                .residual(
                    layers: [.dense(units: 4, activation: .linear)],
                    shortcut: [.dense(units: 4, activation: .linear), normalization]),
                .residual(layers: [.flatten], shortcut: []),
            ]),
    ]

    @Test(arguments: cases + simpleLayers + mobileLayers) func matchesTheTwin(_ c: Case) throws {
        try compare(c, count: 5)
    }

    @Test(arguments: graphs + mobileGraphs, [1, 2, 6, 19]) func matchesTheTwin(_ c: Case, count: Int) throws {
        try compare(c, count: count)
    }

    private func compare(_ c: Case, count: Int) throws {
        var generator = SeededGenerator(seed: 11)
        let network = try Network(c.layers, input: c.input)
        network.initialize(seed: 5)
        for placed in network.parameters where placed.parameter.fanIn == 0 {
            for i in placed.range { network.values.base[i] = generator.uniform() - 0.3 }
        }
        let inputs = FloatBuffer(count: count * c.input.count)
        for i in 0..<inputs.count { inputs.base[i] = generator.uniform() * 2 - 1 }
        let images = (0..<count).map { image in
            (0..<c.input.count).map { Double(inputs.base[image * c.input.count + $0]) }
        }
        var twin = NaiveNetwork(
            layers: c.layers, input: c.input, parameters: network.values.values.map(Double.init))

        let expected = twin.embeddings(images)
        let training = TrainingPass(network, capacity: count + 1)
        let embeddings = training.forward(inputs.base, count: count, seed: 1)
        expectEqual(embeddings, expected)
        // Any statistics will do, as long as they are not those of this batch.
        for placed in network.placedStatistics {
            for i in placed.range { network.statistics.base[i] = generator.uniform() + 0.1 }
        }
        twin.statistics = network.statistics.values.map(Double.init)
        let pass = EmbeddingPass(network, capacity: count)
        expectEqual(pass.run(inputs.base, count: count), twin.embeddings(images))
        twin.statistics = nil
        defer { withExtendedLifetime(pass) {} }

        // The gradient of a random weighting of all outputs.
        let direction = (0..<count * network.dimension).map { _ in generator.uniform() * 2 - 1 }
        for (i, value) in direction.enumerated() { training.embeddingGradient[i] = value }
        training.backward()
        func objective(_ twin: NaiveNetwork) -> Double {
            zip(twin.embeddings(images).joined(), direction).reduce(0) { $0 + $1.0 * Double($1.1) }
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
                    abs(Double(training.gradient.base[i]) - slope) < 5e-4 * (1 + abs(slope)),
                    "\(placed.name)[\(i - placed.offset)]")
            }
        }
    }

    private func expectEqual(_ found: UnsafePointer<Float>, _ expected: [[Double]]) {
        for (i, value) in expected.joined().enumerated() {
            #expect(abs(Double(found[i]) - value) < 1e-5 * (1 + abs(value)), "\(i)")
        }
    }

    @Test(arguments: [cases.last!] + graphs + mobileGraphs) func sameBitsWhateverTheThreads(_ c: Case) throws
    {
        let layers = c.layers + [.dropout(rate: 0.3)]
        let shape = c.input
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
            return Array(pass.gradient.values) + Array(network.statistics.values)
        }
        let one = try gradient(threads: 1)
        #expect(one.contains { $0 != 0 })
        for threads in [2, 3, 8] { #expect(try gradient(threads: threads) == one, "\(threads) threads") }
    }

    @Test(arguments: cases + graphs + mobileLayers + mobileGraphs) func aStepAllocatesNothing(_ c: Case)
        throws
    {
        let network = try Network(c.layers + [.dropout(rate: 0.5)], input: c.input)
        network.initialize(seed: 3)
        let inputs = FloatBuffer(count: 20 * c.input.count)
        let pass = TrainingPass(network, capacity: 20, pool: ThreadPool(threads: 1))
        func step() {
            let embeddings = pass.forward(inputs.base, count: 20, seed: 1)
            pass.embeddingGradient.update(from: embeddings, count: 20 * network.dimension)
            pass.backward()
        }
        step()
        guard let count = allocations(of: step) else { return }
        #expect(count == 0)
        let embedding = EmbeddingPass(network, capacity: 20, pool: ThreadPool(threads: 1))
        _ = embedding.run(inputs.base, count: 20)
        #expect(allocations(of: { _ = embedding.run(inputs.base, count: 20) }) == 0)
    }

    @Test func dropoutHasTheRightGradient() throws {
        // With the same seed the same values fall, so the network is a fixed function and differences apply.
        for layers: [LayerSpecification] in [
            [
                Self.conv(4, 3), .dropout(rate: 0.4), .flatten, .dense(units: 3, activation: .sigmoid),
                .dropout(rate: 0.2),
            ],
            [
                Self.conv(4, 3, .valid, .gelu), .dropout(rate: 0.4), Self.conv(3, 2, .valid, .tanh),
                .dropout(rate: 0.4), .flatten, .dense(units: 3, activation: .selu), .dropout(rate: 0.2),
                .l2Normalization, .dropout(rate: 0.2),
            ],
            [
                .depthwiseConv2d(kernel: 3, padding: .same), .dropout(rate: 0.3),
                Self.conv(4, 3, .valid, .relu6),
                .dropout(rate: 0.4), .activation(.hardSwish), .dropout(rate: 0.2),
                .squeezeExcitation(units: 2, gate: .hardSigmoid), .dropout(rate: 0.2), .flatten,
            ],
            [
                Self.conv(4, 3, .valid, .leakyReLU), .dropout(rate: 0.4),
                .averagePooling2d(window: 2, stride: 1), .dropout(rate: 0.4), .flatten,
            ],
            [
                .dropout(rate: 0.3), Self.conv(4, 3), .maxPooling2d(window: 2, stride: 2),
                .dropout(rate: 0.4), .flatten,
            ],
            [
                Self.conv(4, 3, .valid, .linear), Self.normalization, .activation(.relu), .dropout(rate: 0.3),
                .residual(layers: [.dropout(rate: 0.2), Self.conv(4, 3, .same)], shortcut: []),
                .dropout(rate: 0.2), .flatten, .dense(units: 3, activation: .sigmoid),
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
}
