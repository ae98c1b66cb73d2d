import AkinNetworks
import AkinTraining
import Testing

/// Layers as a recipe writes them.
@Suite struct RecipeLayersTests {
    @Test func shortFormsOfLayers() throws {
        func layers(_ text: String) throws -> [LayerSpecification] {
            try Recipe(text: "data: {}\npreprocessing: {size: 8}\nbackbone: \(text)", path: "r.yaml").backbone
        }
        let conv = LayerSpecification.conv2d(
            filters: 3, kernel: .init(height: 2, width: 2), stride: .init(height: 1, width: 1),
            padding: .valid,
            activation: .linear)
        #expect(try layers("[conv2d: {filters: 3, kernel: 2}]") == [conv])
        #expect(try layers("[conv2d: {filters: 3, kernel: [2, 2], stride: 1, padding: valid}]") == [conv])
        #expect(try layers("[max-pooling2d: 4]") == [.maxPooling2d(window: 4, stride: 4)])
        #expect(
            try layers("[dropout: 0.5, sigmoid, softmax, linear]")
                == [.dropout(rate: 0.5), .activation(.sigmoid), .activation(.softmax), .activation(.linear)])
        #expect(try layers("[{flatten: }, relu: {}]") == [.flatten, .activation(.relu)])
    }

    @Test func everyLayer() throws {
        let one = LayerSpecification.Extent(height: 1, width: 1)
        let cases: [(String, LayerSpecification)] = [
            (
                "conv2d: {filters: 2, kernel: 3, padding: 1, kernel-initializer: koch, bias-initializer: koch}",
                .conv2d(
                    filters: 2, kernel: .init(height: 3, width: 3), stride: one, padding: .pixels(one),
                    activation: .linear,
                    parameters: .init(
                        kernelInitializer: .normal(mean: 0, deviation: 0.01),
                        biasInitializer: .normal(mean: 0.5, deviation: 0.01)))
            ),
            (
                "conv2d: {filters: 2, kernel: 1, padding: [0, 2], kernel-l1: 1, kernel-l2: 2, bias-l1: 3, bias-l2: 4}",
                .conv2d(
                    filters: 2, kernel: one, stride: one, padding: .pixels(.init(height: 0, width: 2)),
                    activation: .linear, parameters: .init(kernelL1: 1, kernelL2: 2, biasL1: 3, biasL2: 4))
            ),
            (
                "dense: {units: 3, kernel-initializer: koch, bias-initializer: {constant: 0.1}, activation: selu}",
                .dense(
                    units: 3, activation: .selu,
                    parameters: .init(
                        kernelInitializer: .normal(mean: 0, deviation: 0.2), biasInitializer: .constant(0.1)))
            ),
            (
                "dense: {units: 3, kernel-initializer: {normal: {mean: 1, deviation: 2}}, bias-initializer: zeros}",
                .dense(
                    units: 3, activation: .linear,
                    parameters: .init(
                        kernelInitializer: .normal(mean: 1, deviation: 2), biasInitializer: .zeros))
            ),
            ("average-pooling2d: {window: 3, stride: 1}", .averagePooling2d(window: 3, stride: 1)),
            ("average-pooling2d: 2", .averagePooling2d(window: 2, stride: 2)),
            ("global-average-pooling2d", .globalAveragePooling2d), ("l2-normalization", .l2Normalization),
            ("batch-normalization", .batchNormalization(momentum: 0.99, epsilon: 0.001)),
            (
                "batch-normalization: {momentum: 0.9, epsilon: 1e-5}",
                .batchNormalization(momentum: 0.9, epsilon: 1e-5)
            ),
            ("leaky-relu", .activation(.leakyReLU)), ("gelu", .activation(.gelu)),
            ("relu6", .activation(.relu6)), ("hard-swish", .activation(.hardSwish)),
            ("hard-sigmoid", .activation(.hardSigmoid)),
            (
                "depthwise-conv2d: {kernel: 5, stride: 2, padding: same, activation: relu6, kernel-l2: 1}",
                .depthwiseConv2d(
                    kernel: 5, stride: 2, padding: .same, activation: .relu6, parameters: .init(kernelL2: 1))
            ),
            ("depthwise-conv2d: 3", .depthwiseConv2d(kernel: 3)),
            ("squeeze-excitation: 8", .squeezeExcitation(units: 8)),
            (
                "squeeze-excitation: {units: 8, activation: hard-swish, gate: hard-sigmoid}",
                .squeezeExcitation(units: 8, activation: .hardSwish, gate: .hardSigmoid)
            ),
            (
                "residual: {layers: [relu, dropout: 0.5], shortcut: [tanh]}",
                .residual(
                    layers: [.activation(.relu), .dropout(rate: 0.5)], shortcut: [.activation(.tanh)])
            ),
            ("residual: [relu]", .residual(layers: [.activation(.relu)], shortcut: [])),
        ]
        for (text, layer) in cases {
            let recipe = "data: {}\npreprocessing: {size: 8}\nbackbone:\n  - \(text)"
            #expect(try Recipe(text: recipe, path: "r.yaml").backbone == [layer], "\(text)")
        }
        for (name, initializer) in Initializer.named {
            let recipe =
                "data: {}\npreprocessing: {size: 8}\nbackbone: [dense: {units: 3, kernel-initializer: \(name)}]"
            #expect(
                try Recipe(text: recipe, path: "r.yaml").backbone
                    == [
                        .dense(
                            units: 3, activation: .linear, parameters: .init(kernelInitializer: initializer))
                    ])
        }
    }
}
