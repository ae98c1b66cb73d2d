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
        /// Scaled, keeping its proportions, until its shorter side has `shorterSide` pixels, or to the smallest size that
        /// fills the canvas; centred, and cut off where it is larger.
        case crop
    }

    /// How a picture is brought to another size. All of them look at every pixel where it shrinks, as Pillow does.
    public enum Interpolation: String, Codable, Sendable, CaseIterable {
        /// A triangle as wide as two pixels, old or new, whichever are larger.
        case bilinear
        /// A cubic as wide as four of them, with the slope -1/2 (Keys 1981); what it overshoots is cut off.
        case bicubic
        /// A box as wide as one of them: the mean of what a new pixel covers.
        case area
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

    /// What is taken for the ground on which a picture is drawn.
    public enum Ground: String, Codable, Sendable, CaseIterable {
        /// What is light: a picture is taken as it is.
        case light
        /// What there is more of, at the border and all over, light or dark; where it clearly is the dark, the negative is
        /// taken. So a drawing and its negative give the same input; a photograph is mostly left as it is.
        case either
    }

    /// What a decoder may do to save time, as JPEG's can.
    public enum Decoding: String, Codable, Sendable, CaseIterable {
        /// It decodes a picture at a smaller size where it is to become smaller anyway.
        case reduced
        /// It decodes a picture as it is: so do the programs that trained a foreign network.
        case whole
    }

    /// The height of the network's input, in pixels.
    public package(set) var height: Int
    /// The width of the network's input, in pixels.
    public package(set) var width: Int
    /// Whether the input is grey or has colours.
    public package(set) var channels: Channels
    /// How the picture is laid on the input's canvas.
    public package(set) var placement: Placement
    /// Whether light and dark are exchanged, after padding: dark ink on white paper becomes bright on black.
    public package(set) var invert: Bool
    /// How pixel values become floats.
    public package(set) var scaling: Scaling
    /// The grey value, 0 (black) to 255 (white), with which `fit` and `canvas` pad, before inversion.
    public package(set) var background: UInt8
    /// What is taken for the ground; a dark one becomes light before anything else is done.
    public package(set) var ground: Ground
    /// How a picture is brought to another size.
    public package(set) var interpolation: Interpolation
    /// The length in pixels to which placement `crop` scales the shorter side; nil for the smallest that fills the canvas.
    public package(set) var shorterSide: Int?
    /// For each channel what is taken away from each value and by what it is then divided, after everything else.
    public package(set) var normalisation: Normalisation?
    /// What a decoder may do to save time.
    public package(set) var decoding: Decoding

    /// A mean and a deviation for each channel, of values that `scaling` has left.
    public struct Normalisation: Sendable, Hashable {
        /// One number a channel.
        public var mean: [Float]
        /// One number a channel, each more than 0.
        public var deviation: [Float]

        /// As many of the one as of the other: as the input has channels.
        public init(mean: [Float], deviation: [Float]) {
            self.mean = mean
            self.deviation = deviation
        }
    }

    /// By default: grey, fitted on white, 0 to 1; on a light ground, or with scaling `paper` on either.
    ///
    /// - Throws: `ImageError.badInputSide` for a side that is not of 1 to 4096 pixels, `badNormalisation` where that has no number of
    ///   each kind for each channel, or one that nothing can be divided by.
    public init(
        height: Int, width: Int, channels: Channels = .grey, placement: Placement = .fit,
        invert: Bool = false,
        scaling: Scaling = .unit, background: UInt8 = 255, ground: Ground? = nil,
        interpolation: Interpolation = .bilinear, shorterSide: Int? = nil,
        normalisation: Normalisation? = nil,
        decoding: Decoding = .reduced
    ) throws(ImageError) {
        self.init(
            trusted: height, width: width, channels: channels, placement: placement, invert: invert,
            scaling: scaling, background: background, ground: ground, interpolation: interpolation,
            shorterSide: shorterSide, normalisation: normalisation, decoding: decoding)
        for side in [height, width, shorterSide ?? 1] where !Self.sides.contains(side) {
            throw .badInputSide(side, limit: Self.sides.upperBound)
        }
        guard normalisation?.fits(channels) ?? true else { throw .badNormalisation(channels: channels.count) }
    }

    /// The same, of sides and a normalisation that are right, or are looked at where they are used.
    package init(
        trusted height: Int, width: Int, channels: Channels = .grey, placement: Placement = .fit,
        invert: Bool = false,
        scaling: Scaling = .unit, background: UInt8 = 255, ground: Ground? = nil,
        interpolation: Interpolation = .bilinear, shorterSide: Int? = nil,
        normalisation: Normalisation? = nil,
        decoding: Decoding = .reduced
    ) {
        self.height = height
        self.width = width
        self.channels = channels
        self.placement = placement
        self.invert = invert
        self.scaling = scaling
        self.background = background
        self.ground = ground ?? Self.usualGround(scaling)
        self.interpolation = interpolation
        self.shorterSide = shorterSide
        self.normalisation = normalisation
        self.decoding = decoding
    }

    /// Scaling `paper` would make a blank of what is light on dark.
    package static func usualGround(_ scaling: Scaling) -> Ground { scaling == .paper ? .either : .light }

    /// `height * width * channels`.
    public var inputCount: Int { height * width * channels.count }
}

