import AkinBasics
import AkinItems

/// The beginning of a `.npy` file (NEP 1): magic, version, and a Python dictionary that says what follows.
struct NumPyHeader: Equatable {
    /// Numbers that Akin can read; it writes `float32`.
    enum Number: String {
        case float16 = "f2"
        case float32 = "f4"
        case float64 = "f8"

        var bytes: Int {
            switch self {
            case .float16: 2
            case .float32: 4
            case .float64: 8
            }
        }
    }

    let number: Number
    let isBigEndian: Bool
    let rows: Int
    let columns: Int
    /// Where the numbers begin.
    let offset: Int

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// Longer than any header of numbers: names of fields can be as long as one likes.
    private static let limit = 1 << 16

    /// Two dimensions, row after row, and as many bytes as that makes.
    init(of file: FileParts, path: String) throws(ExchangeError) {
        var bytes = [UInt8](repeating: 0, count: min(file.size, Self.limit))
        do throws(FileError) {
            let count = try bytes.withUnsafeMutableBufferPointer { bytes throws(FileError) in
                try file.read(UnsafeMutableRawBufferPointer(bytes), at: 0)
            }
            bytes.removeLast(bytes.count - count)
        } catch {
            throw .file(path: path, error)
        }
        func unsupported(_ reason: String) -> ExchangeError {
            .unsupportedNumPy(path: path, reason: reason)
        }
        let text: Range<Int>
        do throws(Damage) { text = try Self.text(in: bytes) } catch {
            throw .notNumPy(path: path, reason: error.reason)
        }
        offset = text.upperBound
        guard let entries = PythonDictionary(bytes[text])?.entries,
            case .text(let type)? = entries["descr"],
            case .flag(let isFortran)? = entries["fortran_order"],
            case .shape(let shape)? = entries["shape"]
        else {
            throw .notNumPy(
                path: path, reason: "its header is not what numpy writes for plain numbers")
        }
        let order = type.first
        guard let number = Number(rawValue: String(type.dropFirst())),
            order == "<" || order == ">" || order == "="
        else {
            throw unsupported("it holds '\(type)'; save it as numbers with .astype('float32')")
        }
        guard !isFortran else {
            throw unsupported("it is in Fortran order; save it with numpy.ascontiguousarray")
        }
        guard shape.count == 2 else {
            throw unsupported(
                "it has \(counted(shape.count, "dimension")); save it as [items, dimension]"
            )
        }
        guard (1...largestDimension).contains(shape[1]) else {
            throw .unsupportedDimension(shape[1], limit: largestDimension)
        }
        let (size, overflow) = shape[0].multipliedReportingOverflow(by: shape[1] * number.bytes)
        guard !overflow, size <= Int.max - offset, file.size == offset + size else {
            throw .wrongLength(path: path, expected: overflow ? .max : size &+ offset, found: file.size)
        }
        self.number = number
        isBigEndian = order == ">"
        (rows, columns) = (shape[0], shape[1])
    }

    private struct Damage: Error { let reason: String }

    /// Where the header's text lies, behind the magic number, the version and its length.
    private static func text(in bytes: [UInt8]) throws(Damage) -> Range<Int> {
        guard bytes.starts(with: magic), bytes.count >= 10 else {
            throw Damage(reason: "it does not begin as one")
        }
        let start: Int
        switch bytes[6] {
        case 1: start = 10
        case 2, 3: start = 12
        default: throw Damage(reason: "its version is \(bytes[6])")
        }
        guard bytes.count >= start else { throw Damage(reason: "its header is cut off") }
        let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length < limit else { throw Damage(reason: "its header would have \(length) bytes") }
        guard start + length <= bytes.count else { throw Damage(reason: "its header is cut off") }
        return start..<start + length
    }

    /// The beginning of a file of this many vectors of little-endian float32.
    static func bytes(rows: Int, columns: Int) -> [UInt8] {
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        // NumPy fills up to a multiple of 64, the line's end last.
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        let length = text.utf8.count
        return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
    }
}

/// As much of Python's notation as such a header needs.
private struct PythonDictionary {
    enum Value {
        case text(String)
        case flag(Bool)
        case shape([Int])
    }

    private(set) var entries: [String: Value] = [:]
    private var rest: ArraySlice<UInt8>

    /// Nil if it is not one.
    init?(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
        guard take("{") else { return nil }
        while !take("}") {
            guard let key = text(), entries[key] == nil, take(":"), let value = value() else { return nil }
            entries[key] = value
            if !take(",") {
                guard take("}") else { return nil }
                break
            }
        }
        skipBlanks()
        if !rest.isEmpty { return nil }
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    }

    private mutating func take(_ word: String) -> Bool {
        skipBlanks()
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    private mutating func text() -> String? {
        guard let mark = ["'", "\""].first(where: { take($0) }),
            let end = rest.firstIndex(of: mark.utf8.first ?? 0)
        else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private mutating func value() -> Value? {
        if take("True") { return .flag(true) }
        if take("False") { return .flag(false) }
        guard take("(") else { return text().map { .text($0) } }
        var sizes: [Int] = []
        while !take(")") {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let size = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            sizes.append(size)
            rest = rest.dropFirst(digits.count)
            if !take(",") {
                guard take(")") else { return nil }
                break
            }
            skipBlanks()
        }
        return .shape(sizes)
    }
}
