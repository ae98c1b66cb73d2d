import CAkinPNG

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func decoded(_ bytes: UnsafeRawBufferPointer, limits: DecodingLimits) throws(ImageError) -> Image {
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var info = akin_png_info()
        // libpng calls a size of zero an error without telling it from others.
        if bytes.count >= 24 {
            let width = bytes.bigEndian32(at: 16), height = bytes.bigEndian32(at: 20)
            if width == 0 || height == 0 { throw .zeroSize(.png) }
        }
        try check(akin_png_measure(start, bytes.count, &info), info)
        let (width, height, channels) = (Int(info.width), Int(info.height), Int(info.channels))
        try limits.check(.png, width: width, height: height)
        let size = width * height * channels
        var code: CInt = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            code = akin_png_decode(start, bytes.count, buffer.baseAddress, size, &info)
            count = code == 0 ? size : 0
        }
        try check(code, info)
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }

    private static func check(_ code: CInt, _ info: akin_png_info) throws(ImageError) {
        switch UInt32(code) {
        case AKIN_PNG_OK.rawValue: return
        case AKIN_PNG_TRUNCATED.rawValue: throw .truncated(.png)
        case AKIN_PNG_OUT_OF_MEMORY.rawValue:
            throw .outOfMemory(width: Int(info.width), height: Int(info.height))
        default: throw .damaged(.png, reason: text(info.message))
        }
    }

    static func encoded(_ image: Image) -> [UInt8] {
        var info = akin_png_info()
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let code = akin_png_encode(
            image.pixels, UInt32(image.width), UInt32(image.height), CInt(image.channels), &bytes, &count,
            &info)
        precondition(code == 0, "PNG encoder: \(text(info.message))")
        defer { free(bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    }
}

extension Image {
    /// This picture as a PNG file, 8 bits a channel.
    public func encodedAsPNG() -> [UInt8] { PNG.encoded(self) }
}
