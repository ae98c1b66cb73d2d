import AkinBasics
import AkinDatasets
import AkinNetworks
import Yams

extension LayerSpecification {
    /// The layers of a list; a list in it stands for its entries, so that an alias can repeat several layers.
    static func list(_ node: Node, source: RecipeSource, place: String) throws(RecipeError)
        -> [LayerSpecification]
    {
        var budget = 1000
        return try list(node, source: source, place: place, budget: &budget)
    }

    // Aliases of aliases can make a short text endless: `budget` is how many layers it may still have.
    private static func list(
        _ node: Node, source: RecipeSource, place: String, empty: Bool = false, budget: inout Int
    ) throws(RecipeError) -> [LayerSpecification] {
        guard let sequence = node.sequence, empty || !sequence.isEmpty else {
            throw .wrongValue(
                at: source.place(node), key: place, found: node.words, expected: "a list of layers")
        }
        var layers: [LayerSpecification] = []
        for (position, node) in sequence.enumerated() {
            let inner = "\(place)[\(position)]"
            budget -= 1
            guard budget >= 0 else {
                throw .wrongValue(
                    at: source.place(node), key: place, found: "more than 1000 layers", expected: "fewer")
            }
            if node.sequence != nil {
                layers += try list(node, source: source, place: inner, budget: &budget)
            } else {
                layers.append(
                    try LayerSpecification(node, source: source, place: inner, budget: &budget))
            }
        }
        return layers
    }

    /// A layer is a name (`flatten`) or a name with its settings (`conv2d: {filters: 32, kernel: 3}`).
    private init(_ node: Node, source: RecipeSource, place: String, budget: inout Int) throws(RecipeError) {
        guard let layer = try RecipeVariant(node, source: source, prefix: "\(place).") else {
            throw .wrongValue(
                at: source.place(node), key: place, found: "no layer",
                expected: "one layer with its settings, such as conv2d: {filters: 32, kernel: 3}")
        }
        switch layer.name {
        case "conv2d": self = try .convolution(layer)
        case "dense":
            var s = try layer.settings("units")
            guard let units = try s.integer("units", in: 1...65536) else { throw s.missing("units") }
            self = .dense(
                units: units, activation: try s.choice("activation") ?? .linear,
                parameters: try ParameterSettings(&s, kochDeviation: 0.2))
            try s.finish()
        case "max-pooling2d", "average-pooling2d":
            var s = try layer.settings("window")
            let widest = layer.name == "max-pooling2d" ? 15 : 255
            guard let window = try s.integer("window", in: 1...widest) else { throw s.missing("window") }
            let stride = try s.integer("stride", in: 1...255) ?? window
            self =
                layer.name == "max-pooling2d"
                ? .maxPooling2d(window: window, stride: stride)
                : .averagePooling2d(window: window, stride: stride)
            try s.finish()
        case "batch-normalization":
            var s = try layer.settings()
            let momentum = try s.number("momentum", "at least 0 and less than 1") { $0 >= 0 && $0 < 1 }
            let epsilon = try s.number("epsilon", "a number above 0") { $0 > 0 }
            self = .batchNormalization(momentum: momentum ?? 0.99, epsilon: epsilon ?? 0.001)
            try s.finish()
        case "dropout":
            var s = try layer.settings("rate")
            guard let rate = try s.number("rate", "at least 0 and less than 1", { $0 >= 0 && $0 < 1 }) else {
                throw s.missing("rate")
            }
            self = .dropout(rate: rate)
            try s.finish()
        case "residual":
            var s = try layer.settings("layers")
            guard let layers = s.node("layers") else { throw s.missing("layers") }
            var shortcut: [LayerSpecification] = []
            if let node = s.node("shortcut") {
                shortcut = try Self.list(
                    node, source: source, place: s.prefix + "shortcut", empty: true, budget: &budget)
            }
            self = .residual(
                layers: try Self.list(layers, source: source, place: s.prefix + "layers", budget: &budget),
                shortcut: shortcut)
            try s.finish()
        default:
            guard let plain = Self.plain[layer.name] else {
                let known =
                    [
                        "conv2d", "max-pooling2d", "average-pooling2d", "global-average-pooling2d",
                        "batch-normalization", "dense", "dropout", "flatten", "residual", "l2-normalization",
                    ] + Activation.allCases.map(\.rawValue)
                throw .unknownLayer(
                    at: layer.place, layer: layer.name, nearest: nearest(to: layer.name, in: known),
                    known: known)
            }
            try layer.refuseSettings()
            self = plain
        }
    }

