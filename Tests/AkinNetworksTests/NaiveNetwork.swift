import AkinNetworks
import AkinTensors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The twin of `Network`: every layer written down as its formula, in double precision, without any thought of speed.
struct NaiveNetwork {
    let layers: [LayerSpecification]
    let input: Shape
    /// As in `Network.values`.
    var parameters: [Double]
    /// As in `Network.statistics`: what batch normalisation takes; the batch's own means and variances where nil.
    var statistics: [Double]?

    /// What goes from layer to layer, and how far the parameters and statistics are used up.
    private struct State {
        /// One for each image.
        var values: [[Double]]
        var shape: Shape
        var parameters = 0
        var statistics = 0
    }

    /// The embeddings of a batch of images `[height, width, channels]`.
    func embeddings(_ images: [[Double]]) -> [[Double]] {
        var state = State(values: images, shape: input)
        for layer in layers { run(layer, &state) }
        return state.values
    }

    private func run(_ layer: LayerSpecification, _ state: inout State) {
        func take(_ count: Int) -> [Double] {
            defer { state.parameters += count }
            return Array(parameters[state.parameters..<state.parameters + count])
        }
        /// `body` for each image; it may set the new shape.
        func each(_ body: ([Double], inout Shape) -> [Double]) {
            let before = state.shape
            state.values = state.values.map {
                state.shape = before
                return body($0, &state.shape)
            }
        }
        func pool(_ height: Int, _ width: Int, _ stride: Int, _ value: ([Double]) -> Double) {
            each { x, shape in
                let y: [Double]
                (y, shape) = pooling(x, shape, height, width, stride, value)
                return y
            }
        }
        switch layer {
        case .conv2d(let filters, let kernel, let stride, let padding, let activation, _):
            let weight = take(kernel.height * kernel.width * state.shape.channels * filters)
            let bias = take(filters)
            each { x, shape in
                let y: [Double]
                (y, shape) = convolution(x, shape, weight, bias: bias, filters, kernel, stride, padding)
                return apply(activation, y)
            }
        case .depthwiseConv2d(let kernel, let stride, let padding, let activation, _):
            let channels = state.shape.channels
            let own = take(kernel.height * kernel.width * channels)
            let bias = take(channels)
            // The kernel that lets no channel into another.
            var weight = [Double](repeating: 0, count: own.count * channels)
            for (i, value) in own.enumerated() { weight[i * channels + i % channels] = value }
            each { x, shape in
                let y: [Double]
                (y, shape) = convolution(x, shape, weight, bias: bias, channels, kernel, stride, padding)
                return apply(activation, y)
            }
        case .squeezeExcitation(let units, let activation, let gate):
            let channels = state.shape.channels
            let reduce = (take(channels * units), take(units))
            let expand = (take(units * channels), take(channels))
            each { x, shape in
                let means = pooling(x, shape, shape.height, shape.width, 1, mean).0
                let factors = apply(gate, dense(apply(activation, dense(means, reduce)), expand))
                return x.enumerated().map { i, value in value * factors[i % channels] }
            }
        case .maxPooling2d(let window, let stride):
            pool(window, window, stride) { $0.max()! }
        case .averagePooling2d(let window, let stride): pool(window, window, stride, mean)
        case .globalAveragePooling2d: pool(state.shape.height, state.shape.width, 1, mean)
        case .l2Normalization:
            each { x, _ in
                let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return x.map { $0 / max(length, 1e-12) }
            }
        case .dense(let units, let activation, _):
            let (weight, bias) = (take(state.shape.count * units), take(units))
            each { x, shape in
                shape = Shape(height: 1, width: 1, channels: units)
                return apply(activation, dense(x, (weight, bias)))
            }
        case .flatten: state.shape = Shape(height: 1, width: 1, channels: state.shape.count)
        case .dropout: break
        case .activation(let function): each { x, _ in apply(function, x) }
        case .batchNormalization(_, let epsilon):
            let channels = state.shape.channels
            let (weight, bias) = (take(channels), take(channels))
            var (mean, variance) = moments(state.values, channels)
            if let statistics {
                mean = Array(statistics[state.statistics..<state.statistics + channels])
                variance = Array(statistics[state.statistics + channels..<state.statistics + 2 * channels])
            }
            state.statistics += 2 * channels
            each { x, _ in
                x.enumerated().map { i, value in
                    let c = i % channels
                    return (value - mean[c]) * weight[c] / (variance[c] + Double(epsilon)).squareRoot()
                        + bias[c]
                }
            }
        case .residual(let layers, let shortcut):
            let start = (state.values, state.shape)
            for layer in layers { run(layer, &state) }
            let sum = state.values
            (state.values, state.shape) = start
            for layer in shortcut { run(layer, &state) }
            state.values = zip(sum, state.values).map { zip($0, $1).map(+) }
        }
    }

