import AkinTensors

/// A backbone, and while it is trained its head: the layers in order, and all parameters in one buffer, so that an
/// optimizer is one pass over it.
package final class Network: Sendable {
    package let specification: [LayerSpecification]
    package let input: Shape
    /// Length of an embedding.
    package let dimension: Int
    /// How many classes the head scores; 0 without a head.
    package let classes: Int
    let layers: [PlacedLayer]
    let stages: [Stage]
    /// Every parameter by its name, `conv2d_1.weight`, in the order in which they lie in `values`.
    package let parameters: [PlacedParameter]
    /// How many of the values belong to the backbone; the head's follow.
    package let backboneCount: Int
    package let values: FloatBuffer

    struct PlacedLayer: Sendable {
        enum Body: Sendable {
            case image(any ImageLayer)
            case dense(Dense)
        }
        let name: String
        let body: Body
        /// Where its parameters begin in `values`.
        let offset: Int

        var parameters: [Parameter] {
            switch body {
            case .image(let layer): layer.parameters
            case .dense(let layer): layer.parameters
            }
        }
        var input: Shape {
            switch body {
            case .image(let layer): layer.input
            case .dense(let layer): layer.input
            }
        }
        var output: Shape {
            switch body {
            case .image(let layer): layer.output
            case .dense(let layer): layer.output
            }
        }
    }

    package struct PlacedParameter: Sendable {
        package let name: String
        package let parameter: Parameter
        package let offset: Int
        package var range: Range<Int> { offset..<offset + parameter.count }
    }

    /// What runs between two points at which the whole batch has to be there.
    enum Stage: Sendable {
        /// Layers that take one image after the other; positions in `layers`.
        case images(Range<Int>)
        case dense(Int)
    }

    /// All parameters are zero until `initialize(seed:)` or `load`.
    package init(_ specification: [LayerSpecification], input: Shape, classes: Int = 0) throws(NetworkError) {
        var builder = Builder(shape: input)
        for layer in specification { try builder.append(layer) }
        guard builder.shape.isVector else { throw .embeddingIsNotAVector(builder.shape) }
        guard !builder.parameters.isEmpty else { throw .nothingToTrain }
        self.specification = specification
        self.input = input
        self.classes = classes
        dimension = builder.shape.count
        backboneCount = builder.count
        if classes > 0 { builder.place(Parameter.weightAndBias([dimension, classes]), of: "head") }
        layers = builder.layers
        parameters = builder.parameters
        values = FloatBuffer(count: builder.count)

        var stages: [Stage] = []
        var first = 0
        for (position, layer) in layers.enumerated() {
            guard case .dense = layer.body else { continue }
            if first < position { stages.append(.images(first..<position)) }
            stages.append(.dense(position))
            first = position + 1
        }
        if first < layers.count { stages.append(.images(first..<layers.count)) }
        self.stages = stages
    }

    /// Far above every backbone of the papers, far below what brings a machine down.
    package static let mostValues = 1 << 29

    /// How many values all layers put out for one image.
    package var activationCount: Int { layers.reduce(0) { $0 + $1.output.count } }

    /// How many parameters a backbone has, without room being made for them.
    package static func parameterCount(
        _ specification: [LayerSpecification], input: Shape
    ) throws(NetworkError) -> Int {
        var builder = Builder(shape: input)
        for layer in specification { try builder.append(layer) }
        return builder.count
    }

    package var head: (weight: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) {
        (values.base + backboneCount, values.base + backboneCount + dimension * classes)
    }

    /// Glorot and Bengio (2010), uniform: weights in ±sqrt(6 / (fanIn + fanOut)), biases zero.
    package func initialize(seed: UInt64) {
        for (position, placed) in parameters.enumerated() {
            var generator = SeededGenerator(seed: seed, 0x1417, UInt64(position))
            let fan = placed.parameter.fanIn + placed.parameter.fanOut
            let limit = fan > 0 ? (6 / Float(fan)).squareRoot() : 0
            for i in placed.range { values.base[i] = (2 * generator.uniform() - 1) * limit }
        }
    }
}

