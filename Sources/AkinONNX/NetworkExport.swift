import AkinNetworks
import AkinTensors

/// Akin's layers as ONNX operators, one after the other. Akin's pictures have their channels last, ONNX's first: what is
/// between two layers is turned only where it becomes a vector.
struct NetworkExport {
    static let input = "picture"
    static let output = "embedding"

    var graph = ONNXGraph()
    let network: Network
    /// What the next layer reads, `[n, channels, height, width]`, or as a vector `[n, channels]`.
    var current = input
    /// As Akin sees it.
    var shape: Shape
    var isFlat = false
    private var numbers: [String: Int] = [:]

    init(_ network: Network) {
        self.network = network
        shape = network.input
    }

    /// The embedding's name.
    mutating func finish() -> String {
        becomeVector()
        current = graph.node("Identity", [current], output: Self.output)
        return current
    }

    mutating func append(_ layer: LayerSpecification) {
        numbers[layer.kind, default: 0] += 1
        let name = "\(layer.kind)_\(numbers[layer.kind]!)"
        switch layer {
        case .conv2d(let filters, let kernel, let stride, let padding, let activation, _):
            convolve(name, filters: filters, kernel, stride, padding)
            activate(activation)
        case .depthwiseConv2d(let kernel, let stride, let padding, let activation, _):
            convolve(name, filters: nil, kernel, stride, padding)
            activate(activation)
        case .squeezeExcitation(_, let activation, let gate): exciteChannels(name, activation, gate)
        case .maxPooling2d(let window, let stride): pool("MaxPool", window, stride)
        case .averagePooling2d(let window, let stride): pool("AveragePool", window, stride)
        case .globalAveragePooling2d:
            becomeMap()
            current = graph.node("GlobalAveragePool", [current])
            shape = Shape(vector: shape.channels)
        case .batchNormalization(_, let epsilon): normalise(name, epsilon)
        case .dense(let units, let activation, _):
            becomeVector()
            multiply(name)
            shape = Shape(vector: units)
            activate(activation)
        case .flatten: becomeVector()
        // Embedding, nothing is dropped.
        case .dropout: break
        case .activation(let function): activate(function)
        case .residual(let layers, let shortcut): add(layers, to: shortcut)
        case .l2Normalization: scaleToUnitLength()
        }
    }

    private mutating func add(_ layers: [LayerSpecification], to shortcut: [LayerSpecification]) {
        let start = (current, shape, isFlat)
        for layer in layers { append(layer) }
        let end = (name: current, isFlat: isFlat)
        (current, shape, isFlat) = start
        for layer in shortcut { append(layer) }
        // Of one place in all, either may be a map or a vector.
        if isFlat != end.isFlat {
            if isFlat { becomeMap() } else { becomeVector() }
        }
        current = graph.node("Add", [end.name, current])
    }

    /// The values of a parameter or statistic of the layer of that name.
    func values(_ layer: String, _ parameter: String) -> [Float] {
        let name = "\(layer).\(parameter)"
        if let placed = network.parameters.first(where: { $0.name == name }) {
            return Array(network.values.values[placed.range])
        }
        let placed = network.placedStatistics.first { $0.name == name }!
        return Array(network.statistics.values[placed.range])
    }

    /// As one list of numbers.
    mutating func becomeVector() {
        guard !isFlat else { return }
        // In the order of Akin's values.
        if !shape.isVector { current = graph.node("Transpose", [current], ["perm": .numbers([0, 2, 3, 1])]) }
        current = graph.node("Flatten", [current], ["axis": .number(1)])
        shape = Shape(vector: shape.count)
        isFlat = true
    }

    /// As a picture of one place.
    mutating func becomeMap() {
        guard isFlat else { return }
        current = graph.node("Unsqueeze", [current, graph.list("last_axes", [2, 3])])
        isFlat = false
    }
}
