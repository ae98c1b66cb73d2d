/// A decoded picture: 8 bits a channel, `channels` 1 (grey) or 3 (red, green, blue), interleaved, rows from the
/// top, no padding between rows. Transparency has been laid over white, EXIF orientation applied.
public struct Image: Sendable, Equatable {
    /// In pixels; at least 1.
    public let width: Int
    /// In pixels; at least 1.
    public let height: Int
    /// 1 (grey) or 3 (RGB).
    public let channels: Int
    /// `height * width * channels` values.
    public var pixels: [UInt8]

    /// An image of the given pixels, which have to be as many as the sizes say.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(channels == 1 || channels == 3, "an image is grey or RGB")
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * channels, "pixels do not fill it")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// Whether it is of one colour all over.
    public var isBlank: Bool { pixels.withUnsafeBufferPointer { $0.repeats(every: channels) } }
}

extension UnsafeBufferPointer where Element: Equatable {
    /// Whether what stands so many places farther on is always the same.
    func repeats(every step: Int) -> Bool {
        (step..<Swift.max(step, count)).allSatisfy { self[$0] == self[$0 - step] }
    }
}
