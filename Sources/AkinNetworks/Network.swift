import AkinTensors

/// A backbone, and while it is trained its head: the operations, and all parameters in one buffer, so that an optimizer
/// is one pass over it.
package final class Network: Sendable {
    package let specification: [LayerSpecification]
    package let input: Shape
    /// Length of an embedding.
    package let dimension: Int
    /// In the order in which the specification names them.
    let operations: [Operation]
    /// How many values each tensor has for one image; the first is the image.
    let tensors: [Int]
    /// The tensor of the embeddings.
    let output: Int
    /// Every parameter by its name, `conv2d_1.weight`, in the order in which they lie in `values`.
    package let parameters: [PlacedParameter]
    /// How many of the values belong to the backbone; the head's follow.
    package let backboneCount: Int
    package let values: FloatBuffer
    /// The running means and variances of batch normalisation by their names, `batch_normalization_1.moving_mean`, in
    /// the order in which they lie in `statistics`.
    package let placedStatistics: [PlacedParameter]
    /// What training keeps count of without a gradient.
    package let statistics: FloatBuffer
    /// The kernels: where in `values` lie the parameters that weight decay makes smaller, which are the weights of
    /// convolutions, of dense layers and of the head, but no biases and no scales of normalisation.
    package let decayed: [Range<Int>]
    let penalty: Penalty

    package struct PlacedParameter: Sendable {
        package let name: String
        package let parameter: Parameter
        package let offset: Int
        package var range: Range<Int> { offset..<offset + parameter.count }

        func fill(_ values: FloatBuffer, _ generator: inout SeededGenerator) {
            parameter.initializer.fill(
                UnsafeMutableBufferPointer(rebasing: values.values[range]), fanIn: parameter.fanIn,
                fanOut: parameter.fanOut, generator: &generator)
        }
    }

    /// `head` are parameters of the loss, with full names; they are trained with the backbone's. All parameters are
    /// zero until `initialize(seed:)`.
    package init(_ specification: [LayerSpecification], input: Shape, head: [Parameter] = [])
        throws(NetworkError)
    {
        var builder = Builder(shape: input)
        for layer in specification { try builder.append(layer) }
        guard builder.shape.isVector else { throw .embeddingIsNotAVector(builder.shape) }
        guard !builder.parameters.isEmpty else { throw .nothingToTrain }
        guard builder.shape.count <= Self.mostDimensions else {
            throw .outputTooLarge(layer: "the embedding", output: builder.shape)
        }
        self.specification = specification
        self.input = input
        dimension = builder.shape.count
        backboneCount = builder.count
        builder.place(head)
        operations = builder.operations
        tensors = builder.tensors
        output = builder.current
        parameters = builder.parameters
        values = FloatBuffer(count: builder.count)
        decayed = parameters.filter { $0.name.hasSuffix(".weight") && $0.parameter.dimensions.count > 1 }
            .map(\.range)
        penalty = Penalty(parameters)
        placedStatistics = builder.statistics
        statistics = FloatBuffer(count: builder.statisticsCount)
    }

    /// Far above every backbone of the papers, far below what brings a machine down.
    package static let mostValues = 1 << 29

    /// Of one layer for one image, likewise.
    package static let mostActivations = 1 << 28

    /// Of an embedding; a batch of them has to fit into memory.
    package static let mostDimensions = 1 << 20

    /// How many values all layers put out for one image.
    package var activationCount: Int { tensors.dropFirst().reduce(0, +) }

    /// How many parameters and statistics a backbone has, without room being made for them.
    package static func valueCount(_ specification: [LayerSpecification], input: Shape) throws(NetworkError)
        -> Int
    {
        var builder = Builder(shape: input)
        for layer in specification { try builder.append(layer) }
        return builder.count + builder.statisticsCount
    }

    /// The length of the embeddings of a backbone, without room being made for it.
    package static func dimension(
        of specification: [LayerSpecification], input: Shape
    ) throws(NetworkError) -> Int {
        var builder = Builder(shape: input)
        for layer in specification { try builder.append(layer) }
        return builder.shape.count
    }

    /// Its layers one by one, those within a residual block behind it, without room being made for it.
    package static func layers(
        of specification: [LayerSpecification], input: Shape
    ) throws(NetworkError) -> [LayerSize] {
        var builder = Builder(shape: input)
        for layer in specification { try builder.append(layer) }
        return builder.sizes
    }

    /// Where the head's parameters begin.
    package var headValues: UnsafeMutablePointer<Float> { values.base + backboneCount }

    /// Fills each parameter and statistic as its initialiser says, each from a stream of random numbers of its own.
    package func initialize(seed: UInt64) {
        for (position, placed) in parameters.enumerated() {
            var generator = SeededGenerator(seed: seed, .parameter(position))
            placed.fill(values, &generator)
        }
        for placed in placedStatistics {
            var generator = SeededGenerator(seed: seed)
            placed.fill(statistics, &generator)
        }
    }
}

