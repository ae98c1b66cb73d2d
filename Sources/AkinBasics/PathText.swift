#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// File names as texts.
///
/// To the system a name is any bytes. As a text, a byte that is no part of a UTF-8 character is written `\xHH`, and so that
/// this can be told from a name that has these very letters, backslashes are doubled where they stand before an `x` or
/// before such a byte. Every other name is its own text. All paths and sources of Akin are such texts; this is the one
/// place where they become the system's bytes, and the other way round.
package enum PathText {
    private static let backslash = UInt8(ascii: "\\")

    /// The text of a name or path.
    package static func text(of name: some Sequence<UInt8>) -> String {
        let name = Array(name)
        if !name.contains(backslash), let text = String(validating: name, as: UTF8.self) { return text }
        var text: [UInt8] = []
        // Backslashes at the end of `text`.
        var run = 0
        var place = 0
        while place < name.count {
            let length = characterLength(name[place...])
            if length == 0 || name[place] == UInt8(ascii: "x") {
                text += repeatElement(backslash, count: run)
            }
            run = name[place] == backslash ? run + 1 : 0
            if length == 0 {
                let digits = String(name[place], radix: 16)
                text += [backslash, UInt8(ascii: "x")] + digits.utf8
                place += 1
            } else {
                text += name[place..<place + length]
                place += length
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The same of a string of C.
    package static func text(of name: UnsafePointer<CChar>) -> String {
        text(of: UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }

    /// The name or path of a text. A backslash before an `x` that no text of a name has, as in `\xyz`, stands for itself.
    package static func bytes(of text: String) -> [UInt8] {
        let text = Array(text.utf8)
        guard text.contains(backslash) else { return text }
        var name: [UInt8] = []
        var run = 0
        var place = 0
        while place < text.count {
            if text[place] == UInt8(ascii: "x"), run > 0 {
                if run % 2 == 0 {
                    name.removeLast(run / 2)
                } else if let byte = byte(text[place...].dropFirst().prefix(2)) {
                    name.removeLast(run - run / 2)
                    name.append(byte)
                    place += 3
                    run = 0
                    continue
                }
            }
            run = text[place] == backslash ? run + 1 : 0
            name.append(text[place])
            place += 1
        }
        return name
    }

    /// As the system takes it.
    package static func system(_ text: String) -> [CChar] {
        guard text.utf8.contains(backslash) else { return Array(text.utf8CString) }
        return bytes(of: text).map { CChar(bitPattern: $0) } + [0]
    }

    /// What a program was called with: a text if it is UTF-8, unless there is a file of that very name, and else a name.
    package static func text(ofArgument argument: UnsafePointer<CChar>) -> String {
        guard let text = String(validatingCString: argument) else { return text(of: argument) }
        var status = stat()
        return text.utf8.contains(backslash) && lstat(argument, &status) == 0 ? Self.text(of: argument) : text
    }

    /// Two digits of a byte that is no character by itself.
    private static func byte(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, let high = hexadecimalValue(of: digits.first!),
            let low = hexadecimalValue(of: digits.last!), high >= 8
        else { return nil }
        return high << 4 | low
    }

    /// Bytes of the UTF-8 character with which `bytes` begins; 0 if it begins with none.
    private static func characterLength(_ bytes: ArraySlice<UInt8>) -> Int {
        let first = bytes.first!
        let length =
            switch first {
            case ..<0x80: 1
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        guard length > 1 else { return length }
        return String(validating: bytes.prefix(length), as: UTF8.self)?.unicodeScalars.count == 1 ? length : 0
    }
}