    /// Mean and biased variance of each channel, over all places of all images.
    func moments(_ images: [[Double]], _ channels: Int) -> (mean: [Double], variance: [Double]) {
        var (means, variances): ([Double], [Double]) = ([], [])
        for c in 0..<channels {
            let values = images.flatMap { image in
                stride(from: c, to: image.count, by: channels).map { image[$0] }
            }
            let mean = values.reduce(0, +) / Double(values.count)
            means.append(mean)
            variances.append(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
        }
        return (means, variances)
    }

    private func dense(_ x: [Double], _ layer: (weight: [Double], bias: [Double])) -> [Double] {
        let units = layer.bias.count
        return (0..<units).map { o in
            x.indices.reduce(layer.bias[o]) { $0 + x[$1] * layer.weight[$1 * units + o] }
        }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func apply(_ function: LayerSpecification.Activation, _ x: [Double]) -> [Double] {
        switch function {
        case .linear: return x
        case .relu: return x.map { max($0, 0) }
        case .relu6: return x.map { min(max($0, 0), 6) }
        case .hardSigmoid: return x.map { min(max($0 + 3, 0), 6) / 6 }
        case .hardSwish: return x.map { $0 * min(max($0 + 3, 0), 6) / 6 }
        case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
        case .leakyReLU: return x.map { $0 > 0 ? $0 : 0.01 * $0 }
        case .selu:
            return x.map { 1.0507009873554804934 * ($0 > 0 ? $0 : 1.6732632423543772848 * (exp($0) - 1)) }
        case .gelu: return x.map { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }
        case .tanh: return x.map { tanh($0) }
        case .softmax:
            let powers = x.map { exp($0) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
    }

    private func convolution(
        _ x: [Double], _ shape: Shape, _ weight: [Double], bias: [Double], _ filters: Int,
        _ kernel: LayerSpecification.Extent, _ stride: LayerSpecification.Extent,
        _ padding: LayerSpecification.Padding
    ) -> ([Double], Shape) {
        func extent(_ size: Int, _ kernel: Int, _ stride: Int, _ pixels: Int?) -> (size: Int, before: Int) {
            guard padding == .same else {
                let before = pixels ?? 0
                return ((size + 2 * before - kernel) / stride + 1, before)
            }
            let output = Int((Double(size) / Double(stride)).rounded(.up))
            return (output, max((output - 1) * stride + kernel - size, 0) / 2)
        }
        var pixels: LayerSpecification.Extent?
        if case .pixels(let extent) = padding { pixels = extent }
        let vertical = extent(shape.height, kernel.height, stride.height, pixels?.height)
        let horizontal = extent(shape.width, kernel.width, stride.width, pixels?.width)
        let output = Shape(height: vertical.size, width: horizontal.size, channels: filters)
        var y = [Double](repeating: 0, count: output.count)
        for v in 0..<output.height {
            for u in 0..<output.width {
                for o in 0..<filters {
                    var sum = bias[o]
                    for i in 0..<kernel.height {
                        for j in 0..<kernel.width {
                            let row = v * stride.height + i - vertical.before
                            let column = u * stride.width + j - horizontal.before
                            guard 0..<shape.height ~= row, 0..<shape.width ~= column else { continue }
                            for c in 0..<shape.channels {
                                sum +=
                                    x[(row * shape.width + column) * shape.channels + c]
                                    * weight[((i * kernel.width + j) * shape.channels + c) * filters + o]
                            }
                        }
                    }
                    y[(v * output.width + u) * filters + o] = sum
                }
            }
        }
        return (y, output)
    }

    /// `value` of each window, channel by channel.
    private func pooling(
        _ x: [Double], _ shape: Shape, _ height: Int, _ width: Int, _ stride: Int,
        _ value: ([Double]) -> Double
    ) -> ([Double], Shape) {
        let output = Shape(
            height: (shape.height - height) / stride + 1, width: (shape.width - width) / stride + 1,
            channels: shape.channels)
        var y: [Double] = []
        for v in 0..<output.height {
            for u in 0..<output.width {
                for c in 0..<shape.channels {
                    var window: [Double] = []
                    for i in 0..<height {
                        for j in 0..<width {
                            window.append(
                                x[((v * stride + i) * shape.width + u * stride + j) * shape.channels + c])
                        }
                    }
                    y.append(value(window))
                }
            }
        }
        return (y, output)
    }
}
