import AkinBasics

/// The file formats that are read. The content tells which it is, never the name.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    /// Binary PGM (P5) and PPM (P6).
    case pnm = "PGM/PPM"

    /// The format of a file that begins with `bytes`.
    public init?(of bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: PNG.signature) {
            self = .png
        } else if bytes.count >= 3, bytes[0] == UInt8(ascii: "P"), PNM.isBlank(bytes[2]),
            bytes[1] == UInt8(ascii: "5") || bytes[1] == UInt8(ascii: "6")
        {
            self = .pnm
        } else {
            return nil
        }
    }
}

extension ImageFormat: CustomStringConvertible {
    /// Its name.
    public var description: String { rawValue }
}

/// What a decoder accepts: a defence against files that claim or unfold to enormous sizes.
public struct DecodingLimits: Sendable, Hashable {
    /// The largest `width * height` that is decoded.
    public var pixels: Int

    /// Limits with the given number of pixels.
    public init(pixels: Int = 100_000_000) { self.pixels = pixels }

    /// The largest file that can hold so many pixels (16 bits, red, green, blue and alpha, and metadata).
    package var bytes: Int {
        let (product, overflow) = max(pixels, 0).multipliedReportingOverflow(by: 8)
        return overflow ? Int.max : min(product, Int.max - (64 << 20)) + (64 << 20)
    }

    func check(_ format: ImageFormat, width: Int, height: Int) throws(ImageError) {
        guard width > 0, height > 0 else { throw .zeroSize(format) }
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, product <= pixels else {
            throw .tooLarge(width: width, height: height, limit: pixels)
        }
    }
}

extension Image {
    /// Decodes a JPEG, PNG, or binary PGM or PPM file; grey stays grey, all else becomes RGB.
    ///
    /// - Parameter target: the width and height to which the picture will be reduced, if known. A much larger
    ///   JPEG is then decoded at the smallest scale (1 to 5 eighths) whose result is still at least that wide and
    ///   high, which saves most of the time. Other formats take no notice of it.
    public init(
        decoding bytes: UnsafeRawBufferPointer, fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        guard !bytes.isEmpty else { throw .empty }
        switch ImageFormat(of: bytes) {
        case .jpeg:
            let orientation = Orientation(ofJPEG: bytes)
            let target = target.map { orientation.swapsAxes ? ($0.height, $0.width) : ($0.width, $0.height) }
            self = orientation.applied(to: try JPEG.decoded(bytes, fitting: target, limits: limits))
        case .png:
            self = Orientation(ofPNG: bytes).applied(to: try PNG.decoded(bytes, limits: limits))
        case .pnm:
            self = try PNM.decoded(bytes, limits: limits)
        case nil:
            throw .unknownFormat(content: Self.kind(of: bytes))
        }
    }

    /// The same from an array.
    public init(
        decoding bytes: [UInt8], fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ImageError) in try Image(decoding: buffer, fitting: target, limits: limits) }
        }
        self = try result.get()
    }

    /// The same from a file.
    public init(
        contentsOf path: String, fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileBytes.read(path, limit: limits.bytes)
        } catch {
            throw .file(path: path, error)
        }
        try self.init(decoding: bytes, fitting: target, limits: limits)
    }

    /// What a file that is none of ours looks like, for the message.
    private static func kind(of bytes: UnsafeRawBufferPointer) -> String {
        func begins(_ text: String, at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        if begins("GIF8") { return "a GIF picture" }
        if begins("II*\0") || begins("MM\0*") { return "a TIFF picture" }
        if begins("BM") { return "a BMP picture" }
        if begins("RIFF"), begins("WEBP", at: 8) { return "a WebP picture" }
        if begins("ftypavif", at: 4) { return "an AVIF picture" }
        if begins("ftyphei", at: 4) || begins("ftypmif1", at: 4) { return "a HEIF picture" }
        if begins("%PDF") { return "a PDF document" }
        if bytes.count >= 2, begins("P"), (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(bytes[1]) {
            return "a Netpbm picture of another kind than binary PGM or PPM"
        }
        let isText = bytes.prefix(512).allSatisfy { $0 >= 32 && $0 != 127 || (9...13).contains($0) }
        return isText ? "text" : "data of an unknown kind"
    }
}
