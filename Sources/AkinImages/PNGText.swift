import CAkinZlib

/// A text in a PNG file: chunks `tEXt`, `zTXt` (folded) and `iTXt` (perhaps folded), of those names that say how the
/// picture is held.
struct PNGText {
    enum Keyword: String {
        case xmp = "XML:com.adobe.xmp"
        case rawEXIF = "Raw profile type exif"
        case rawAPP1 = "Raw profile type APP1"
        case rawXMP = "Raw profile type xmp"
    }

    /// What a text may unfold to; EXIF data have less than 64 KiB, each byte two digits.
    private static let longest = 1 << 20

    let keyword: Keyword
    private let content: UnsafeRawBufferPointer
    private let isFolded: Bool

    /// nil for any other chunk.
    init?(chunk name: Slice<UnsafeRawBufferPointer>, _ content: UnsafeRawBufferPointer) {
        let name = String(decoding: name, as: UTF8.self)
        guard ["tEXt", "zTXt", "iTXt"].contains(name), let end = content.prefix(80).firstIndex(of: 0),
            let keyword = Keyword(rawValue: String(decoding: content[..<end], as: UTF8.self))
        else { return nil }
        self.keyword = keyword
        var rest = content[(end + 1)...]
        switch name {
        case "zTXt":
            // Deflate is the only method.
            guard rest.first == 0 else { return nil }
            isFolded = true
            rest = rest.dropFirst()
        case "iTXt":
            guard rest.count >= 2 else { return nil }
            isFolded = rest[rest.startIndex] != 0
            rest = rest.dropFirst(2)
            // A language, and the name in that.
            for _ in 0..<2 {
                guard let end = rest.firstIndex(of: 0) else { return nil }
                rest = rest[(end + 1)...]
            }
        default: isFolded = false
        }
        self.content = UnsafeRawBufferPointer(rebasing: rest)
    }

    /// What it says; nothing where it is damaged or longer than any that is meant.
    func unfolded() -> [UInt8] {
        guard isFolded else { return Array(content.prefix(Self.longest)) }
        guard let start = content.baseAddress else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Self.longest) { text, count in
            var length = uLongf(text.count)
            let code = uncompress(
                text.baseAddress, &length, start.assumingMemoryBound(to: UInt8.self), uLong(content.count))
            count = code == Z_OK ? Int(length) : 0
        }
    }

    /// The bytes of a raw profile: a line with a name, one with their number, and two hexadecimal digits for each.
    static func profile(in text: [UInt8]) -> [UInt8]? {
        let lines = text.split { $0 == 10 || $0 == 13 }
        guard lines.count >= 3 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in lines.dropFirst(2).joined() where !PNM.isBlank(character) {
            guard let digit = Character(UnicodeScalar(character)).hexDigitValue.map(UInt8.init) else {
                return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