extension Preprocessing {
    private enum CodingKeys: CodingKey {
        case height, width, channels, placement, invert, scaling, background, ground
        case interpolation, shorterSide, mean, deviation, decoding
    }

    /// A description from before there was a choice of ground says nothing of it: it is light; likewise of what came later.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            trusted: try values.decode(Int.self, forKey: .height),
            width: try values.decode(Int.self, forKey: .width),
            channels: try values.decode(Channels.self, forKey: .channels),
            placement: try values.decode(Placement.self, forKey: .placement),
            invert: try values.decode(Bool.self, forKey: .invert),
            scaling: try values.decode(Scaling.self, forKey: .scaling),
            background: try values.decode(UInt8.self, forKey: .background),
            ground: try values.decodeIfPresent(Ground.self, forKey: .ground) ?? .light,
            interpolation: try values.decodeIfPresent(Interpolation.self, forKey: .interpolation)
                ?? .bilinear,
            shorterSide: try values.decodeIfPresent(Int.self, forKey: .shorterSide),
            normalisation: try Self.normalisation(values),
            decoding: try values.decodeIfPresent(Decoding.self, forKey: .decoding) ?? .reduced)
        guard shorterSide.map({ Self.sides ~= $0 }) ?? true else {
            throw DecodingError.dataCorruptedError(
                forKey: .shorterSide, in: values, debugDescription: "no length of a side")
        }
        guard normalisation?.fits(channels) ?? true else {
            throw DecodingError.dataCorruptedError(
                forKey: .mean, in: values,
                debugDescription: "not a mean and a deviation above 0 for each channel")
        }
    }

    /// How long a side may be to which a picture is scaled, in pixels.
    package static let sides = 1...4096

    private static func normalisation(
        _ values: KeyedDecodingContainer<CodingKeys>
    ) throws -> Normalisation? {
        guard values.contains(.mean) || values.contains(.deviation) else { return nil }
        return Normalisation(
            mean: try values.decode([Float].self, forKey: .mean),
            deviation: try values.decode([Float].self, forKey: .deviation))
    }

    /// What came later is not mentioned where it is as it was before, so that checkpoints keep their hashes.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(height, forKey: .height)
        try values.encode(width, forKey: .width)
        try values.encode(channels, forKey: .channels)
        try values.encode(placement, forKey: .placement)
        try values.encode(invert, forKey: .invert)
        try values.encode(scaling, forKey: .scaling)
        try values.encode(background, forKey: .background)
        if ground != .light { try values.encode(ground, forKey: .ground) }
        if interpolation != .bilinear { try values.encode(interpolation, forKey: .interpolation) }
        try values.encodeIfPresent(shorterSide, forKey: .shorterSide)
        try values.encodeIfPresent(normalisation?.mean, forKey: .mean)
        try values.encodeIfPresent(normalisation?.deviation, forKey: .deviation)
        if decoding != .reduced { try values.encode(decoding, forKey: .decoding) }
    }
}

extension Preprocessing.Normalisation {
    /// Whether there is a number of each kind for each channel, and one that can be divided by.
    package func fits(_ channels: Preprocessing.Channels) -> Bool {
        mean.count == channels.count && deviation.count == channels.count
            && mean.allSatisfy(\.isFinite) && deviation.allSatisfy { $0.isFinite && $0 > 0 }
    }
}
