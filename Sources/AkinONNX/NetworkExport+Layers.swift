import AkinNetworks

extension NetworkExport {
    /// With a kernel for each channel where `filters` is nil.
    mutating func convolve(
        _ name: String, filters: Int?, _ kernel: LayerSpecification.Extent,
        _ stride: LayerSpecification.Extent, _ padding: LayerSpecification.Padding
    ) {
        becomeMap()
        let window = ConvolutionWindow(input: shape, kernel: kernel, stride: stride, padding: padding)
        let (area, inputs) = (kernel.height * kernel.width, filters == nil ? 1 : shape.channels)
        let outputs = filters ?? shape.channels
        // From [place, input, output] to [output, input, place].
        let given = values(name, "weight")
        var turned = [Float](repeating: 0, count: given.count)
        for place in 0..<area {
            for input in 0..<inputs {
                for output in 0..<outputs {
                    turned[(output * inputs + input) * area + place] =
                        given[(place * inputs + input) * outputs + output]
                }
            }
        }
        let weight = graph.tensor("\(name).weight", [outputs, inputs, kernel.height, kernel.width], turned)
        let bias = graph.tensor("\(name).bias", [outputs], values(name, "bias"))
        let pads = [
            window.top, window.left, window.paddedHeight - shape.height - window.top,
            window.paddedWidth - shape.width - window.left,
        ]
        current = graph.node(
            "Conv", [current, weight, bias],
            [
                "group": .number(filters == nil ? outputs : 1),
                "kernel_shape": .numbers([kernel.height, kernel.width]), "pads": .numbers(pads),
                "strides": .numbers([stride.height, stride.width]),
            ])
        shape = Shape(height: window.height, width: window.width, channels: outputs)
    }

    mutating func pool(_ operation: String, _ window: Int, _ stride: Int) {
        becomeMap()
        current = graph.node(
            operation, [current],
            ["kernel_shape": .numbers([window, window]), "strides": .numbers([stride, stride])])
        shape = shape.pooled(window: window, stride: stride)
    }

    /// A fully connected layer on a vector.
    mutating func multiply(_ name: String) {
        let (given, added) = (values(name, "weight"), values(name, "bias"))
        let weight = graph.tensor("\(name).weight", [given.count / added.count, added.count], given)
        let bias = graph.tensor("\(name).bias", [added.count], added)
        current = graph.node("Gemm", [current, weight, bias])
    }

    mutating func normalise(_ name: String, _ epsilon: Float) {
        let parameters = ["weight", "bias", "moving_mean", "moving_variance"].map { parameter in
            let values = values(name, parameter)
            return graph.tensor("\(name).\(parameter)", [values.count], values)
        }
        current = graph.node("BatchNormalization", [current] + parameters, ["epsilon": .float(epsilon)])
    }

    mutating func exciteChannels(
        _ name: String, _ activation: LayerSpecification.Activation, _ gate: LayerSpecification.Activation
    ) {
        becomeMap()
        let (whole, wholeShape) = (current, shape)
        current = graph.node("GlobalAveragePool", [current])
        shape = Shape(vector: shape.channels)
        becomeVector()
        multiply("\(name).reduce")
        activate(activation)
        multiply("\(name).expand")
        activate(gate)
        becomeMap()
        current = graph.node("Mul", [whole, current])
        shape = wholeShape
    }

    mutating func scaleToUnitLength() {
        becomeVector()
        let length = graph.node(
            "ReduceL2", [current], ["axes": .numbers([1]), "keepdims": .number(1)])
        let least = graph.tensor("shortest_length", [], [1e-12])
        current = graph.node("Div", [current, graph.node("Max", [length, least])])
    }

    mutating func activate(_ function: LayerSpecification.Activation) {
        switch function {
        case .linear: break
        case .relu: current = graph.node("Relu", [current])
        case .relu6: current = clip(current)
        case .leakyReLU: current = graph.node("LeakyRelu", [current], ["alpha": .float(0.01)])
        case .selu: current = graph.node("Selu", [current])
        case .tanh: current = graph.node("Tanh", [current])
        case .sigmoid: current = graph.node("Sigmoid", [current])
        case .hardSigmoid: current = hardSigmoid(current)
        case .hardSwish: current = graph.node("Mul", [current, hardSigmoid(current)])
        case .gelu: current = gelu(current)
        case .softmax:
            becomeVector()
            current = graph.node("Softmax", [current], ["axis": .number(1)])
        }
    }

    private mutating func clip(_ x: String) -> String {
        graph.node("Clip", [x, number(0), number(6)])
    }

    private mutating func hardSigmoid(_ x: String) -> String {
        let raised = graph.node("Add", [x, number(3)])
        return graph.node("Div", [clip(raised), number(6)])
    }

    /// x / 2 (1 + erf(x / sqrt(2)))
    private mutating func gelu(_ x: String) -> String {
        let error = graph.node("Erf", [graph.node("Mul", [x, number(Float(0.5).squareRoot())])])
        let half = graph.node("Mul", [x, number(0.5)])
        return graph.node("Mul", [half, graph.node("Add", [error, number(1)])])
    }

    private mutating func number(_ value: Float) -> String { graph.tensor("number_\(value)", [], [value]) }
}
