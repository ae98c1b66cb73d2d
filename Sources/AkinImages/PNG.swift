import CAkinPNG

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func encoded(_ image: Image) -> [UInt8] {
        var message = [CChar](repeating: 0, count: 200)
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let code = akin_png_encode(
            image.pixels, UInt32(image.width), UInt32(image.height), CInt(image.channels), &bytes, &count,
            &message)
        precondition(code == 0, "PNG encoder: \(text(message))")
        defer { free(bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    }
}

extension Image {
    /// This picture as a PNG file, 8 bits a channel.
    public func encodedAsPNG() -> [UInt8] { PNG.encoded(self) }
}
