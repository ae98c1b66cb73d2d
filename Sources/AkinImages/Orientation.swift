/// How a camera held the picture: EXIF's tag 0x0112, 1 to 8.
enum Orientation: Int, CaseIterable {
    case upright = 1, mirrored, turnedHalf, flipped, transposed, turnedRight, transversed, turnedLeft

    /// Whether width and height are exchanged.
    var swapsAxes: Bool { rawValue >= 5 }

    /// The orientation in a JPEG file's first EXIF segment (APP1); `upright` where there is none that can be read.
    init(ofJPEG bytes: UnsafeRawBufferPointer) {
        self = .upright
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            // Start of scan or end of image: no more headers.
            if marker == 0xDA || marker == 0xD9 { return }
            let length = Int(bytes.bigEndian16(at: position + 2))
            let end = position + 2 + length
            guard length >= 2, end <= bytes.count else { return }
            let content = bytes[(position + 4)..<end]
            if marker == 0xE1, content.starts(with: "Exif\0\0".utf8) {
                self = Self(ofTIFF: UnsafeRawBufferPointer(rebasing: content.dropFirst(6))) ?? .upright
                return
            }
            position = end
        }
    }

    /// The orientation in a PNG file's `eXIf` chunk.
    init(ofPNG bytes: UnsafeRawBufferPointer) {
        self = .upright
        var position = 8
        while position + 12 <= bytes.count {
            let length = Int(bytes.bigEndian32(at: position))
            guard length <= bytes.count - position - 12 else { return }
            if bytes[(position + 4)..<(position + 8)].elementsEqual("eXIf".utf8) {
                let content = bytes[(position + 8)..<(position + 8 + length)]
                self = Self(ofTIFF: UnsafeRawBufferPointer(rebasing: content)) ?? .upright
                return
            }
            position += 12 + length
        }
    }

    /// EXIF data are a TIFF file: a byte order, and a table of tags of 12 bytes each.
    private init?(ofTIFF bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 14 else { return nil }
        let little: Bool
        switch (bytes[0], bytes[1]) {
        case (UInt8(ascii: "I"), UInt8(ascii: "I")): little = true
        case (UInt8(ascii: "M"), UInt8(ascii: "M")): little = false
        default: return nil
        }
        func two(_ at: Int) -> Int {
            Int(little ? bytes.bigEndian16(at: at).byteSwapped : bytes.bigEndian16(at: at))
        }
        let table = Int(little ? bytes.bigEndian32(at: 4).byteSwapped : bytes.bigEndian32(at: 4))
        guard table >= 8, table + 2 <= bytes.count else { return nil }
        for entry in 0..<two(table) {
            let start = table + 2 + entry * 12
            guard start + 12 <= bytes.count else { return nil }
            if two(start) == 0x0112 {
                // A 16-bit number, at the beginning of the value field in either byte order.
                guard two(start + 2) == 3 else { return nil }
                self.init(rawValue: two(start + 8))
                return
            }
        }
        return nil
    }

    /// The picture as it is to be seen.
    func applied(to image: Image) -> Image {
        if self == .upright { return image }
        let (width, height, channels) = (image.width, image.height, image.channels)
        // Where the seen picture's pixel (x, y) lies in the stored one, as an offset and two steps.
        let right = channels
        let down = width * channels
        let lastColumn = (width - 1) * right
        let lastRow = (height - 1) * down
        let (origin, stepX, stepY) =
            switch self {
            case .upright: (0, right, down)
            case .mirrored: (lastColumn, -right, down)
            case .turnedHalf: (lastColumn + lastRow, -right, -down)
            case .flipped: (lastRow, right, -down)
            case .transposed: (0, down, right)
            case .turnedRight: (lastRow, -down, right)
            case .transversed: (lastColumn + lastRow, -down, -right)
            case .turnedLeft: (lastColumn, down, -right)
            }
        let (seenWidth, seenHeight) = swapsAxes ? (height, width) : (width, height)
        let pixels = [UInt8](unsafeUninitializedCapacity: image.pixels.count) { seen, count in
            image.pixels.withUnsafeBufferPointer { stored in
                for y in 0..<seenHeight {
                    for x in 0..<seenWidth {
                        let from = origin + x * stepX + y * stepY
                        let to = (y * seenWidth + x) * channels
                        for channel in 0..<channels { seen[to + channel] = stored[from + channel] }
                    }
                }
            }
            count = image.pixels.count
        }
        return Image(width: seenWidth, height: seenHeight, channels: channels, pixels: pixels)
    }
}

extension UnsafeRawBufferPointer {
    func bigEndian16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: self[offset..<(offset + 2)].loadUnaligned(as: UInt16.self))
    }

    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: self[offset..<(offset + 4)].loadUnaligned(as: UInt32.self))
    }
}
