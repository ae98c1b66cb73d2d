import AkinBasics
import AkinDatasets
import AkinNetworks
import Yams

extension LayerSpecification {
    /// Whether a layer is called so.
    static func hasLayer(named name: String) -> Bool { named.contains { $0.name == name } }

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
        guard let named = Self.named.first(where: { $0.name == layer.name }) else {
            let known = Self.named.map(\.name)
            throw .unknownLayer(
                at: layer.place, layer: layer.name, nearest: nearest(to: layer.name, in: known), known: known)
        }
        self = named.layer
        switch self {
        case .conv2d: try readConvolution(layer)
        case .depthwiseConv2d: try readDepthwiseConvolution(layer)
        case .squeezeExcitation: try readSqueezeExcitation(layer)
        case .dense: try readDense(layer)
        case .maxPooling2d, .averagePooling2d: try readPooling(layer)
        case .batchNormalization: try readBatchNormalization(layer)
        case .dropout: try readDropout(layer)
        case .residual: try readResidual(layer, budget: &budget)
        case .flatten, .globalAveragePooling2d, .l2Normalization, .activation: try layer.refuseSettings()
        }
    }

    /// By their names; numbers that have no default are needed there.
    private static let named: [(name: String, layer: Self)] =
        [
            ("conv2d", .conv2d(filters: 0, kernel: 0)), ("depthwise-conv2d", .depthwiseConv2d(kernel: 0)),
            ("squeeze-excitation", .squeezeExcitation(units: 0)), ("max-pooling2d", .maxPooling2d(window: 0)),
            ("average-pooling2d", .averagePooling2d(window: 0)),
            ("global-average-pooling2d", .globalAveragePooling2d),
            ("batch-normalization", .batchNormalization()), ("dense", .dense(units: 0)),
            ("dropout", .dropout(rate: 0)), ("flatten", .flatten), ("residual", .residual(layers: [])),
            ("l2-normalization", .l2Normalization),
        ] + Activation.allCases.map { ($0.rawValue, .activation($0)) }

    private mutating func readConvolution(_ layer: RecipeVariant) throws(RecipeError) {
        guard
            case .conv2d(
                var filters, var kernel, var stride, var padding, var activation, var parameters) = self
        else { return }
        var s = try layer.settings("filters")
        try s.require("filters")
        try s.integer("filters", in: 1...65536, into: &filters)
        try s.require("kernel")
        try s.extent("kernel", in: 1...255, into: &kernel)
        try s.extent("stride", in: 1...255, into: &stride)
        try padding.read(&s)
        try s.choice("activation", into: &activation)
        try s.parameters(into: &parameters, kochDeviation: 0.01)
        try s.finish()
        self = .conv2d(
            filters: filters, kernel: kernel, stride: stride, padding: padding, activation: activation,
            parameters: parameters)
    }

    private mutating func readDepthwiseConvolution(_ layer: RecipeVariant) throws(RecipeError) {
        guard
            case .depthwiseConv2d(var kernel, var stride, var padding, var activation, var parameters) = self
        else { return }
        var s = try layer.settings("kernel")
        try s.require("kernel")
        try s.extent("kernel", in: 1...255, into: &kernel)
        try s.extent("stride", in: 1...255, into: &stride)
        try padding.read(&s)
        try s.choice("activation", into: &activation)
        try s.parameters(into: &parameters, kochDeviation: 0.01)
        try s.finish()
        self = .depthwiseConv2d(
            kernel: kernel, stride: stride, padding: padding, activation: activation, parameters: parameters)
    }

    private mutating func readSqueezeExcitation(_ layer: RecipeVariant) throws(RecipeError) {
        guard case .squeezeExcitation(var units, var activation, var gate) = self else { return }
        var s = try layer.settings("units")
        try s.require("units")
        try s.integer("units", in: 1...65536, into: &units)
        try s.choice("activation", into: &activation)
        try s.choice("gate", into: &gate)
        try s.finish()
        self = .squeezeExcitation(units: units, activation: activation, gate: gate)
    }

    private mutating func readDense(_ layer: RecipeVariant) throws(RecipeError) {
        guard case .dense(var units, var activation, var parameters) = self else { return }
        var s = try layer.settings("units")
        try s.require("units")
        try s.integer("units", in: 1...65536, into: &units)
        try s.choice("activation", into: &activation)
        try s.parameters(into: &parameters, kochDeviation: 0.2)
        try s.finish()
        self = .dense(units: units, activation: activation, parameters: parameters)
    }

    private mutating func readPooling(_ layer: RecipeVariant) throws(RecipeError) {
        let isMaximum = self == .maxPooling2d(window: 0)
        var s = try layer.settings("window")
        var window = 0
        try s.require("window")
        try s.integer("window", in: 1...(isMaximum ? 15 : 255), into: &window)
        self = isMaximum ? .maxPooling2d(window: window) : .averagePooling2d(window: window)
        var stride = window
        try s.integer("stride", in: 1...255, into: &stride)
        self =
            isMaximum
            ? .maxPooling2d(window: window, stride: stride)
            : .averagePooling2d(window: window, stride: stride)
        try s.finish()
    }

    private mutating func readBatchNormalization(_ layer: RecipeVariant) throws(RecipeError) {
        guard case .batchNormalization(var momentum, var epsilon) = self else { return }
        var s = try layer.settings()
        try s.number("momentum", "at least 0 and less than 1", into: &momentum) { 0..<1 ~= $0 }
        try s.number("epsilon", "a number above 0", into: &epsilon) { $0 > 0 }
        try s.finish()
        self = .batchNormalization(momentum: momentum, epsilon: epsilon)
    }

    private mutating func readDropout(_ layer: RecipeVariant) throws(RecipeError) {
        var s = try layer.settings("rate")
        var rate: Float = 0
        try s.require("rate")
        try s.number("rate", "at least 0 and less than 1", into: &rate) { 0..<1 ~= $0 }
        try s.finish()
        self = .dropout(rate: rate)
    }

    private mutating func readResidual(_ layer: RecipeVariant, budget: inout Int) throws(RecipeError) {
        guard case .residual(_, var shortcut) = self else { return }
        var s = try layer.settings("layers")
        guard let layers = s.node("layers") else { throw s.missing("layers") }
        if let node = s.node("shortcut") {
            shortcut = try Self.list(
                node, source: s.source, place: s.prefix + "shortcut", empty: true, budget: &budget)
        }
        self = .residual(
            layers: try Self.list(layers, source: s.source, place: s.prefix + "layers", budget: &budget),
            shortcut: shortcut)
        try s.finish()
    }
}

