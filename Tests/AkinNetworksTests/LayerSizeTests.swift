import AkinNetworks
import AkinTensors
import Testing

/// What a layer costs, counted by hand.
@Suite struct LayerSizeTests {
    @Test func countsWhatEachLayerHas() throws {
        let layers: [LayerSpecification] = [
            .conv2d(filters: 4, kernel: 3, padding: .same, activation: .relu), .maxPooling2d(window: 2),
            .depthwiseConv2d(kernel: 3), .batchNormalization(), .squeezeExcitation(units: 2), .flatten,
            .dropout(rate: 0.5), .dense(units: 5, activation: .tanh),
        ]
        let input = Shape(height: 8, width: 10, channels: 3)
        let sizes = try Network.layers(of: layers, input: input)
        #expect(
            sizes.map(\.name) == [
                "conv2d_1", "max_pooling2d_1", "depthwise_conv2d_1", "batch_normalization_1",
                "squeeze_excitation_1", "flatten_1", "dropout_1", "dense_1",
            ])
        #expect(
            sizes.map { "\($0.output)" } == [
                "8 x 10 x 4", "4 x 5 x 4", "2 x 3 x 4", "2 x 3 x 4", "2 x 3 x 4", "1 x 1 x 24", "1 x 1 x 24",
                "1 x 1 x 5",
            ])
        #expect(
            sizes.map(\.parameters) == [
                3 * 3 * 3 * 4 + 4, 0, 3 * 3 * 4 + 4, 2 * 4, 4 * 2 + 2 + 2 * 4 + 4, 0, 0, 24 * 5 + 5,
            ])
        #expect(
            sizes.map(\.multiplications) == [
                8 * 10 * 3 * 3 * 3 * 4, 0, 2 * 3 * 3 * 3 * 4, 0, 4 * 2 + 2 * 4, 0, 0, 24 * 5,
            ])
        #expect(
            try sizes.reduce(0) { $0 + $1.parameters } == Network(layers, input: input).values.count)
    }

    /// What lies within a block stands behind it, and is counted once.
    @Test func residualBlocks() throws {
        let conv = LayerSpecification.conv2d(filters: 2, kernel: 1)
        let layers: [LayerSpecification] = [
            .residual(layers: [conv, .residual(layers: [conv])], shortcut: [conv]), .flatten,
            .dense(units: 1),
        ]
        let sizes = try Network.layers(of: layers, input: Shape(height: 3, width: 3, channels: 1))
        #expect(
            sizes.map(\.name) == [
                "residual_1", "conv2d_1", "residual_2", "conv2d_2", "conv2d_3", "flatten_1", "dense_1",
            ])
        #expect(sizes.map(\.depth) == [0, 1, 1, 2, 1, 0, 0])
        #expect(sizes.map(\.parameters) == [0, 4, 0, 6, 4, 0, 19])
        #expect(sizes.map(\.multiplications) == [0, 18, 0, 36, 18, 0, 18])
    }
}
