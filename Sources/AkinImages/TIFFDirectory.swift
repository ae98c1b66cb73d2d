/// The first table of tags of a TIFF file, which EXIF data are too: a byte order, and 12 bytes for each tag.
struct TIFFDirectory {
    private let bytes: UnsafeRawBufferPointer
    private let isLittle: Bool
    private let start: Int
    private let count: Int

    /// nil where there is none.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 14 else { return nil }
        switch (bytes[0], bytes[1]) {
        case (UInt8(ascii: "I"), UInt8(ascii: "I")): isLittle = true
        case (UInt8(ascii: "M"), UInt8(ascii: "M")): isLittle = false
        default: return nil
        }
        self.bytes = bytes
        let table = Int(isLittle ? bytes.littleEndian32(at: 4) : bytes.bigEndian32(at: 4))
        guard table >= 8, table + 2 <= bytes.count else { return nil }
        let named = Int(isLittle ? bytes.littleEndian16(at: table) : bytes.bigEndian16(at: table))
        start = table + 2
        // As many as there are: a table that was cut off still says what stands before.
        count = min(named, (bytes.count - start) / 12)
    }

    /// Where the entry of a tag begins.
    private func entry(_ tag: Int) -> Int? {
        (0..<count).lazy.map { start + 12 * $0 }.first { two($0) == tag }
    }

    func has(_ tag: Int) -> Bool { entry(tag) != nil }

    /// The first value of a tag, of any type of whole number; nil where it has none.
    func integer(of tag: Int) -> Int? {
        guard let entry = entry(tag) else { return nil }
        let values = four(entry + 4)
        guard values > 0 else { return nil }
        func place(_ size: Int) -> Int? {
            // Up to four bytes stand in the entry itself.
            let place = size * values <= 4 ? entry + 8 : four(entry + 8)
            return place + size <= bytes.count ? place : nil
        }
        switch two(entry + 2) {
        case 1, 7: return place(1).map { Int(bytes[$0]) }
        case 6: return place(1).map { Int(Int8(bitPattern: bytes[$0])) }
        case 3: return place(2).map(two)
        case 8: return place(2).map { Int(Int16(truncatingIfNeeded: two($0))) }
        case 4, 13: return place(4).map(four)
        case 9: return place(4).map { Int(Int32(truncatingIfNeeded: four($0))) }
        default: return nil
        }
    }

    /// Whether it is a camera's raw file with a small picture in the first place: a digital negative (its version), or
    /// a reduced picture with others below it, and a maker of the camera.
    var isCameraRaw: Bool {
        has(0xC612) || integer(of: 0x00FE) == 1 && has(0x014A) && has(0x010F)
    }

    private func two(_ at: Int) -> Int {
        Int(isLittle ? bytes.littleEndian16(at: at) : bytes.bigEndian16(at: at))
    }

    private func four(_ at: Int) -> Int {
        Int(isLittle ? bytes.littleEndian32(at: at) : bytes.bigEndian32(at: at))
    }
}
