import CAkinJPEG

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum JPEG {
    /// The longest side that the format can hold in libjpeg.
    static let longestSide = 65_500

    /// The scales, in eighths, that save time: 6 and 7 take longer than the whole, as libjpeg has no vector code
    /// for them.
    private static let scales = [1, 2, 3, 4, 5, 8]

    static func decoded(
        _ bytes: UnsafeRawBufferPointer, fitting target: (width: Int, height: Int)?, limits: DecodingLimits
    ) throws(ImageError) -> Image {
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var info = akin_jpeg_info()
        try check(akin_jpeg_measure(start, bytes.count, &info), info)
        let (fullWidth, fullHeight) = (Int(info.width), Int(info.height))
        try limits.check(.jpeg, width: fullWidth, height: fullHeight)

        func scaled(_ side: Int, _ eighths: Int) -> Int { (side * eighths + 7) / 8 }
        var eighths = 8
        if let target {
            eighths =
                scales.first {
                    scaled(fullWidth, $0) >= target.width && scaled(fullHeight, $0) >= target.height
                } ?? 8
        }
        let (width, height) = (scaled(fullWidth, eighths), scaled(fullHeight, eighths))
        let channels = Int(info.channels)
        let size = width * height * channels
        var code: CInt = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            code = akin_jpeg_decode(start, bytes.count, CInt(eighths), buffer.baseAddress, size, &info)
            count = code == 0 ? size : 0
        }
        try check(code, info)
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }

    private static func check(_ code: CInt, _ info: akin_jpeg_info) throws(ImageError) {
        switch UInt32(code) {
        case AKIN_JPEG_OK.rawValue: return
        case AKIN_JPEG_TRUNCATED.rawValue: throw .truncated(.jpeg)
        case AKIN_JPEG_OUT_OF_MEMORY.rawValue:
            throw .outOfMemory(width: Int(info.width), height: Int(info.height))
        default: throw .damaged(.jpeg, reason: text(info.message))
        }
    }

    static func encoded(_ image: Image, quality: Int) -> [UInt8] {
        precondition(max(image.width, image.height) <= longestSide, "a JPEG file cannot be that wide or high")
        var info = akin_jpeg_info()
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let code = akin_jpeg_encode(
            image.pixels, CInt(image.width), CInt(image.height), CInt(image.channels),
            CInt(min(max(quality, 1), 100)), &bytes, &count, &info)
        precondition(code == 0, "JPEG encoder: \(text(info.message))")
        defer { free(bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    }
}

/// A C string in a tuple, as Swift sees `char message[200]`.
func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

extension Image {
    /// This picture as a baseline JPEG file. `quality` is 1 to 100; neither side may exceed 65,500 pixels.
    public func encodedAsJPEG(quality: Int = 90) -> [UInt8] { JPEG.encoded(self, quality: quality) }
}
