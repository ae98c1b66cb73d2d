import AkinBasics
import AkinEmbedding
import AkinItems
import AkinTensors

/// One line of JSON lines (RFC 8259): an object that is an item.
///
/// A reader of its own, because an embedding's numbers have to become the very floats that were written, and a
/// million of them a second.
struct JSONItem {
    private let bytes: UnsafePointer<UInt8>
    private let end: Int
    private var place = 0

    private(set) var label: [UInt8]?
    private(set) var source: [UInt8]?
    private(set) var group: [UInt8]?
    private(set) var id: UInt64?
    private(set) var contentHash: ContentHash?
    private(set) var backbone: BackboneIdentity?
    /// How many numbers the embedding has.
    private(set) var dimension = 0

    /// Why a line is no such object.
    struct Problem: Error { let reason: String }

    private static let deepest = 64

    /// Reads a line, and as many of its embedding's numbers as there is room for into `vector`.
    init(
        _ line: UnsafeBufferPointer<UInt8>, vector: UnsafeMutableBufferPointer<Float>, readingIDs: Bool
    ) throws(Problem) {
        guard let base = line.baseAddress else { throw Problem(reason: "an empty line") }
        bytes = base
        end = line.count
        var seen: Set<String> = []
        try expect("{", "an object, { ... }")
        if !take("}") {
            repeat {
                let key = String(decoding: try string(), as: UTF8.self)
                guard seen.insert(key).inserted else {
                    throw Problem(reason: "two entries '\(key.prefix(60))'")
                }
                try expect(":", "a colon behind '\(key.prefix(60))'")
                switch key {
                case "id" where readingIDs: id = try number()
                case "label": label = try text()
                case "source": source = try text()
                case "group": group = try text()
                case "content": contentHash = try hash()
                case "backbone": backbone = try identity()
                case "embedding": try embedding(vector)
                default: try skipValue(depth: 0)
                }
            } while take(",")
            try expect("}", "a comma or the object's end")
        }
        skipBlanks()
        guard place == end else { throw Problem(reason: "something stands behind the object") }
        guard seen.contains("embedding") else { throw Problem(reason: "it has no 'embedding'") }
    }

    private mutating func skipBlanks() {
        while place < end, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0D { place += 1 }
    }

