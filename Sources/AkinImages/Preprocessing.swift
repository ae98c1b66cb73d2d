/// How a picture becomes the network's input; part of a checkpoint, so that an image is embedded the same way
/// for ever.
public struct Preprocessing: Codable, Sendable, Hashable {
    /// Whether the network sees colours.
    public enum Channels: String, Codable, Sendable, CaseIterable {
        case grey, rgb
        /// 1 or 3.
        public var count: Int { self == .grey ? 1 : 3 }
    }

    /// How a picture is laid on the input's canvas.
    public enum Placement: String, Codable, Sendable, CaseIterable {
        /// Scaled, keeping its proportions, to the largest size that fits; centred; padded with the background.
        case fit
        /// Scaled to the canvas in both directions.
        case stretch
        /// Unscaled in the middle of the canvas (thesis, section 4.1.4); cut off where it is larger.
        case canvas
    }

    /// How pixel values (0 to 255) become floats.
    public enum Scaling: String, Codable, Sendable, CaseIterable {
        /// Divided by 255: 0...1.
        case unit
        /// Divided by 255, then for each image less its mean and divided by its standard deviation.
        case standardise
        /// As `unit` after the contrast of the picture was stretched in each channel, so that half of it becomes white
        /// and a hundredth black: ink on paper of any shade looks alike. Less than an eighth of the range from black to
        /// white is stretched eightfold only, so that a blank page stays nearly white.
        case paper
    }

    /// The height of the network's input, in pixels.
    public var height: Int
    /// The width of the network's input, in pixels.
    public var width: Int
    /// Whether the input is grey or has colours.
    public var channels: Channels
    /// How the picture is laid on the input's canvas.
    public var placement: Placement
    /// Whether light and dark are exchanged, after padding: dark ink on white paper becomes bright on black.
    public var invert: Bool
    /// How pixel values become floats.
    public var scaling: Scaling
    /// The grey value, 0 (black) to 255 (white), with which `fit` and `canvas` pad, before inversion.
    public var background: UInt8

    /// By default: grey, fitted on white, 0 to 1.
    public init(
        height: Int, width: Int, channels: Channels = .grey, placement: Placement = .fit,
        invert: Bool = false,
        scaling: Scaling = .unit, background: UInt8 = 255
    ) {
        self.height = height
        self.width = width
        self.channels = channels
        self.placement = placement
        self.invert = invert
        self.scaling = scaling
        self.background = background
    }

    /// `height * width * channels`.
    public var inputCount: Int { height * width * channels.count }
}
