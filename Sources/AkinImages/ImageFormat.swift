import CAkinDecoding
import CAkinJPEG
import CAkinPNG

/// The file formats that are read. The content tells which it is, never the name.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    /// PBM, PGM, PPM and PAM, binary and as text (P1 to P7).
    case pnm = "PNM"
    case bmp = "BMP"

    /// The format of a file that begins with `bytes`.
    public init?(of bytes: UnsafeRawBufferPointer) {
        guard let format = Self.allCases.first(where: { $0.begins(bytes) }) else { return nil }
        self = format
    }

    private func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .jpeg: bytes.starts(with: [0xFF, 0xD8, 0xFF])
        case .png: bytes.starts(with: PNG.signature)
        case .pnm: PNM.begins(bytes)
        case .bmp: BMP.begins(bytes)
        }
    }

    /// What reads it.
    var decoder: PictureDecoder {
        switch self {
        case .jpeg:
            PictureDecoder(
                measure: akin_jpeg_measure, decode: akin_jpeg_decode, carrier: Orientation.init(ofJPEG:))
        case .png:
            PictureDecoder(
                measure: akin_png_measure, decode: akin_png_decode, carrier: Orientation.init(ofPNG:))
        case .pnm: PictureDecoder(PNM.self)
        case .bmp: PictureDecoder(BMP.self)
        }
    }
}

extension ImageFormat: CustomStringConvertible {
    /// Its name.
    public var description: String { rawValue }
}
