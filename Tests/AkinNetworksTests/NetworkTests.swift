import AkinBasics
import AkinNetworks
import AkinTensors
import Testing

@Suite struct NetworkTests {
    private let small = Shape(height: 4, width: 4, channels: 1)

    @Test func refusesLayersThatDoNotFit() {
        func error(_ layers: [LayerSpecification]) -> String? {
            do throws(NetworkError) {
                _ = try Network(layers, input: small)
                return nil
            } catch { return error.description }
        }
        #expect(
            error([GradientTests.conv(3, 5), .flatten])?.contains("smaller than its window 5 x 5") == true)
        #expect(error([.maxPooling2d(window: 5, stride: 2)])?.contains("max_pooling2d_1") == true)
        #expect(
            error([.dense(units: 3, activation: .relu)])?.contains("put a flatten layer before it") == true)
        #expect(error([GradientTests.conv(3, 3)])?.contains("not in a vector") == true)
        #expect(error([.flatten])?.contains("no layer with weights") == true)
        #expect(error([])?.contains("not in a vector") == true)
        #expect(error([.flatten, .dense(units: 0, activation: .relu)])?.contains("units is 0") == true)
        #expect(
            error([.flatten, .dropout(rate: 1), .dense(units: 1, activation: .relu)])?.contains("rate is 1")
                == true)
        #expect(error([GradientTests.conv(0, 3), .flatten])?.contains("filters is 0") == true)
        #expect(error([GradientTests.conv(1, 0), .flatten])?.contains("kernel is 0 x 0") == true)
        #expect(error([GradientTests.conv(3, 3), .flatten]) == nil)
        #expect(
            error([.averagePooling2d(window: 5, stride: 2)])?.contains(
                "average_pooling2d_1: its input is only 4 x 4 x 1") == true)
        #expect(error([.averagePooling2d(window: 0, stride: 2)])?.contains("window is 0") == true)
        #expect(
            error([GradientTests.conv(3, 3), .l2Normalization])?.contains("put a flatten layer before it")
                == true)
        #expect(
            error([GradientTests.conv(1, 7, .pixels(.init(height: 1, width: 2))), .flatten])?.contains(
                "smaller than its window 7 x 7") == true)
        #expect(
            error([GradientTests.conv(1, 3, .pixels(.init(height: -1, width: 0))), .flatten])?.contains(
                "padding is -1 x 0") == true)
        #expect(error([GradientTests.conv(1, 7, .pixels(.init(height: 2, width: 2))), .flatten]) == nil)
        #expect(
            error([.batchNormalization(momentum: 1, epsilon: 0.1), .flatten])?.contains("momentum is 1")
                == true)
        #expect(
            error([.batchNormalization(momentum: 0.9, epsilon: 0), .flatten])?.contains("epsilon is 0")
                == true)
        #expect(error([.batchNormalization(momentum: 0, epsilon: 1), .flatten]) == nil)
        #expect(
            error([.residual(layers: [], shortcut: []), .flatten])?.contains("residual_1: layers is empty")
                == true)
        #expect(
            error([.residual(layers: [GradientTests.conv(3, 3)], shortcut: []), .flatten])?.contains(
                "its layers put out 2 x 2 x 3, its shortcut 4 x 4 x 1") == true)
        #expect(
            error([.residual(layers: [GradientTests.conv(0, 3)], shortcut: []), .flatten])?.contains(
                "conv2d_1: filters")
                == true)
    }

    @Test func refusesWhatNoMemoryHolds() {
        let large = Shape(height: 4096, width: 4096, channels: 1)
        #expect(throws: NetworkError.self) {
            try Network.valueCount([GradientTests.conv(60_000, 1), .flatten], input: large)
        }
        #expect(throws: NetworkError.tooLarge(limit: Network.mostValues)) {
            try Network.valueCount([.flatten, .dense(units: 60_000, activation: .relu)], input: large)
        }
    }

    @Test func glorotStaysInItsBounds() throws {
        let network = try Network(
            [.flatten, .dense(units: 200, activation: .linear)],
            input: Shape(height: 10, width: 10, channels: 1))
        network.initialize(seed: 1)
        let limit = (6.0 / 300).squareRoot()
        let weights = network.values.values.prefix(20_000).map(Double.init)
        #expect(weights.allSatisfy { abs($0) <= limit })
        let variance = weights.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(variance - limit * limit / 3) < 0.05 * limit * limit / 3)
        #expect(network.values.values.suffix(200).allSatisfy { $0 == 0 })
    }

    @Test func namesCountThroughResidualBlocks() throws {
        let conv = GradientTests.conv(1, 3, .same)
        let network = try Network(
            [
                .residual(
                    layers: [conv, .residual(layers: [GradientTests.normalization], shortcut: [conv])],
                    shortcut: [conv, GradientTests.normalization]), conv, .flatten,
            ], input: small, head: GradientTests.head(dimension: 16, classes: 3))
        #expect(
            network.parameters.map(\.name).filter { $0.hasSuffix("weight") } == [
                "conv2d_1.weight", "batch_normalization_1.weight", "conv2d_2.weight", "conv2d_3.weight",
                "batch_normalization_2.weight", "conv2d_4.weight", "head.weight",
            ])
        #expect(
            network.placedStatistics.map(\.name) == [
                "batch_normalization_1.moving_mean", "batch_normalization_1.moving_variance",
                "batch_normalization_2.moving_mean", "batch_normalization_2.moving_variance",
            ])
        #expect(network.backboneCount == network.values.count - 17 * 3)
        #expect(network.headValues == network.values.base + network.backboneCount)
        network.initialize(seed: 1)
        #expect(Array(network.statistics.values) == [0, 1, 0, 1])
        for placed in network.parameters where placed.name.hasPrefix("batch_normalization") {
            #expect(network.values.base[placed.offset] == (placed.parameter.name == "weight" ? 1 : 0))
        }
    }

    @Test func runningStatisticsFollowTheBatches() throws {
        let (shape, count) = (Shape(height: 3, width: 4, channels: 2), 19)
        let network = try Network(
            [
                .batchNormalization(momentum: 0.75, epsilon: 1e-3), .flatten,
                .dense(units: 1, activation: .linear),
            ],
            input: shape)
        network.initialize(seed: 1)
        let pass = TrainingPass(network, capacity: 32)
        var generator = SeededGenerator(seed: 3)
        let twin = NaiveNetwork(layers: [], input: shape, parameters: [])
        var expected = [0.0, 0, 1, 1]
        for _ in 0..<3 {
            // Far from zero, so that sums of squares would not do.
            let inputs = FloatBuffer(count: count * shape.count)
            for i in 0..<inputs.count { inputs.base[i] = 100 + generator.uniform() / 100 }
            _ = pass.forward(inputs.base, count: count, seed: 1)
            let images = (0..<count).map { image in
                (0..<shape.count).map { Double(inputs.base[image * shape.count + $0]) }
            }
            let (mean, variance) = twin.moments(images, 2)
            expected = zip(expected, mean + variance).map { 0.75 * $0 + 0.25 * $1 }
        }
        for (found, expected) in zip(network.statistics.values, expected) {
            #expect(abs(Double(found) - expected) < 1e-6 * (1 + abs(expected)))
        }
        // The variance itself, of about 1e-5.
        let variance = (Double(network.statistics.base[2]) - 0.421875) / 0.578125
        #expect(abs(variance - (expected[2] - 0.421875) / 0.578125) < 1e-7)
    }

    @Test func tellsTheFirstLayerThatIsNotANumber() throws {
        let network = try Network(
            [
                GradientTests.conv(2, 3, .same, .linear), GradientTests.normalization, .activation(.relu),
                GradientTests.conv(2, 3), .flatten, .dense(units: 3, activation: .sigmoid),
            ], input: small, head: GradientTests.head(dimension: 3, classes: 2))
        network.initialize(seed: 1)
        let pass = TrainingPass(network, capacity: 3)
        let inputs = FloatBuffer(count: 48)
        func first() -> String? {
            _ = pass.forward(inputs.base, count: 3, seed: 0)
            return pass.firstNotANumber()
        }
        #expect(first() == nil)
        for (name, expected) in [
            ("conv2d_2.weight", "conv2d_2"), ("batch_normalization_1.bias", "batch_normalization_1"),
            ("conv2d_1.bias", "conv2d_1"), ("head.bias", "head"),
        ] {
            let placed = try #require(network.parameters.first { $0.name == name })
            let value = network.values.base[placed.offset]
            network.values.base[placed.offset] = .infinity
            #expect(first() == expected)
            network.values.base[placed.offset] = value
            // What the running statistics took in stays.
            network.initialize(seed: 1)
        }
        // A weight so large that the layer's output is beyond all numbers.
        let dense = try #require(network.parameters.first { $0.name == "conv2d_1.bias" })
        network.values.base[dense.offset] = 3e38
        network.values.base[network.parameters.first { $0.name == "conv2d_1.weight" }!.offset + 8] = 3e38
        inputs.base.update(repeating: 1, count: 48)
        #expect(first() == "conv2d_1")
        network.initialize(seed: 1)
        inputs.base[47] = .nan
        #expect(first() == "input")
    }

    /// Dropout is left out when embedding, also where a shortcut begins with it beside a batch normalisation that could
    /// else be folded.
    @Test func dropoutInAShortcutChangesNoEmbedding() throws {
        let shape = Shape(height: 5, width: 4, channels: 2)
        func embedding(_ shortcut: [LayerSpecification]) throws -> [Float] {
            let network = try Network(
                [
                    GradientTests.conv(3, 3, .same, .linear),
                    .residual(
                        layers: [
                            .batchNormalization(momentum: 0.9, epsilon: 1e-3),
                            GradientTests.conv(3, 3, .same),
                        ],
                        shortcut: shortcut), .flatten,
                ], input: shape)
            network.initialize(seed: 3)
            for i in 0..<network.statistics.count { network.statistics.base[i] = 0.5 + 0.1 * Float(i) }
            let inputs = FloatBuffer(count: shape.count)
            var generator = SeededGenerator(seed: 1)
            for i in 0..<inputs.count { inputs.base[i] = generator.uniform() }
            let pass = EmbeddingPass(network, capacity: 1)
            return Array(
                UnsafeBufferPointer(start: pass.run(inputs.base, count: 1), count: network.dimension))
        }
        #expect(try embedding([.dropout(rate: 0.5)]) == embedding([]))
    }
}
