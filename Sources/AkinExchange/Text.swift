/// Texts as they lie in a file.
enum Text {
    /// Whether the bytes are UTF-8 without a character 0.
    static func isSound(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var isPlain = true
        for byte in bytes where byte == 0 || byte >= 0x80 {
            if byte == 0 { return false }
            isPlain = false
        }
        return isPlain || String(validating: bytes, as: UTF8.self) != nil
    }
}

extension String {
    /// As a field of a table with commas: in quotation marks where a reader, of whatever separator, would end it too early or drop a
    /// blank at its ends.
    package var quotedField: String {
        let needsQuotes =
            utf8.contains { [0x22, 0x2C, 0x3B, 0x09, 0x0A, 0x0D].contains($0) } || utf8.first == 0x20
            || utf8.last == 0x20
        return needsQuotes ? "\"" + replacing("\"", with: "\"\"") + "\"" : self
    }
}
