/// The file formats that are read. The content tells which it is, never the name.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    /// Binary PGM (P5) and PPM (P6).
    case pnm = "PGM/PPM"
}

extension ImageFormat: CustomStringConvertible {
    public var description: String { rawValue }
}

/// What a decoder accepts: a defence against files that claim or unfold to enormous sizes.
public struct DecodingLimits: Sendable, Hashable {
    /// The largest `width * height` that is decoded.
    public var pixels: Int

    public init(pixels: Int = 100_000_000) { self.pixels = pixels }
}

extension Image {
    /// Decodes a JPEG, PNG, or binary PGM or PPM file; grey stays grey, all else becomes RGB.
    ///
    /// `target`: the width and height to which the picture will be reduced, if known: a much larger JPEG is then
    /// decoded at the smallest scale that is still at least that size, which saves most of the time.
    public init(
        decoding bytes: UnsafeRawBufferPointer, fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        fatalError("to come")
    }

    /// The same from an array.
    public init(
        decoding bytes: [UInt8], fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        fatalError("to come")
    }

    /// The same from a file.
    public init(
        contentsOf path: String, fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        fatalError("to come")
    }

    /// This picture as a PNG file.
    public func encodedAsPNG() -> [UInt8] { fatalError("to come") }

    /// This picture as a baseline JPEG file; `quality` 1 to 100. Neither side may exceed 65,500 pixels.
    public func encodedAsJPEG(quality: Int = 90) -> [UInt8] { fatalError("to come") }

    /// This picture at another size.
    public func resized(width: Int, height: Int) -> Image { fatalError("to come") }
}

extension Preprocessing {
    /// The size to give `Image(decoding:fitting:)`; nil where the picture must keep its own.
    public var decodingTarget: (width: Int, height: Int)? { placement == .canvas ? nil : (width, height) }

    /// The network's input, `[height, width, channels]`.
    public func input(from image: Image) -> [Float] { fatalError("to come") }

    /// Writes the `inputCount` values of `input(from:)` to `destination`.
    package func write(_ image: Image, to destination: UnsafeMutablePointer<Float>) { fatalError("to come") }
}