extension Network {
    /// Layers made into operations, with their shapes checked and their parameters placed.
    private struct Builder {
        /// Of the current tensor, as the next layer sees it.
        var shape: Shape
        var operations: [Operation] = []
        var tensors: [Int]
        /// What the next layer reads.
        var current = 0
        var parameters: [PlacedParameter] = []
        var count = 0
        var statistics: [PlacedParameter] = []
        var statisticsCount = 0
        private var numbers: [String: Int] = [:]
        /// Tensors that a residual block's shortcut reads too.
        private var shared: Set<Int> = []
        /// Of the layers so far, and how deep the next one lies in residual blocks.
        private(set) var sizes: [LayerSize] = []
        private var depth = 0

        init(shape: Shape) {
            self.shape = shape
            tensors = [shape.count]
        }

        private mutating func place(_ body: Operation.Body, second: Int? = nil, named name: String) {
            let operation = Operation(
                name: name, body: body, input: current, second: second, output: tensors.count, offset: count,
                statistics: statisticsCount)
            operations.append(operation)
            current = operation.output
            shape = operation.outputShape
            tensors.append(shape.count)
            place(operation.parameters, of: name)
            guard case .normalization(let layer) = body else { return }
            for statistic in layer.statistics {
                statistics.append(
                    PlacedParameter(
                        name: "\(name).\(statistic.name)", parameter: statistic, offset: statisticsCount))
                statisticsCount += statistic.count
            }
        }

        mutating func place(_ parameters: [Parameter], of layer: String? = nil) {
            for parameter in parameters {
                let name = layer.map { "\($0).\(parameter.name)" } ?? parameter.name
                self.parameters.append(PlacedParameter(name: name, parameter: parameter, offset: count))
                count += parameter.count
            }
        }

        mutating func append(_ specification: LayerSpecification) throws(NetworkError) {
            let name = "\(specification.kind)_\(numbers[specification.kind, default: 0] + 1)"
            let (place, known) = (sizes.count, (parameters: parameters.count, operations: operations.count))
            depth += 1
            try appendUnlimited(specification)
            depth -= 1
            // What lies within it has been counted by itself.
            let isBlock = sizes.count > place
            let added = isBlock ? [] : parameters[known.parameters...]
            sizes.insert(
                LayerSize(
                    name: name, depth: depth, output: shape,
                    parameters: added.reduce(0) { $0 + $1.parameter.count },
                    multiplications: (isBlock ? [] : operations[known.operations...]).reduce(0) {
                        $0 + $1.multiplications
                    }), at: place)
            guard count + statisticsCount <= Network.mostValues else {
                throw .tooLarge(limit: Network.mostValues)
            }
            guard tensors[current] <= Network.mostActivations else {
                throw .outputTooLarge(layer: operations.last?.name ?? "input", output: shape)
            }
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
            case .conv2d(let filters, let kernel, let stride, let padding, let activation, let settings):
                try check(1...most ~= filters, "filters", filters, "1 to \(most)")
                let layer = try convolution(
                    filters, kernel, stride, padding, activation, settings, named: name)
                place(.image(layer), named: name)
                if activation != .relu { appendActivation(activation, named: name) }
            case .depthwiseConv2d(let kernel, let stride, let padding, let activation, let settings):
                place(.image(try depthwise(kernel, stride, padding, settings, named: name)), named: name)
                appendActivation(activation, named: name)
            case .squeezeExcitation(let units, let activation, let gate):
                try check(1...most ~= units, "units", units, "1 to \(most)")
                let layer = SqueezeExcitation(input: shape, units: units, activation: activation, gate: gate)
                place(.image(layer), named: name)
            case .maxPooling2d(let window, let stride):
                try check(1...15 ~= window, "window", window, "1 to 15")
                try check(1...255 ~= stride, "stride", stride, "1 to 255")
                try checkFits(window, layer: name)
                place(.image(MaxPooling(input: shape, window: window, stride: stride)), named: name)
            case .averagePooling2d(let window, let stride):
                try check(1...255 ~= window, "window", window, "1 to 255")
                try check(1...255 ~= stride, "stride", stride, "1 to 255")
                try checkFits(window, layer: name)
                place(.image(AveragePooling(input: shape, window: window, stride: stride)), named: name)
            case .globalAveragePooling2d: place(.image(AveragePooling(global: shape)), named: name)
            case .dense(let units, let activation, let settings):
                try check(1...most ~= units, "units", units, "1 to \(most)")
                guard shape.isVector else { throw .notFlattened(layer: name, input: shape) }
                let dense = Dense(input: shape, units: units, settings: try .checked(settings, layer: name))
                place(.dense(dense), named: name)
                appendActivation(activation, named: name)
            case .flatten: shape = Shape(vector: shape.count)
            case .dropout(let rate):
                try check(rate >= 0 && rate < 1, "rate", rate, "at least 0 and less than 1")
                if rate > 0 { place(.image(Dropout(input: shape, rate: rate)), named: name) }
            case .activation(let function):
                if function == .softmax && !shape.isVector { throw .notFlattened(layer: name, input: shape) }
                appendActivation(function, named: name)
            case .l2Normalization:
                guard shape.isVector else { throw .notFlattened(layer: name, input: shape) }
                place(.image(L2Normalization(input: shape)), named: name)
            case .batchNormalization(let momentum, let epsilon):
                try check(momentum >= 0 && momentum < 1, "momentum", momentum, "at least 0 and less than 1")
                try check(epsilon > 0 && epsilon <= 1, "epsilon", epsilon, "more than 0, at most 1")
                let layer = BatchNormalization(input: shape, momentum: momentum, epsilon: epsilon)
                place(.normalization(layer), named: name)
            case .residual(let layers, let shortcut):
                try check(!layers.isEmpty, "layers", "empty", "at least one layer")
                try appendResidual(layers, shortcut, named: name)
            }
        }