extension Network {
    /// Layers put one after the other, with their shapes checked and their parameters placed.
    private struct Builder {
        var shape: Shape
        var layers: [PlacedLayer] = []
        var parameters: [PlacedParameter] = []
        var count = 0
        private var numbers: [String: Int] = [:]

        init(shape: Shape) { self.shape = shape }

        mutating func place(_ parameters: [Parameter], of layer: String) {
            for parameter in parameters {
                self.parameters.append(
                    PlacedParameter(name: "\(layer).\(parameter.name)", parameter: parameter, offset: count))
                count += parameter.count
            }
        }

        private mutating func place(_ body: PlacedLayer.Body, named name: String) {
            let layer = PlacedLayer(name: name, body: body, offset: count)
            layers.append(layer)
            place(layer.parameters, of: name)
            shape = layer.output
        }

        mutating func append(_ specification: LayerSpecification) throws(NetworkError) {
            try appendUnlimited(specification)
            guard count <= Network.mostValues else { throw .tooLarge(limit: Network.mostValues) }
        }

        private mutating func appendUnlimited(_ specification: LayerSpecification) throws(NetworkError) {
            numbers[specification.kind, default: 0] += 1
            let name = "\(specification.kind)_\(numbers[specification.kind]!)"
            func check(_ valid: Bool, _ key: String, _ value: Any, _ expected: String) throws(NetworkError) {
                if !valid {
                    throw .invalidValue(layer: name, key: key, value: "\(value)", expected: expected)
                }
            }
            let most = 1 << 16
            switch specification {
            case .conv2d(let filters, let kernel, let stride, let padding, let activation):
                try check(1...most ~= filters, "filters", filters, "1 to \(most)")
                for (key, extent) in [("kernel", kernel), ("stride", stride)] {
                    let fits = 1...255 ~= extent.height && 1...255 ~= extent.width
                    try check(fits, key, "\(extent.height) x \(extent.width)", "1 to 255 each way")
                }
                guard padding == .same || (kernel.height <= shape.height && kernel.width <= shape.width) else {
                    throw .inputTooSmall(layer: name, input: shape, window: "\(kernel.height) x \(kernel.width)")
                }
                let layer = Convolution(
                    input: shape, filters: filters, kernel: kernel, stride: stride, padding: padding,
                    relu: activation == .relu)
                place(.image(layer), named: name)
                if activation != .relu { appendActivation(activation) }
            case .maxPooling2d(let window, let stride):
                try check(1...15 ~= window, "window", window, "1 to 15")
                try check(1...255 ~= stride, "stride", stride, "1 to 255")
                guard window <= shape.height && window <= shape.width else {
                    throw .inputTooSmall(layer: name, input: shape, window: "\(window) x \(window)")
                }
                place(.image(MaxPooling(input: shape, window: window, stride: stride)), named: name)
            case .dense(let units, let activation):
                try check(1...most ~= units, "units", units, "1 to \(most)")
                guard shape.isVector else { throw .notFlattened(layer: name, input: shape) }
                place(.dense(Dense(input: shape, units: units)), named: name)
                appendActivation(activation)
            case .flatten:
                shape = Shape(vector: shape.count)
            case .dropout(let rate):
                try check(rate >= 0 && rate < 1, "rate", rate, "at least 0 and less than 1")
                if rate > 0 { place(.image(Dropout(input: shape, rate: rate)), named: name) }
            case .activation(let function):
                if function == .softmax && !shape.isVector { throw .notFlattened(layer: name, input: shape) }
                appendActivation(function)
            }
        }

        private mutating func appendActivation(_ function: LayerSpecification.Activation) {
            guard function != .linear else { return }
            place(.image(ActivationLayer(input: shape, function: function)), named: function.rawValue)
        }
    }
}
