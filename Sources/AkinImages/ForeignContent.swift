/// What a file is that holds no picture of the formats that are read.
public struct ForeignContent: Sendable, Hashable {
    /// "a PDF document", "text".
    public let name: String
    /// What to do, as words behind a semicolon: what makes pictures of it.
    public let remedy: String

    private init(_ name: String, _ remedy: String) {
        self.name = name
        self.remedy = remedy
    }

    /// Of a file that begins with `bytes`.
    init(of bytes: UnsafeRawBufferPointer) {
        if Self.isCameraRaw(bytes) {
            self.init("a camera's raw file", "'dcraw_emu -T FILE' of LibRaw makes a TIFF of it")
        } else {
            self = Self.known.first { $0.fits(bytes) }?.content ?? Self.byLook(bytes)
        }
    }

    /// Whether a file that begins with `bytes` holds a picture, or pages, of a format that is read or of another.
    package static func isPicture(_ bytes: UnsafeRawBufferPointer) -> Bool {
        ImageFormat(of: bytes) != nil || isCameraRaw(bytes)
            || (documents + pictures).contains { $0.fits(bytes) }
    }

    /// Whether it is a camera's raw file. Many are TIFF files, in which a small picture comes first.
    static func isCameraRaw(_ bytes: UnsafeRawBufferPointer) -> Bool {
        rawMarks.contains { bytes.dropFirst($0.offset).starts(with: $0.bytes) }
            || TIFFDirectory(bytes)?.isCameraRaw == true
    }

    private static let rawMarks: [(offset: Int, bytes: [UInt8])] = [
        (0, ascii("FUJIFILMCCD-RAW")), (0, ascii("IIRO")), (0, ascii("IIRS")), (0, ascii("MMOR")),
        (0, ascii("IIU\0")), (0, ascii("\0MRM")), (0, ascii("FOVb")), (8, ascii("CR\u{02}")),
        (4, ascii("ftypcrx ")),
    ]

    private static let conversion = "convert it to JPEG, PNG or TIFF"

    private static func byLook(_ bytes: UnsafeRawBufferPointer) -> Self {
        let beginning = bytes.prefix(1024)
        if beginning.allSatisfy({ $0 == 0 }) { return Self("nothing but zeros", "copy it again") }
        guard beginning.allSatisfy({ $0 >= 32 && $0 != 127 || (9...13).contains($0) }) else {
            return Self("data of an unknown kind", conversion)
        }
        let words = String(decoding: beginning, as: UTF8.self).lowercased()
        if words.contains("<svg") {
            return Self("an SVG drawing", "'rsvg-convert -o PICTURE.png FILE' converts it")
        }
        if words.contains("<html") || words.contains("<!doctype html") {
            return Self("a web page", "download the picture itself")
        }
        return Self("text", conversion)
    }

    /// A beginning by which a kind is known.
    private struct Mark {
        let offset: Int
        let texts: [[UInt8]]
        let content: ForeignContent

        func fits(_ bytes: UnsafeRawBufferPointer) -> Bool {
            texts.contains { bytes.dropFirst(offset).starts(with: $0) }
        }
    }

    private static func mark(_ name: String, _ remedy: String, at offset: Int = 0, _ texts: [UInt8]...)
        -> Mark
    {
        Mark(offset: offset, texts: texts, content: Self(name, remedy))
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let known = documents + pictures + others

    private static let documents = [
        mark(
            "a PDF document", "'pdftoppm -r 300 -png FILE NAME' makes a picture of each page", ascii("%PDF")),
        mark(
            "a PostScript document",
            "'gs -sDEVICE=png16m -r300 -o NAME-%d.png FILE' makes a picture of each page",
            ascii("%!PS"), [0xC5, 0xD0, 0xD3, 0xC6]),
        mark(
            "a DjVu document", "'ddjvu -format=tiff -eachpage FILE NAME-%d.tif' makes a picture of each page",
            ascii("AT&TFORM")),
    ]

    private static let pictures = [
        mark(
            "a JPEG XL picture", "'djxl FILE PICTURE.png' converts it", [0xFF, 0x0A],
            [0, 0, 0, 12] + ascii("JXL \r\n")),
        mark(
            "a Photoshop document", "'convert FILE[0] PICTURE.png' of ImageMagick converts it", ascii("8BPS")),
        mark("a GIMP document", "'xcf2png FILE -o PICTURE.png' converts it", ascii("gimp xcf")),
        mark(
            "an OpenEXR, Radiance, DPX, FITS, SGI, Sun, QOI, farbfeld, DDS, XPM, MNG or JNG picture",
            imageMagick,
            [0x76, 0x2F, 0x31, 0x01], ascii("#?RADIANCE"), ascii("#?RGBE"), ascii("SDPX"), ascii("XPDS"),
            ascii("SIMPLE  ="), [0x01, 0xDA, 0x00], [0x01, 0xDA, 0x01], [0x59, 0xA6, 0x6A, 0x95],
            ascii("qoif"),
            ascii("farbfeld"), ascii("DDS "), ascii("/* XPM */"), [0x8A] + ascii("MNG\r\n"),
            [0x8B] + ascii("JNG\r\n")),
        mark(
            "an icon, a cursor or a Targa picture", imageMagick, [0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 10, 0]),
        mark("a Windows metafile", "'inkscape -o PICTURE.png FILE' converts it", [0xD7, 0xCD, 0xC6, 0x9A]),
        mark("a DICOM file", "'dcmj2pnm +on FILE PICTURE.png' of DCMTK converts it", at: 128, ascii("DICM")),
        mark("a JPEG XR picture", "'JxrDecApp -i FILE -o PICTURE.tif' converts it", ascii("II") + [0xBC]),
    ]

    private static let imageMagick = "'convert FILE PICTURE.png' of ImageMagick converts it"

    private static let others = [
        mark("a film", "'ffmpeg -i FILE NAME-%04d.png' makes pictures of it", at: 4, ascii("ftyp")),
        mark("a film", "'ffmpeg -i FILE NAME-%04d.png' makes pictures of it", at: 8, ascii("AVI ")),
        mark("a ZIP archive", "unpack it", ascii("PK\u{03}\u{04}")),
        mark("a gzip file", "unpack it", [0x1F, 0x8B]),
        mark("an archive", "unpack it", ascii("7z") + [0xBC, 0xAF], ascii("Rar!"), [0xFD] + ascii("7zXZ")),
        mark(
            "a Git LFS pointer", "'git lfs pull' gets the file itself",
            ascii("version https://git-lfs.github.com")),
        mark(
            "a companion file that macOS writes", "it holds no picture; remove it", [0, 5, 0x16, 7],
            [0, 5, 0x16, 0]),
    ]
}
