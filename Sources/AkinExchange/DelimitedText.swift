import AkinBasics

/// Rows of a CSV file (RFC 4180), also with semicolons or tabs in the commas' place, or of a TSV file as TensorBoard's
/// embedding projector has them, where nothing is quoted. Lines may end in any way; blank ones count for nothing.
///
/// It works on the file's bytes, in place: so a field is what stands there, byte for byte, blanks at its ends and
/// accents behind commas included, and a million rows take a tenth of a second.
enum DelimitedText {
    /// The largest file: one that fits into memory several times over.
    private static let limit = 1 << 33

    /// The bytes of a text file, without a byte order mark.
    static func bytes(_ path: String) throws(ExchangeError) -> [UInt8] {
        var bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileBytes.read(path, limit: limit)
        } catch {
            throw .file(path: path, error)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard bytes.withUnsafeBufferPointer({ Text.isSound($0) }) else {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = lines.firstIndex { !Array($0).withUnsafeBufferPointer { Text.isSound($0) } } ?? 0
            throw .notText(path: path, line: line + 1)
        }
        return bytes
    }

    /// What separates the fields of a file, by its ending and, where that says commas, by its first line: that by which
    /// most of the columns are `known`.
    static func delimiter(
        _ bytes: [UInt8], _ format: ExchangeFiles.ItemFormat, known: Set<String>
    ) -> UInt8 {
        let candidates = format == .tabs ? "\t" : ",;\t"
        let first =
            bytes.split(maxSplits: 1) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.first ?? []
        let counts = candidates.utf8.map { delimiter in
            first.split(separator: delimiter).count { field in
                known.contains(
                    String(decoding: field, as: UTF8.self).filter { $0 != "\"" }.lowercased())
            }
        }
        let best = counts.firstIndex(of: counts.max() ?? 0) ?? 0
        return Array(candidates.utf8)[best]
    }

    /// Calls `body` with each row: the line on which it begins, the bytes, and where its fields lie in them.
    static func forEachRow(
        of bytes: inout [UInt8], delimiter: UInt8, hasQuotes: Bool, path: String,
        _ body: (_ line: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>, _ fields: [Range<Int>])
            throws(ExchangeError) -> Void
    ) throws(ExchangeError) {
        try bytes.withUnsafeMutableBufferPointer { bytes throws(ExchangeError) in
            var row = RowReader(bytes: bytes, delimiter: delimiter, hasQuotes: hasQuotes, path: path)
            while let line = try row.next() { try body(line, bytes, row.fields) }
        }
    }
}

private struct RowReader {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let delimiter: UInt8
    private let hasQuotes: Bool
    private let path: String
    private var place = 0
    private var line = 1
    private(set) var fields: [Range<Int>] = []

    init(bytes: UnsafeMutableBufferPointer<UInt8>, delimiter: UInt8, hasQuotes: Bool, path: String) {
        self.bytes = bytes
        self.delimiter = delimiter
        self.hasQuotes = hasQuotes
        self.path = path
    }

    /// The line on which the next row begins; nil at the end.
    mutating func next() throws(ExchangeError) -> Int? {
        while place < bytes.count {
            fields.removeAll(keepingCapacity: true)
            let first = line
            while try !field() {}
            if fields.count > 1 || !fields[0].isEmpty { return first }
        }
        return nil
    }

    /// Reads a field; whether it is the row's last.
    private mutating func field() throws(ExchangeError) -> Bool {
        if hasQuotes, place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            try quotedField()
        } else {
            let start = place
            while place < bytes.count, bytes[place] != delimiter, !isEndOfLine(bytes[place]) {
                if hasQuotes, bytes[place] == UInt8(ascii: "\"") {
                    throw malformed(
                        line,
                        "a quotation mark in the middle of a field; put the field in quotation marks, and double "
                            + "those inside")
                }
                place += 1
            }
            fields.append(start..<place)
        }
        guard place < bytes.count else { return true }
        if bytes[place] == delimiter {
            place += 1
            return false
        }
        // A line may end with CR, LF or both.
        if bytes[place] == UInt8(ascii: "\r"), place + 1 < bytes.count,
            bytes[place + 1] == UInt8(ascii: "\n")
        {
            place += 1
        }
        place += 1
        line += 1
        return true
    }

    /// Doubled marks inside become single ones, where they stand: the text only gets shorter.
    private mutating func quotedField() throws(ExchangeError) {
        let first = line
        place += 1
        let start = place
        var end = place
        while true {
            guard place < bytes.count else { throw malformed(first, "a quotation mark is never closed") }
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                place += 1
                guard place < bytes.count, bytes[place] == byte else { break }
            } else if byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
                    && (place + 1 == bytes.count || bytes[place + 1] != UInt8(ascii: "\n"))
            {
                line += 1
            }
            bytes[end] = byte
            end += 1
            place += 1
        }
        fields.append(start..<end)
        guard place == bytes.count || bytes[place] == delimiter || isEndOfLine(bytes[place]) else {
            throw malformed(
                line, "something stands between a field's last quotation mark and the end of the field")
        }
    }

    private func isEndOfLine(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private func malformed(_ line: Int, _ reason: String) -> ExchangeError {
        .malformed(path: path, line: line, reason: reason)
    }
}
