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

    /// The embedding of one image `[height, width, channels]`.
    func embedding(_ image: [Double]) -> [Double] {
        var (x, shape, offset) = (image, input, 0)
        func take(_ count: Int) -> [Double] {
            defer { offset += count }
            return Array(parameters[offset..<offset + count])
        }
        for layer in layers {
            switch layer {
            case .conv2d(let filters, let kernel, let stride, let padding, let activation):
                let weight = take(kernel.height * kernel.width * shape.channels * filters)
                (x, shape) = convolution(
                    x, shape, weight, bias: take(filters), filters, kernel, stride, padding)
                x = apply(activation, x)
            case .maxPooling2d(let window, let stride):
                (x, shape) = maxPooling(x, shape, window, stride)
            case .dense(let units, let activation):
                let (weight, bias) = (take(x.count * units), take(units))
                x = apply(
                    activation,
                    (0..<units).map { o in x.indices.reduce(bias[o]) { $0 + x[$1] * weight[$1 * units + o] } }
                )
                shape = Shape(height: 1, width: 1, channels: units)
            case .flatten: shape = Shape(height: 1, width: 1, channels: x.count)
            case .dropout: break
            case .activation(let function): x = apply(function, x)
            }
        }
        return x
    }

    private func apply(_ function: LayerSpecification.Activation, _ x: [Double]) -> [Double] {
        switch function {
        case .linear: return x
        case .relu: return x.map { max($0, 0) }
        case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
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
        func extent(_ size: Int, _ kernel: Int, _ stride: Int) -> (size: Int, before: Int) {
            guard padding == .same else { return ((size - kernel) / stride + 1, 0) }
            let output = Int((Double(size) / Double(stride)).rounded(.up))
            return (output, max((output - 1) * stride + kernel - size, 0) / 2)
        }
        let vertical = extent(shape.height, kernel.height, stride.height)
        let horizontal = extent(shape.width, kernel.width, stride.width)
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

    private func maxPooling(_ x: [Double], _ shape: Shape, _ window: Int, _ stride: Int) -> ([Double], Shape)
    {
        let output = Shape(
            height: (shape.height - window) / stride + 1, width: (shape.width - window) / stride + 1,
            channels: shape.channels)
        var y: [Double] = []
        for v in 0..<output.height {
            for u in 0..<output.width {
                for c in 0..<shape.channels {
                    var most = -Double.infinity
                    for i in 0..<window {
                        for j in 0..<window {
                            most = max(
                                most,
                                x[((v * stride + i) * shape.width + u * stride + j) * shape.channels + c])
                        }
                    }
                    y.append(most)
                }
            }
        }
        return (y, output)
    }
}

/// The twin of `PairLoss`, from the thesis' formulas.
struct NaivePairLoss {
    var margin: Double
    var contribution: Double

    func total(
        _ embeddings: [[Double]], classes: [Int], pairs: [Pair], weight: [Double] = [], bias: [Double] = []
    ) -> Double {
        var total = 0.0
        for pair in pairs {
            let (left, right) = (embeddings[Int(pair.left)], embeddings[Int(pair.right)])
            let distance = max(zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }, 1e-7)
                .squareRoot()
            let missing = max(0, margin - distance)
            total += pair.different ? missing * missing : distance * distance
            guard contribution > 0 else { continue }
            for position in [Int(pair.left), Int(pair.right)] {
                let scores = bias.indices.map { c in
                    embeddings[position].indices.reduce(bias[c]) {
                        $0 + embeddings[position][$1] * weight[$1 * bias.count + c]
                    }
                }
                let sum = scores.reduce(0) { $0 + exp($1) }
                total -= contribution * log(exp(scores[classes[position]]) / sum)
            }
        }
        return total / Double(pairs.count)
    }
}