    /// The layers without settings.
    private static let plain: [String: LayerSpecification] = {
        var layers: [String: LayerSpecification] = [
            "flatten": .flatten, "global-average-pooling2d": .globalAveragePooling2d,
            "l2-normalization": .l2Normalization,
        ]
        for function in Activation.allCases { layers[function.rawValue] = .activation(function) }
        return layers
    }()

    private static func convolution(_ layer: RecipeVariant) throws(RecipeError) -> LayerSpecification {
        var s = try layer.settings("filters")
        guard let filters = try s.integer("filters", in: 1...65536) else { throw s.missing("filters") }
        guard let kernel = try s.extent("kernel", in: 1...255) else { throw s.missing("kernel") }
        let stride = try s.extent("stride", in: 1...255) ?? (1, 1)
        let specification = LayerSpecification.conv2d(
            filters: filters, kernel: Extent(height: kernel.height, width: kernel.width),
            stride: Extent(height: stride.height, width: stride.width), padding: try Padding(&s),
            activation: try s.choice("activation") ?? .linear,
            parameters: try ParameterSettings(&s, kochDeviation: 0.01))
        try s.finish()
        return specification
    }
}

extension LayerSpecification.Padding {
    /// The key `padding`.
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        switch reader.node("padding")?.scalar?.string {
        case nil where !reader.has("padding"), "valid": self = .valid
        case "same": self = .same
        default:
            guard let pixels = try? reader.extent("padding", in: 0...255) else {
                throw reader.wrong(
                    "padding",
                    expected: "valid or same, or a whole number or a list of height and width, 0 to 255")
            }
            self = .pixels(.init(height: pixels.height, width: pixels.width))
        }
    }
}

extension LayerSpecification.ParameterSettings {
    /// nil where nothing is said. `kochDeviation`: the standard deviation of the weights of such a layer in Koch et al.
    /// 2015, section 3.2.
    fileprivate init?(_ reader: inout RecipeReader, kochDeviation: Float) throws(RecipeError) {
        func penalty(_ key: String) throws(RecipeError) -> Float? {
            try reader.number(key, "0 or more") { $0 >= 0 }
        }
        self.init(
            kernelInitializer: try Initializer(
                &reader, "kernel-initializer", koch: .normal(mean: 0, deviation: kochDeviation)),
            biasInitializer: try Initializer(
                &reader, "bias-initializer", koch: .normal(mean: 0.5, deviation: 0.01)),
            kernelL1: try penalty("kernel-l1"), kernelL2: try penalty("kernel-l2"),
            biasL1: try penalty("bias-l1"), biasL2: try penalty("bias-l2"))
        if self == Self() { return nil }
    }
}

extension Initializer {
    /// Those without settings.
    package static let named: [(name: String, initializer: Initializer)] = [
        ("glorot-uniform", .glorotUniform), ("glorot-normal", .glorotNormal), ("he-uniform", .heUniform),
        ("he-normal", .heNormal), ("lecun-uniform", .lecunUniform), ("lecun-normal", .lecunNormal),
        ("zeros", .zeros),
    ]

    /// nil where the key is not there.
    fileprivate init?(_ reader: inout RecipeReader, _ key: String, koch: Initializer) throws(RecipeError) {
        let expected =
            Self.named.map(\.name).joined(separator: " or ")
            + " or koch or {constant: 0.1} or {normal: {mean: 0, deviation: 0.01}}"
        guard let variant = try reader.variant(key, expected: expected) else { return nil }
        switch variant.name {
        case "koch":
            try variant.refuseSettings()
            self = koch
        case "constant":
            var s = try variant.settings("value")
            guard let value = try s.number("value", "a number", { _ in true }) else {
                throw s.missing("value")
            }
            self = .constant(value)
            try s.finish()
        case "normal":
            var s = try variant.settings()
            let mean = try s.number("mean", "a number") { _ in true } ?? 0
            guard let deviation = try s.number("deviation", "0 or more", { $0 >= 0 }) else {
                throw s.missing("deviation")
            }
            self = .normal(mean: mean, deviation: deviation)
            try s.finish()
        default:
            guard let known = Self.named.first(where: { $0.name == variant.name }) else {
                throw reader.wrong(key, expected: expected)
            }
            try variant.refuseSettings()
            self = known.initializer
        }
    }
}
