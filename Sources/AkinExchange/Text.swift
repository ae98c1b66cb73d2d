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
