/// One layer of a backbone, as a recipe and a checkpoint name it.
public indirect enum LayerSpecification: Codable, Sendable, Hashable {
    /// A two-dimensional convolution with bias.
    case conv2d(
        filters: Int, kernel: Extent, stride: Extent = 1, padding: Padding = .valid,
        activation: Activation = .linear, parameters: ParameterSettings? = nil)
    /// A convolution with bias in which each channel has a kernel of its own (Howard et al. 2017).
    case depthwiseConv2d(
        kernel: Extent, stride: Extent = 1, padding: Padding = .valid, activation: Activation = .linear,
        parameters: ParameterSettings? = nil)
    /// Each channel times a factor between 0 and 1 that two fully connected layers make of the means of all channels
    /// (Hu et al. 2018): `units` between them, followed by `activation`, and `gate` behind the second.
    case squeezeExcitation(units: Int, activation: Activation = .relu, gate: Activation = .sigmoid)
    /// The largest value of each window, channel by channel; what does not fill a window is left out.
    case maxPooling2d(window: Int, stride: Int)
    /// The mean of each window, channel by channel; what does not fill a window is left out.
    case averagePooling2d(window: Int, stride: Int)
    /// The mean of each channel: `[height, width, channels]` becomes a vector of `channels`.
    case globalAveragePooling2d
    /// Each channel less its mean over the batch and all places, divided by its standard deviation, then scaled and
    /// shifted by learned numbers (Ioffe and Szegedy 2015); after training with running means instead of the
    /// batch's. `momentum` is what the running values keep of themselves at each step.
    case batchNormalization(momentum: Float = 0.99, epsilon: Float = 0.001)
    /// A fully connected layer with bias.
    case dense(units: Int, activation: Activation = .linear, parameters: ParameterSettings? = nil)
    /// `[height, width, channels]` read as one vector, in that order.
    case flatten
    /// In training, each value is dropped with probability `rate`, the others divided by `1 - rate`.
    case dropout(rate: Float)
    /// An activation as a layer of its own.
    case activation(Activation)
    /// `layers(x) + shortcut(x)` (He et al. 2016); an empty shortcut is x itself.
    case residual(layers: [LayerSpecification], shortcut: [LayerSpecification] = [])
    /// A vector divided by its Euclidean length.
    case l2Normalization

    enum CodingKeys: String, CodingKey {
        case conv2d
        case depthwiseConv2d = "depthwise-conv2d"
        case squeezeExcitation = "squeeze-excitation"
        case maxPooling2d = "max-pooling2d"
        case averagePooling2d = "average-pooling2d"
        case globalAveragePooling2d = "global-average-pooling2d"
        case batchNormalization = "batch-normalization"
        case dense, flatten, dropout, activation, residual
        case l2Normalization = "l2-normalization"
    }

    /// Windows side by side: the stride is their side.
    public static func maxPooling2d(window: Int) -> Self { .maxPooling2d(window: window, stride: window) }

    /// Windows side by side: the stride is their side.
    public static func averagePooling2d(window: Int) -> Self {
        .averagePooling2d(window: window, stride: window)
    }

    /// A height and a width in pixels; a number stands for both.
    public struct Extent: Codable, Sendable, Hashable, ExpressibleByIntegerLiteral {
        /// Rows.
        public var height: Int
        /// Columns.
        public var width: Int
        /// `height` rows and `width` columns.
        public init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }

        /// A square.
        public init(integerLiteral side: Int) { self.init(height: side, width: side) }
    }

    /// What a convolution reads beyond the image.
    public enum Padding: Sendable, Hashable {
        /// None: the output shrinks by the kernel less one.
        case valid
        /// Zeros, so that output = ceil(input / stride); of an odd number the larger part lies below and at the
        /// right, as in Keras.
        case same
        /// So many rows of zeros above and below, and columns at the left and right.
        case pixels(Extent)
    }

    /// The function applied to every value of a layer.
    public enum Activation: String, Codable, Sendable, CaseIterable {
        case linear, relu
        /// At most 6, too.
        case relu6
        /// 0.01 x below zero (Maas et al. 2013).
        case leakyReLU = "leaky-relu"
        /// Klambauer et al. 2017.
        case selu
        /// With the normal distribution's own function, not an approximation (Hendrycks and Gimpel 2016).
        case gelu
        case tanh, sigmoid
        /// relu6(x + 3) / 6 (Howard et al. 2019).
        case hardSigmoid = "hard-sigmoid"
        /// x times that.
        case hardSwish = "hard-swish"
        /// Over all values of a vector.
        case softmax
    }

    /// What training knows of a layer's weights besides their shape.
    public struct ParameterSettings: Codable, Sendable, Hashable {
        /// How the weights begin: `glorot-uniform` where it is not said.
        public var kernelInitializer: Initializer?
        /// How the biases begin: `zeros` where it is not said.
        public var biasInitializer: Initializer?
        /// The loss grows by this times the sum of the weights' absolute values.
        public var kernelL1: Float?
        /// The loss grows by this times the sum of the weights' squares (Keras' L2, without a half).
        public var kernelL2: Float?
        /// As `kernelL1`, of the biases.
        public var biasL1: Float?
        /// As `kernelL2`, of the biases.
        public var biasL2: Float?

        /// Nothing but defaults, unless said.
        public init(
            kernelInitializer: Initializer? = nil, biasInitializer: Initializer? = nil,
            kernelL1: Float? = nil,
            kernelL2: Float? = nil, biasL1: Float? = nil, biasL2: Float? = nil
        ) {
            self.kernelInitializer = kernelInitializer
            self.biasInitializer = biasInitializer
            self.kernelL1 = kernelL1
            self.kernelL2 = kernelL2
            self.biasL1 = biasL1
            self.biasL2 = biasL2
        }
    }

    /// The kind, as layers are named after it: `conv2d_1`.
    package var kind: String {
        switch self {
        case .conv2d: "conv2d"
        case .depthwiseConv2d: "depthwise_conv2d"
        case .squeezeExcitation: "squeeze_excitation"
        case .maxPooling2d: "max_pooling2d"
        case .averagePooling2d: "average_pooling2d"
        case .globalAveragePooling2d: "global_average_pooling2d"
        case .batchNormalization: "batch_normalization"
        case .dense: "dense"
        case .flatten: "flatten"
        case .dropout: "dropout"
        case .activation: "activation"
        case .residual: "residual"
        case .l2Normalization: "l2_normalization"
        }
    }
}

extension LayerSpecification.Padding: Codable {
    /// A word, or an extent.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        switch try? container.decode(String.self) {
        case "valid": self = .valid
        case "same": self = .same
        case let word?:
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no padding \(word)")
        case nil: self = .pixels(try container.decode(LayerSpecification.Extent.self))
        }
    }

    /// A word, or an extent.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .valid: try container.encode("valid")
        case .same: try container.encode("same")
        case .pixels(let extent): try container.encode(extent)
        }
    }
}
