/// `text` as a word of a command that can be copied into a shell: in quotes where it has to be.
func shellWord(_ text: String) -> String {
    // A name that begins like an option is none behind a path.
    quoted(text.hasPrefix("-") ? "./" + text : text)
}

private func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "/._-+,:@%=".utf8.contains(byte) || byte >= 0x80
        }
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}

/// The command that runs, as one would type it; of one with very many words the beginning.
let commandLine: String = {
    let line = (["akin"] + CommandLine.arguments.dropFirst().map(quoted)).joined(separator: " ")
    let limit = 2000
    return line.utf8.count > limit ? "\(line.prefix(limit)) …" : line
}()