        /// Of a convolution.
        private func checkWindow(
            _ kernel: LayerSpecification.Extent, _ stride: LayerSpecification.Extent,
            _ padding: LayerSpecification.Padding, layer: String
        ) throws(NetworkError) {
            let pixels = padding.pixels
            for (key, extent, least) in [
                ("kernel", kernel, 1), ("stride", stride, 1), ("padding", pixels, 0),
            ] {
                guard least...255 ~= extent.height && least...255 ~= extent.width else {
                    throw .invalidValue(
                        layer: layer, key: key, value: "\(extent.height) x \(extent.width)",
                        expected: "\(least) to 255 each way")
                }
            }
            guard
                padding == .same
                    || (kernel.height <= shape.height + 2 * pixels.height
                        && kernel.width <= shape.width + 2 * pixels.width)
            else {
                throw .inputTooSmall(
                    layer: layer, input: shape, window: "\(kernel.height) x \(kernel.width)")
            }
        }

        private func checkFits(_ window: Int, layer: String) throws(NetworkError) {
            guard window <= shape.height && window <= shape.width else {
                throw .inputTooSmall(layer: layer, input: shape, window: "\(window) x \(window)")
            }
        }

        private func convolution(
            _ filters: Int, _ kernel: LayerSpecification.Extent, _ stride: LayerSpecification.Extent,
            _ padding: LayerSpecification.Padding, _ activation: LayerSpecification.Activation,
            _ settings: LayerSpecification.ParameterSettings?,
            named name: String
        ) throws(NetworkError) -> Convolution {
            try checkWindow(kernel, stride, padding, layer: name)
            let layer = Convolution(
                input: shape, filters: filters, kernel: kernel, stride: stride, padding: padding,
                relu: activation == .relu, settings: try .checked(settings, layer: name))
            guard layer.paddedCount <= Network.mostActivations else {
                throw .outputTooLarge(layer: name, output: layer.output)
            }
            return layer
        }

        private func depthwise(
            _ kernel: LayerSpecification.Extent, _ stride: LayerSpecification.Extent,
            _ padding: LayerSpecification.Padding, _ settings: LayerSpecification.ParameterSettings?,
            named name: String
        ) throws(NetworkError) -> DepthwiseConvolution {
            try checkWindow(kernel, stride, padding, layer: name)
            let layer = DepthwiseConvolution(
                input: shape, kernel: kernel, stride: stride, padding: padding,
                settings: try .checked(settings, layer: name))
            guard layer.scratchCount(training: true) <= Network.mostActivations else {
                throw .outputTooLarge(layer: name, output: layer.output)
            }
            return layer
        }

        private mutating func appendResidual(
            _ layers: [LayerSpecification], _ shortcut: [LayerSpecification], named name: String
        ) throws(NetworkError) {
            let (start, startShape) = (current, shape)
            shared.insert(start)
            for layer in layers { try append(layer) }
            let (end, endShape) = (current, shape)
            (current, shape) = (start, startShape)
            for layer in shortcut { try append(layer) }
            guard shape == endShape else {
                throw .shapesDiffer(layer: name, layers: "\(endShape)", shortcut: "\(shape)")
            }
            place(.addition(shape, relu: false), second: end, named: name)
        }

        private mutating func appendActivation(_ function: LayerSpecification.Activation, named name: String)
        {
            guard let rectifier = Rectifier(function) else {
                place(.image(ActivationLayer(input: shape, function: function)), named: name)
                return
            }
            guard rectifier != .none, !fold(rectifier) else { return }
            place(.image(ActivationLayer(input: shape, function: function)), named: name)
        }

        /// A ReLU done by the operation that puts the current tensor out, if that can do it, and come back through it,
        /// and nothing else reads the tensor.
        private mutating func fold(_ rectifier: Rectifier) -> Bool {
            guard let last = operations.last, last.output == current, !shared.contains(current) else {
                return false
            }
            switch last.body {
            case .normalization(var layer):
                if rectifier.rawValue > layer.rectifier.rawValue { layer.rectifier = rectifier }
                operations[operations.count - 1].body = .normalization(layer)
            case .addition(let shape, _) where rectifier == .relu:
                operations[operations.count - 1].body = .addition(shape, relu: true)
            case .image(var layer as Convolution) where rectifier == .relu:
                layer.rectifier = rectifier
                operations[operations.count - 1].body = .image(layer)
            case .image, .dense, .addition: return false
            }
            return true
        }
    }
}
