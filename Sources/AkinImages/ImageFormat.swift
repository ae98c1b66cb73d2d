import CAkinDecoding
import CAkinGIF
import CAkinHEIF
import CAkinJPEG
import CAkinOpenJPEG
import CAkinPNG
import CAkinTIFF
import CAkinWebP

/// The file formats that are read. The content tells which it is, never the name.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    /// PBM, PGM, PPM and PAM, binary and as text (P1 to P7).
    case pnm = "PNM"
    case bmp = "BMP"
    /// BigTIFF too.
    case tiff = "TIFF"
    case webp = "WebP"
    /// JP2 files and bare codestreams.
    case jpeg2000 = "JPEG 2000"
    case gif = "GIF"
    case heic = "HEIC"
    case avif = "AVIF"

    /// Endings that pictures' names have and no others, in small letters.
    package static let endings: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "apng", "pgm", "ppm", "pnm", "pbm", "pam", "gif", "tif", "tiff",
        "bmp", "webp", "heic", "heif", "avif", "jp2",
    ]

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
        case .tiff:
            ["II*\0", "MM\0*", "II+\0", "MM\0+"].contains { bytes.starts(with: $0.utf8) }
                && !ForeignContent.isCameraRaw(bytes)
        case .webp: bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
        case .jpeg2000:
            bytes.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 13, 10, 0x87, 10])
                || bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51])
        case .gif: bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8)
        case .heic: MediaBrands(bytes)?.isHEIC == true
        case .avif: MediaBrands(bytes)?.isAVIF == true
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
        case .tiff: PictureDecoder(measure: akin_tiff_measure, decode: akin_tiff_decode)
        case .webp:
            PictureDecoder(
                measure: akin_webp_measure, decode: akin_webp_decode, carrier: Orientation.init(ofWebP:))
        case .jpeg2000: PictureDecoder(measure: akin_openjpeg_measure, decode: akin_openjpeg_decode)
        case .gif: PictureDecoder(measure: akin_gif_measure, decode: akin_gif_decode)
        case .heic, .avif: PictureDecoder(measure: akin_heif_measure, decode: akin_heif_decode)
        }
    }
}

extension ImageFormat: CustomStringConvertible {
    /// Its name.
    public var description: String { rawValue }
}
