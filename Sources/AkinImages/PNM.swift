/// Binary PGM (P5) and PPM (P6), as netpbm's manual pages define them.
enum PNM {
    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    static func decoded(_ bytes: UnsafeRawBufferPointer, limits: DecodingLimits) throws(ImageError) -> Image {
        let channels = bytes[1] == UInt8(ascii: "5") ? 1 : 3
        var position = 2
        let width = try number(in: bytes, at: &position)
        let height = try number(in: bytes, at: &position)
        let most = try number(in: bytes, at: &position)
        try limits.check(.pnm, width: width, height: height)
        guard (1...65535).contains(most) else {
            throw .damaged(.pnm, reason: "its largest value is \(most), not 1 to 65535")
        }
        guard position < bytes.count else { throw .truncated(.pnm) }
        guard isBlank(bytes[position]) else { throw .damaged(.pnm, reason: "no blank after its header") }
        position += 1

        let (size, overflow) = (width * height).multipliedReportingOverflow(by: channels)
        let bytesAValue = most < 256 ? 1 : 2
        guard !overflow, size <= (bytes.count - position) / bytesAValue else { throw .truncated(.pnm) }
        let values = bytes[position...].prefix(size * bytesAValue)
        let start = values.startIndex
        let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            for i in 0..<size {
                if most == 255 {
                    buffer[i] = bytes[start + i]
                } else {
                    let value =
                        bytesAValue == 1
                        ? Int(bytes[start + i])
                        : Int(bytes[start + 2 * i]) << 8 | Int(bytes[start + 2 * i + 1])
                    buffer[i] = UInt8((min(value, most) * 255 + most / 2) / most)
                }
            }
            count = size
        }
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// The next decimal number of a header, after blanks and comments; `position` is then behind it.
    private static func number(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(ImageError) -> Int {
        while position < bytes.count, isBlank(bytes[position]) || bytes[position] == UInt8(ascii: "#") {
            if bytes[position] == UInt8(ascii: "#") {
                while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
            } else {
                position += 1
            }
        }
        guard position < bytes.count else { throw .truncated(.pnm) }
        let start = position
        var value = 0
        while position < bytes.count, (48...57).contains(bytes[position]) {
            // Nine digits are more than any limit allows, and never overflow.
            guard position - start < 9 else {
                throw .damaged(.pnm, reason: "a number too long in its header")
            }
            value = value * 10 + Int(bytes[position] - 48)
            position += 1
        }
        guard position > start else { throw .damaged(.pnm, reason: "no number where its header needs one") }
        return value
    }
}
