import AkinNetworks
import AkinTensors
import Testing

extension GradientTests {
    private static func padded(
        _ filters: Int, _ kernel: Extent, stride: Extent, by pixels: Extent,
        _ activation: LayerSpecification.Activation = .linear
    ) -> LayerSpecification {
        .conv2d(
            filters: filters, kernel: kernel, stride: stride, padding: .pixels(pixels), activation: activation
        )
    }

    /// Layers that work on one image at a time, against the twin.
    static let simpleLayers: [Case] =
        [.leakyReLU, .selu, .gelu, .tanh].map { function in
            Case(
                "\(function)", [6, 5, 2],
                [
                    conv(5, 3, .valid, function), .activation(function), .flatten,
                    .dense(units: 19, activation: function), .dense(units: 7, activation: function),
                ])
        } + [
            Case(
                "average pooling", [11, 13, 1],
                [
                    conv(19, 3), .averagePooling2d(window: 2, stride: 2), conv(3, 2, .valid, .linear),
                    .averagePooling2d(window: 3, stride: 1), .flatten,
                ]),
            Case(
                "pooling with gaps", [13, 11, 1],
                [
                    conv(5, 3, .valid, .tanh), .averagePooling2d(window: 2, stride: 3), conv(17, 2, .same),
                    .maxPooling2d(window: 1, stride: 2), .flatten,
                ]),
            Case(
                "overlapping max pooling", [12, 9, 1],
                [conv(18, 3, .valid, .linear), .maxPooling2d(window: 3, stride: 2), conv(2, 1), .flatten]),
            Case(
                "max pooling of two by two", [9, 8, 1],
                [conv(34, 2, .valid, .linear), .maxPooling2d(window: 2, stride: 2), conv(2, 1), .flatten]),
            Case(
                "global average pooling", [7, 6, 2],
                [conv(20, 3), .globalAveragePooling2d, .dense(units: 4, activation: .linear)]),
            Case(
                "l2 normalization", [5, 4, 1],
                [conv(4, 3), .flatten, .dense(units: 6, activation: .linear), .l2Normalization]),
            Case(
                "l2 normalization below a layer", [5, 4, 1],
                [
                    .flatten, .dense(units: 6, activation: .tanh), .l2Normalization,
                    .dense(units: 3, activation: .gelu),
                ]
            ),
            Case(
                "activations around a residual block", [6, 6, 2],
                [
                    conv(5, 3, .same, .gelu),
                    .residual(
                        layers: [conv(7, 3, stride: 2, .pixels(Extent(height: 1, width: 1)), .gelu)],
                        shortcut: [.averagePooling2d(window: 2, stride: 2), conv(7, 1, .valid, .linear)]),
                    .activation(.gelu), .batchNormalization(momentum: 0.9, epsilon: 1e-3),
                    .activation(.leakyReLU),
                    .globalAveragePooling2d, .dense(units: 4, activation: .linear), .l2Normalization,
                ]),
            Case(
                "padding by pixels", [6, 5, 2],
                [
                    padded(
                        4, Extent(height: 3, width: 3), stride: Extent(height: 1, width: 1),
                        by: Extent(height: 1, width: 1)),
                    padded(
                        5, Extent(height: 3, width: 2), stride: Extent(height: 1, width: 1),
                        by: Extent(height: 0, width: 2)), .flatten,
                ]),
            Case(
                "padding by pixels, rows that no window reaches", [8, 7, 2],
                [
                    conv(3, 2, .same),
                    padded(
                        4, Extent(height: 3, width: 3), stride: Extent(height: 2, width: 3),
                        by: Extent(height: 1, width: 2), .relu),
                    padded(
                        3, Extent(height: 1, width: 1), stride: Extent(height: 2, width: 4),
                        by: Extent(height: 2, width: 3)), .flatten,
                ]),
            Case(
                "padding makes room for the kernel", [3, 3, 1],
                [
                    padded(
                        4, Extent(height: 5, width: 7), stride: Extent(height: 1, width: 1),
                        by: Extent(height: 1, width: 2)), .flatten,
                ]),
        ]

    @Test func aVectorWithoutLengthBreaksNothing() throws {
        let network = try Network(
            [.flatten, .dense(units: 20, activation: .linear), .l2Normalization],
            input: Shape(height: 1, width: 2, channels: 1))
        let pass = TrainingPass(network, capacity: 1)
        let embedding = pass.forward([1, 2], count: 1, seed: 0)
        #expect((0..<20).allSatisfy { embedding[$0] == 0 })
        pass.embeddingGradient.update(repeating: 1, count: 20)
        pass.backward()
        #expect(pass.gradient.values.allSatisfy { $0 == 0 })
    }
}