    /// Whether this is the next character; then it is passed.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard place < end, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar, _ what: String) throws(Problem) {
        guard take(character) else {
            throw Problem(reason: "\(what) should stand at byte \(place + 1)")
        }
    }

    private mutating func take(word: StaticString) -> Bool {
        skipBlanks()
        guard end - place >= word.utf8CodeUnitCount else { return false }
        for i in 0..<word.utf8CodeUnitCount where bytes[place + i] != word.utf8Start[i] { return false }
        place += word.utf8CodeUnitCount
        return true
    }

    /// A string, or nothing for `null`; a number's digits, as many programs number their classes.
    private mutating func text() throws(Problem) -> [UInt8]? {
        if take(word: "null") { return nil }
        skipBlanks()
        if place < end, bytes[place] == UInt8(ascii: "\"") { return try string() }
        let start = place
        guard DecimalNumber.read(bytes, &place, end: end) != nil else {
            throw Problem(reason: "a text should stand at byte \(place + 1)")
        }
        return Array(UnsafeBufferPointer(start: bytes + start, count: place - start))
    }

    private mutating func number() throws(Problem) -> UInt64? {
        if take(word: "null") { return nil }
        skipBlanks()
        let start = place
        while place < end, bytes[place] &- UInt8(ascii: "0") < 10 { place += 1 }
        let digits = UnsafeBufferPointer(start: bytes + start, count: place - start)
        guard let number = ItemRules.id(String(decoding: digits, as: UTF8.self)) else {
            throw Problem(
                reason: "the id is no number from 1; rename the entry, or let the index number the items")
        }
        guard number <= Item.largestID else {
            throw Problem(
                reason:
                    "the id is above \(Item.largestID), and would leave no numbers for more items; let the index "
                    + "number the items")
        }
        return number
    }

    private mutating func hash() throws(Problem) -> ContentHash? {
        guard let digits = try text() else { return nil }
        guard let hash = ContentHash(digits: digits) else {
            throw Problem(reason: "'content' is no hash of 32 hexadecimal digits")
        }
        return hash
    }

    private mutating func identity() throws(Problem) -> BackboneIdentity? {
        if take(word: "null") { return nil }
        try expect("{", "an object as 'backbone'")
        var name: [UInt8]?
        var digits: [UInt8]?
        if !take("}") {
            repeat {
                let key = String(decoding: try string(), as: UTF8.self)
                try expect(":", "a colon behind '\(key.prefix(60))'")
                switch key {
                case "name": name = try text()
                case "hash": digits = try text()
                default: try skipValue(depth: 1)
                }
            } while take(",")
            try expect("}", "a comma or the end of 'backbone'")
        }
        guard let name, !name.isEmpty, let digits, let hash = ContentHash(digits: digits) else {
            throw Problem(reason: "'backbone' needs a name and a hash of 32 hexadecimal digits")
        }
        return BackboneIdentity(name: String(decoding: name, as: UTF8.self), hash: hash)
    }

    private mutating func embedding(_ vector: UnsafeMutableBufferPointer<Float>) throws(Problem) {
        try expect("[", "'embedding' as an array of numbers")
        guard !take("]") else { return }
        repeat {
            skipBlanks()
            guard let value = DecimalNumber.read(bytes, &place, end: end) else {
                throw Problem(reason: "the embedding's value \(dimension + 1) is no number")
            }
            if dimension < vector.count { vector[dimension] = value }
            dimension += 1
        } while take(",")
        try expect("]", "a comma or the end of 'embedding'")
    }

    /// A string's bytes, its escapes resolved.
    private mutating func string() throws(Problem) -> [UInt8] {
        try expect("\"", "a text in quotation marks")
        let start = place
        while place < end, bytes[place] != UInt8(ascii: "\""), bytes[place] != UInt8(ascii: "\\") {
            place += 1
        }
        var text = Array(UnsafeBufferPointer(start: bytes + start, count: place - start))
        while place < end, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\") {
                place += 1
                try escape(&text)
            } else {
                text.append(bytes[place])
                place += 1
            }
        }
        guard place < end else { throw Problem(reason: "a text is never closed") }
        place += 1
        return text
    }

    private mutating func escape(_ text: inout [UInt8]) throws(Problem) {
        guard place < end else { throw Problem(reason: "a text is never closed") }
        place += 1
        switch bytes[place - 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[place - 1])
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try codeUnit()
            // Beyond 16 bits a character is written as two halves.
            if code & 0xFC00 == 0xD800, end - place > 2, bytes[place] == UInt8(ascii: "\\"),
                bytes[place + 1] == UInt8(ascii: "u")
            {
                place += 2
                let low = try codeUnit()
                // A lone half is no character, and is refused below.
                if low & 0xFC00 == 0xDC00 { code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF) }
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw Problem(reason: "an escape at byte \(place) is no character")
            }
            text += Array(String(Character(scalar)).utf8)
        default: throw Problem(reason: "an unknown escape at byte \(place)")
        }
    }

    private mutating func codeUnit() throws(Problem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard place < end, let digit = hexadecimalValue(of: bytes[place]) else {
                throw Problem(reason: "\\u without four hexadecimal digits at byte \(place + 1)")
            }
            code = code << 4 | UInt32(digit)
            place += 1
        }
        return code
    }

    private mutating func skipValue(depth: Int) throws(Problem) {
        guard depth < Self.deepest else { throw Problem(reason: "objects and arrays are nested too deep") }
        if take("{") {
            if take("}") { return }
            repeat {
                _ = try string()
                try expect(":", "a colon")
                try skipValue(depth: depth + 1)
            } while take(",")
            try expect("}", "a comma or an object's end")
        } else if take("[") {
            if take("]") { return }
            repeat { try skipValue(depth: depth + 1) } while take(",")
            try expect("]", "a comma or an array's end")
        } else if place < end, bytes[place] == UInt8(ascii: "\"") {
            _ = try string()
        } else if !take(word: "null"), !take(word: "true"), !take(word: "false") {
            guard DecimalNumber.read(bytes, &place, end: end) != nil else {
                throw Problem(reason: "a value should stand at byte \(place + 1)")
            }
        }
    }
}
