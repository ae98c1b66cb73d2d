import CAkinDecoding

/// Windows' and OS/2's bitmaps, after Microsoft's description and what is found: 1, 2, 4, 8, 16, 24 and 32 bits, run
/// lengths, any bit fields, rows from either end.
struct BMP: PictureReader {
    let bytes: UnsafeRawBufferPointer
    var width = 0
    var height = 0
    var isTopDown = false
    var bitsAPixel = 0
    var compression = Compression.none
    /// Red, green and blue of each value, where there is a palette; all that the number of bits allows.
    var palette: [SIMD4<UInt8>] = []
    /// Red, green, blue and alpha, where there is none.
    var fields: [BMPField] = []
    /// Where the samples begin.
    var start = 0

    enum Compression: Int {
        case none = 0, runs8, runs4, fields
        case fieldsWithAlpha = 6
    }

    /// Sizes of the headers that there are; "BM" alone may begin a text.
    private static let headers: Set<UInt32> = [12, 16, 40, 52, 56, 64, 108, 124]

    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.starts(with: "BM".utf8) || isArray(bytes) else { return false }
        let base = isArray(bytes) ? 14 : 0
        if bytes.count >= base + 18 { return headers.contains(bytes.littleEndian32(at: base + 14)) }
        // One that was cut off: there are four zeros in it.
        return bytes.dropFirst(base + 6).prefix(4).allSatisfy { $0 == 0 }
    }

    /// OS/2 keeps a picture in several resolutions, with a header before each.
    private static func isArray(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: "BA".utf8) && bytes.dropFirst(14).starts(with: "BM".utf8)
    }

    init(reading bytes: UnsafeRawBufferPointer) throws(DecodingFailure) {
        self.bytes = bytes
        let base = Self.isArray(bytes) ? 14 : 0
        let header = base + 14
        let size = Int(try long(at: header))
        guard bytes.count >= header + size else { throw .truncated }
        var paletteStart = header + size
        if size == 12 {
            width = try short(at: header + 4)
            height = try short(at: header + 6)
            bitsAPixel = try short(at: header + 10)
        } else {
            width = Int(Int32(bitPattern: try long(at: header + 4)))
            height = Int(Int32(bitPattern: try long(at: header + 8)))
            bitsAPixel = try short(at: header + 14)
            isTopDown = height < 0
            height = abs(height)
            if size > 16 { compression = try compression(Int(try long(at: header + 16)), headerSize: size) }
        }
        guard width >= 0 else { throw .damaged("its width is \(width)") }
        if compression == .fields || compression == .fieldsWithAlpha {
            // Windows' first header has them behind it.
            fields = try masks(at: header + 40, withAlpha: size >= 56 || compression == .fieldsWithAlpha)
            if size == 40 { paletteStart += compression == .fields ? 12 : 16 }
        }
        try checkBits()
        start = Int(try long(at: base + 10))
        if bitsAPixel <= 8 {
            let named = size > 16 ? Int(try long(at: header + 32)) : 0
            paletteStart += try readPalette(at: paletteStart, entryBytes: size == 12 ? 3 : 4, named: named)
        } else if fields.isEmpty {
            fields = bitsAPixel == 16 ? BMPField.fiveBits : BMPField.eightBits
        }
        if start < header + size { start = paletteStart }
    }

    private func compression(_ code: Int, headerSize: Int) throws(DecodingFailure) -> Compression {
        let converter = "; 'convert FILE PICTURE.png' of ImageMagick converts it"
        // OS/2 counts otherwise.
        let isOS2 = headerSize == 64
        if let known = Compression(rawValue: code), !(isOS2 && code > 2) { return known }
        switch code {
        case 3: throw .unsupported("compressed as a fax is" + converter)
        case 4 where isOS2: throw .unsupported("run lengths of 24 bits" + converter)
        case 4: throw .unsupported("it holds a JPEG file" + converter)
        case 5: throw .unsupported("it holds a PNG file" + converter)
        default: throw .damaged("compression number \(code)")
        }
    }

    private func checkBits() throws(DecodingFailure) {
        let allowed: [Int] =
            switch compression {
            case .none: [1, 2, 4, 8, 16, 24, 32]
            case .runs8: [8]
            case .runs4: [4]
            case .fields, .fieldsWithAlpha: [16, 32]
            }
        guard allowed.contains(bitsAPixel) else {
            throw .damaged("\(bitsAPixel) bits a pixel with compression number \(compression.rawValue)")
        }
    }

    private func masks(at place: Int, withAlpha: Bool) throws(DecodingFailure) -> [BMPField] {
        var fields: [BMPField] = []
        for number in 0..<(withAlpha ? 4 : 3) {
            guard let field = BMPField(mask: try long(at: place + 4 * number)) else {
                throw .damaged("a bit field with a gap")
            }
            fields.append(field)
        }
        if let alpha = fields.dropFirst(3).first, alpha.most == 0 { fields.removeLast() }
        return fields
    }

    /// - Parameter named: how many entries the header says that there are; 0 for all that the number of bits allows.
    /// - Returns: How many bytes it has.
    private mutating func readPalette(
        at place: Int, entryBytes: Int, named: Int
    ) throws(DecodingFailure) -> Int {
        let most = 1 << bitsAPixel
        var count = named > 0 ? min(named, most) : most
        // It ends where the samples begin.
        if start > place { count = min(count, (start - place) / entryBytes) }
        guard place + count * entryBytes <= bytes.count else { throw .truncated }
        palette = (0..<most).map { entry in
            // What has no colour is black.
            guard entry < count else { return SIMD4(0, 0, 0, 0) }
            let at = place + entry * entryBytes
            return SIMD4(bytes[at + 2], bytes[at + 1], bytes[at], 0)
        }
        return count * entryBytes
    }

    /// Whether all colours of the palette are greys.
    var isGrey: Bool { !palette.isEmpty && palette.allSatisfy { $0.x == $0.y && $0.y == $0.z } }

    /// As the rows have them.
    var channels: Int { isGrey ? 1 : palette.isEmpty ? fields.count : 3 }

    /// Whether a field has more than 8 bits.
    var isWide: Bool { fields.contains { $0.most > 255 } }

    func describe(_ picture: inout akin_picture) {
        picture.width = UInt32(clamping: width)
        picture.height = UInt32(clamping: height)
        picture.row_width = picture.width
        picture.rows = picture.height
        picture.channels = CInt(channels)
        picture.bits = isWide ? 16 : 8
        if compression == .runs8 || compression == .runs4 {
            picture.memory = UInt64(picture.width) * UInt64(picture.height)
        }
    }

    private func short(at offset: Int) throws(DecodingFailure) -> Int {
        guard offset + 2 <= bytes.count else { throw .truncated }
        return Int(bytes.littleEndian16(at: offset))
    }

    private func long(at offset: Int) throws(DecodingFailure) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw .truncated }
        return bytes.littleEndian32(at: offset)
    }
}

/// Some bits of a pixel that are one of its samples.
struct BMPField {
    /// 0 to 31.
    let shift: UInt32
    /// The largest value; 0 where there are no bits, and the sample is 0.
    let most: UInt32

    /// nil where the bits do not lie side by side.
    init?(mask: UInt32) {
        shift = mask == 0 ? 0 : UInt32(mask.trailingZeroBitCount)
        most = mask >> shift
        guard most & (most &+ 1) == 0 else { return nil }
    }

    static let fiveBits = [0x7C00, 0x3E0, 0x1F].map { BMPField(mask: $0)! }
    static let eightBits = [0xFF0000, 0xFF00, 0xFF].map { BMPField(mask: $0)! }

    /// A pixel's sample in the whole range, rounded to the nearest.
    @inline(__always)
    func sample<Sample: PictureSample>(of pixel: UInt32, as _: Sample.Type) -> Sample {
        guard most > 0 else { return 0 }
        let value = UInt64(pixel >> shift & most)
        if most == UInt32(Sample.max) { return Sample(truncatingIfNeeded: value) }
        return Sample(truncatingIfNeeded: (value * UInt64(Sample.max) + UInt64(most) / 2) / UInt64(most))
    }
}
