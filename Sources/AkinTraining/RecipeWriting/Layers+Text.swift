import AkinNetworks
import Yams

extension LayerSpecification {
    /// In the words of a recipe.
    var node: Node {
        switch self {
        case .conv2d(let filters, let kernel, let stride, let padding, let activation, let parameters):
            .variant(
                "conv2d",
                [
                    ("filters", .number(filters)), ("kernel", kernel.node), ("stride", stride.node),
                    ("padding", padding.node), ("activation", .word(activation.rawValue)),
                ] + (parameters?.keys ?? []))
        case .depthwiseConv2d(let kernel, let stride, let padding, let activation, let parameters):
            .variant(
                "depthwise-conv2d",
                [
                    ("kernel", kernel.node), ("stride", stride.node), ("padding", padding.node),
                    ("activation", .word(activation.rawValue)),
                ] + (parameters?.keys ?? []))
        case .squeezeExcitation(let units, let activation, let gate):
            .variant(
                "squeeze-excitation",
                [
                    ("units", .number(units)), ("activation", .word(activation.rawValue)),
                    ("gate", .word(gate.rawValue)),
                ])
        case .dense(let units, let activation, let parameters):
            .variant(
                "dense",
                [("units", .number(units)), ("activation", .word(activation.rawValue))]
                    + (parameters?.keys ?? []))
        case .maxPooling2d(let window, let stride):
            .variant("max-pooling2d", [("window", .number(window)), ("stride", .number(stride))])
        case .averagePooling2d(let window, let stride):
            .variant("average-pooling2d", [("window", .number(window)), ("stride", .number(stride))])
        case .batchNormalization(let momentum, let epsilon):
            .variant(
                "batch-normalization", [("momentum", .number(momentum)), ("epsilon", .number(epsilon))])
        case .dropout(let rate): .variant("dropout", [("rate", .number(rate))])
        case .residual(let layers, let shortcut):
            .variant(
                "residual",
                [("layers", .list(layers.map(\.node))), ("shortcut", .list(shortcut.map(\.node)))])
        case .globalAveragePooling2d: .word("global-average-pooling2d")
        case .flatten: .word("flatten")
        case .l2Normalization: .word("l2-normalization")
        case .activation(let activation): .word(activation.rawValue)
        }
    }
}

extension LayerSpecification.Extent {
    fileprivate var node: Node { .list([.number(height), .number(width)]) }
}

extension LayerSpecification.Padding {
    fileprivate var node: Node {
        switch self {
        case .valid: .word("valid")
        case .same: .word("same")
        case .pixels(let extent): extent.node
        }
    }
}

extension LayerSpecification.ParameterSettings {
    fileprivate var keys: [(String, Node?)] {
        [
            ("kernel-initializer", kernelInitializer?.node), ("bias-initializer", biasInitializer?.node),
            ("kernel-l1", kernelL1.map { .number($0) }), ("kernel-l2", kernelL2.map { .number($0) }),
            ("bias-l1", biasL1.map { .number($0) }), ("bias-l2", biasL2.map { .number($0) }),
        ]
    }
}

extension Initializer {
    fileprivate var node: Node {
        switch self {
        case .constant(let value): return .variant("constant", [("value", .number(value))])
        case .normal(let mean, let deviation):
            return .variant("normal", [("mean", .number(mean)), ("deviation", .number(deviation))])
        default:
            // All others have a name alone.
            return .word(Self.named.first { $0.initializer == self }?.name ?? "")
        }
    }
}
