/// Numbers and lines of a PNM file, one after the other.
struct PNMText {
    let bytes: UnsafeRawBufferPointer
    /// Which part of the file it is, for messages.
    let part: String
    /// Behind what has been read.
    var position: Int

    /// The next decimal number, after blanks and comments.
    mutating func number() throws(DecodingFailure) -> Int {
        try skipBlanks()
        let start = position
        var value = 0
        while position < bytes.count, (48...57).contains(bytes[position]) {
            // Nine digits are more than any limit allows, and never overflow.
            guard position - start < 9 else { throw .damaged("a number too long in its \(part)") }
            value = value * 10 + Int(bytes[position] - 48)
            position += 1
        }
        guard position > start else { throw .damaged("no number where its \(part) needs one") }
        return value
    }

    /// The next 0 or 1, after blanks and comments.
    mutating func digit() throws(DecodingFailure) -> Int {
        try skipBlanks()
        guard bytes[position] == 48 || bytes[position] == 49 else {
            throw .damaged("neither 0 nor 1 where its \(part) needs one")
        }
        position += 1
        return Int(bytes[position - 1] - 48)
    }

    /// The next line of PAM's header: its first word and the others. Both are empty for a comment.
    mutating func line() throws(DecodingFailure) -> (name: String, value: String) {
        let rest = bytes[position...]
        guard let end = rest.firstIndex(of: 10) else { throw .truncated }
        guard end - position <= 4096 else { throw .damaged("a line too long in its header") }
        let line = rest[..<end]
        position = end + 1
        if line.first == UInt8(ascii: "#") { return ("", "") }
        let words = line.split(whereSeparator: PNM.isBlank).map { String(decoding: $0, as: UTF8.self) }
        return (words.first ?? "", words.dropFirst().joined(separator: " "))
    }

    private mutating func skipBlanks() throws(DecodingFailure) {
        while position < bytes.count, PNM.isBlank(bytes[position]) || bytes[position] == UInt8(ascii: "#") {
            if bytes[position] == UInt8(ascii: "#") {
                while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
            } else {
                position += 1
            }
        }
        guard position < bytes.count else { throw .truncated }
    }
}
