/// What is not written as Protocol Buffers are.
struct ProtobufError: Error {}

/// The fields of a message in Protocol Buffers' binary form (Google), one after the other.
struct ProtobufReader {
    enum Value {
        case number(UInt64)
        /// A text, a message, or several numbers.
        case bytes(ArraySlice<UInt8>)
        /// A number of four or eight bytes, which nothing here asks for.
        case other
    }

    struct Field {
        let number: Int
        let value: Value
        /// All of it, as it is written.
        let record: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ message: ArraySlice<UInt8>) { rest = message }

    /// Nil behind the last one.
    mutating func next() throws(ProtobufError) -> Field? {
        guard !rest.isEmpty else { return nil }
        let start = rest
        let key = try number()
        guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw ProtobufError() }
        let value: Value
        switch key & 7 {
        case 0: value = .number(try number())
        case 1:
            _ = try take(8)
            value = .other
        case 2:
            let count = try number()
            guard count <= UInt64(rest.count) else { throw ProtobufError() }
            value = .bytes(try take(Int(count)))
        case 5:
            _ = try take(4)
            value = .other
        default: throw ProtobufError()
        }
        return Field(number: Int(key >> 3), value: value, record: start[..<rest.startIndex])
    }

    private mutating func take(_ count: Int) throws(ProtobufError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw ProtobufError() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Seven bits a byte, the lowest first.
    private mutating func number() throws(ProtobufError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw ProtobufError() }
            number |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { return number }
        }
        throw ProtobufError()
    }
}

extension ProtobufReader {
    /// All numbers of a field that may be written one by one or together.
    static func numbers(_ value: Value) throws(ProtobufError) -> [UInt64] {
        switch value {
        case .number(let number): return [number]
        case .other: throw ProtobufError()
        case .bytes(let bytes):
            var reader = ProtobufReader(bytes)
            var numbers: [UInt64] = []
            while !reader.rest.isEmpty { numbers.append(try reader.number()) }
            return numbers
        }
    }
}

/// Writes a message in Protocol Buffers' binary form.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func key(_ field: Int, _ kind: Int) { append(UInt64(field << 3 | kind)) }

    private mutating func append(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ field: Int, _ value: Int) {
        key(field, 0)
        append(UInt64(bitPattern: Int64(value)))
    }

    mutating func float(_ field: Int, _ value: Float) {
        key(field, 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func bytes(_ field: Int, _ value: some Collection<UInt8>) {
        key(field, 2)
        append(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func text(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var message = ProtobufWriter()
        write(&message)
        bytes(field, message.bytes)
    }

    /// A field as it was written elsewhere.
    mutating func record(_ record: ArraySlice<UInt8>) { bytes.append(contentsOf: record) }
}