extension LayerSpecification.Padding {
    /// The key `padding`.
    fileprivate mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        switch reader.node("padding")?.scalar?.string {
        case nil where !reader.has("padding"): break
        case "valid": self = .valid
        case "same": self = .same
        default:
            var pixels = LayerSpecification.Extent(height: 0, width: 0)
            do { try reader.extent("padding", in: 0...255, into: &pixels) } catch {
                throw reader.wrong(
                    "padding", self,
                    expected: "valid or same, or a whole number or a list of height and width, 0 to 255")
            }
            self = .pixels(pixels)
        }
    }
}

extension RecipeReader {
    /// What is said of a layer's weights; nil where nothing is. `kochDeviation`: the standard deviation of the weights
    /// of such a layer in Koch et al. 2015, section 3.2.
    fileprivate mutating func parameters(
        into value: inout LayerSpecification.ParameterSettings?, kochDeviation: Float
    ) throws(RecipeError) {
        var settings = value ?? .init()
        settings.kernelInitializer = try Initializer(
            &self, "kernel-initializer", koch: .normal(mean: 0, deviation: kochDeviation))
        settings.biasInitializer = try Initializer(
            &self, "bias-initializer", koch: .normal(mean: 0.5, deviation: 0.01))
        try number("kernel-l1", "0 or more", into: &settings.kernelL1) { $0 >= 0 }
        try number("kernel-l2", "0 or more", into: &settings.kernelL2) { $0 >= 0 }
        try number("bias-l1", "0 or more", into: &settings.biasL1) { $0 >= 0 }
        try number("bias-l2", "0 or more", into: &settings.biasL2) { $0 >= 0 }
        value = settings == .init() ? nil : settings
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
            var value: Float = 0
            try s.require("value")
            try s.number("value", "a number", into: &value) { _ in true }
            try s.finish()
            self = .constant(value)
        case "normal":
            var s = try variant.settings()
            var (mean, deviation): (Float, Float) = (0, 0)
            try s.number("mean", "a number", into: &mean) { _ in true }
            try s.require("deviation")
            try s.number("deviation", "0 or more", into: &deviation) { $0 >= 0 }
            try s.finish()
            self = .normal(mean: mean, deviation: deviation)
        default:
            guard let known = Self.named.first(where: { $0.name == variant.name }) else {
                throw reader.wrong(key, "", expected: expected)
            }
            try variant.refuseSettings()
            self = known.initializer
        }
    }
}
