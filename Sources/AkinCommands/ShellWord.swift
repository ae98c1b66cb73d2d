/// `text` as a word of a command that can be copied into a shell: in quotes where it has to be.
func shellWord(_ text: String) -> String {
    // A name that begins like an option is none behind a path.
    let word = text.hasPrefix("-") ? "./" + text : text
    let isPlain = word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "/._-+,:@%=".utf8.contains(byte) || byte >= 0x80
        }
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
