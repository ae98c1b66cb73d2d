/// A decoded picture: 8 or 16 bits a channel, `channels` 1 (grey) or 3 (red, green, blue), interleaved, rows from the
/// top, no padding between rows. What was transparent has been laid on a ground, the orientation applied.
public struct Image: Sendable, Equatable {
    /// `height * width * channels` values, in the depth in which the file keeps them.
    public enum Samples: Sendable, Hashable {
        /// 0 (black) to 255 (white).
        case eight([UInt8])
        /// 0 (black) to 65535 (white).
        case sixteen([UInt16])
    }

    /// In pixels; at least 1.
    public let width: Int
    /// In pixels; at least 1.
    public let height: Int
    /// 1 (grey) or 3 (RGB).
    public let channels: Int
    /// What it consists of.
    public private(set) var samples: Samples
    /// How many bits of 16 count, where the file says so; 0 where it does not.
    let depth: Int

    /// An image of the given samples, which have to be as many as the sizes say.
    ///
    /// - Throws: `ImageError.badSize` and `wrongSampleCount`.
    public init(width: Int, height: Int, channels: Int, samples: Samples) throws(ImageError) {
        let (row, isTooWide) = width.multipliedReportingOverflow(by: channels)
        let (count, isTooHigh) = row.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, channels == 1 || channels == 3, !isTooWide, !isTooHigh else {
            throw .badSize(width: width, height: height, channels: channels)
        }
        guard samples.count == count else {
            throw .wrongSampleCount(width: width, height: height, channels: channels, found: samples.count)
        }
        self.init(width: width, height: height, channels: channels, samples: samples, depth: 0)
    }

    /// The same of 8 bits.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) throws(ImageError) {
        try self.init(width: width, height: height, channels: channels, samples: .eight(pixels))
    }

    /// The same, of pixels that were made to fill it.
    package init(width: Int, height: Int, channels: Int, trusted pixels: [UInt8]) {
        self.init(width: width, height: height, channels: channels, samples: .eight(pixels), depth: 0)
    }

    package init(width: Int, height: Int, channels: Int, samples: Samples, depth: Int) {
        precondition(channels == 1 || channels == 3, "an image is grey or RGB")
        precondition(
            width > 0 && height > 0 && samples.count == width * height * channels, "samples do not fill it")
        self.width = width
        self.height = height
        self.channels = channels
        self.samples = samples
        self.depth = depth
    }

    /// Its values in 8 bits, 16 rounded to the nearest.
    public package(set) var pixels: [UInt8] {
        get {
            switch samples {
            case .eight(let values): values
            case .sixteen(let values): values.map { UInt8((UInt32($0) * 255 + 32767) / 65535) }
            }
        }
        set {
            precondition(newValue.count == samples.count, "samples do not fill it")
            samples = .eight(newValue)
        }
    }

    /// Whether all of it has one colour, so that nothing can be told from it.
    public var isBlank: Bool {
        switch samples {
        case .eight(let values): values.withUnsafeBufferPointer { $0.repeats(every: channels) }
        case .sixteen(let values): values.withUnsafeBufferPointer { $0.repeats(every: channels) }
        }
    }

    /// Its values in 8 bits, `white` as 255.
    var levels: [UInt8] {
        guard case .sixteen(let values) = samples else { return pixels }
        let white = white
        return values.map { UInt8((min(Int($0), white) * 255 + white / 2) / white) }
    }

    /// Light and dark exchanged.
    public var negative: Image {
        switch samples {
        case .eight(let values):
            return Image(width: width, height: height, channels: channels, trusted: values.map { 255 - $0 })
        case .sixteen(let values):
            let white = white
            return Image(
                width: width, height: height, channels: channels,
                samples: .sixteen(values.map { UInt16(white - min(Int($0), white)) }),
                depth: (white + 1).trailingZeroBitCount)
        }
    }

    /// The sample that stands for white: 65535 of 16 bits, unless they were never brought to that range. Cameras and
    /// scanners leave values of 8, 10, 12 or 14 bits as they are in files of 16; such a file has none above a quarter of
    /// the range, and is taken for one of the fewest of these bits that hold all its values, or for what the file says.
    var white: Int {
        guard case .sixteen(let values) = samples else { return 255 }
        let most = Int(values.max() ?? 0)
        let depths = (1...16).contains(depth) ? [depth] : [8, 10, 12, 14]
        return depths.lazy.map { 1 << $0 - 1 }.first { most <= $0 } ?? 65535
    }
}

extension Image.Samples {
    var count: Int {
        switch self {
        case .eight(let values): values.count
        case .sixteen(let values): values.count
        }
    }
}

extension UnsafeBufferPointer where Element: Equatable {
    /// Whether what stands so many places farther on is always the same.
    func repeats(every step: Int) -> Bool {
        (step..<Swift.max(step, count)).allSatisfy { self[$0] == self[$0 - step] }
    }
}
