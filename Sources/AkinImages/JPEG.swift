import CAkinJPEG

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum JPEG {
    /// The longest side that the format can hold in libjpeg.
    static let longestSide = 65_500

    static func encoded(_ image: Image, quality: Int) -> [UInt8] {
        precondition(max(image.width, image.height) <= longestSide, "a JPEG file cannot be that wide or high")
        var message = [CChar](repeating: 0, count: 200)
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let code = akin_jpeg_encode(
            image.pixels, CInt(image.width), CInt(image.height), CInt(image.channels),
            CInt(min(max(quality, 1), 100)), &bytes, &count, &message)
        precondition(code == 0, "JPEG encoder: \(text(message))")
        defer { free(bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    }
}

extension Image {
    /// This picture as a baseline JPEG file, 8 bits a channel. `quality` is 1 to 100; neither side may exceed 65,500
    /// pixels.
    ///
    /// - Throws: `ImageError.tooLong`
    public func encodedAsJPEG(quality: Int = 90) throws(ImageError) -> [UInt8] {
        guard max(width, height) <= JPEG.longestSide else {
            throw .tooLong(.jpeg, width: width, height: height, limit: JPEG.longestSide)
        }
        return JPEG.encoded(self, quality: quality)
    }

    /// As the above, of a picture that was made small.
    package func encodedAsSmallJPEG(quality: Int) -> [UInt8] { JPEG.encoded(self, quality: quality) }
}
