/// One layer of a backbone, as a recipe and a checkpoint name it.
public enum LayerSpecification: Codable, Sendable, Hashable {
    /// A two-dimensional convolution with bias.
    case conv2d(filters: Int, kernel: Extent, stride: Extent, padding: Padding, activation: Activation)
    /// The largest value of each window, channel by channel; what does not fill a window is left out.
    case maxPooling2d(window: Int, stride: Int)
    /// A fully connected layer with bias.
    case dense(units: Int, activation: Activation)
    /// `[height, width, channels]` read as one vector, in that order.
    case flatten
    /// In training, each value is dropped with probability `rate`, the others divided by `1 - rate`.
    case dropout(rate: Float)
    /// An activation as a layer of its own.
    case activation(Activation)

    enum CodingKeys: String, CodingKey {
        case conv2d
        case maxPooling2d = "max-pooling2d"
        case dense, flatten, dropout, activation
    }

    /// A height and a width in pixels.
    public struct Extent: Codable, Sendable, Hashable {
        /// Rows.
        public var height: Int
        /// Columns.
        public var width: Int
        /// `height` rows and `width` columns.
        public init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }
    }

    /// What a convolution reads beyond the image.
    public enum Padding: String, Codable, Sendable, CaseIterable {
        /// None: the output shrinks by the kernel less one.
        case valid
        /// Zeros, so that output = ceil(input / stride); of an odd number the larger part lies below and at the
        /// right, as in Keras.
        case same
    }

    /// The function applied to every value of a layer.
    public enum Activation: String, Codable, Sendable, CaseIterable {
        case linear, relu, sigmoid
        /// Over all values of a vector.
        case softmax
    }

    /// The kind, as layers are named after it: `conv2d_1`.
    package var kind: String {
        switch self {
        case .conv2d: "conv2d"
        case .maxPooling2d: "max_pooling2d"
        case .dense: "dense"
        case .flatten: "flatten"
        case .dropout: "dropout"
        case .activation: "activation"
        }
    }
}
