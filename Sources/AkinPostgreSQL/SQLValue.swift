import AkinBasics
import Foundation

/// What is given to a statement for one of its `$1`, `$2`, ...: the only way in which a text of anybody's comes into one.
enum SQLValue {
    case number(Int)
    case text(String)
    case bytes([UInt8])
    case time(Date)
    case numbers([Int])
    case texts([String])
    case floats([Float])
    case null

    /// PostgreSQL's number of the type; 0: as the statement says.
    var type: UInt32 {
        switch self {
        case .number: 20
        case .text: 25
        case .bytes: 17
        case .time: 1184
        case .numbers: 1016
        case .texts: 1009
        case .floats: 1021
        case .null: 0
        }
    }

    /// In PostgreSQL's binary form; nil: nothing.
    var encoded: [UInt8]? {
        switch self {
        case .number(let number): Int64(number).bigEndianBytes
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .time(let time): time.postgreSQL.bigEndianBytes
        case .numbers(let numbers): Self.array(numbers, of: 20) { Int64($0).bigEndianBytes }
        case .texts(let texts): Self.array(texts, of: 25) { Array($0.utf8) }
        case .floats(let floats): Self.array(floats, of: 700) { $0.bitPattern.bigEndianBytes }
        case .null: nil
        }
    }

    private static func array<T>(_ values: [T], of type: Int32, _ encoded: (T) -> [UInt8]) -> [UInt8] {
        // Dimensions, no nulls, what it is of; the length, and where it begins to count.
        var bytes =
            Int32(values.isEmpty ? 0 : 1).bigEndianBytes + Int32(0).bigEndianBytes + type.bigEndianBytes
        guard !values.isEmpty else { return bytes }
        bytes += Int32(values.count).bigEndianBytes + Int32(1).bigEndianBytes
        for value in values {
            let value = encoded(value)
            bytes += Int32(value.count).bigEndianBytes
            bytes += value
        }
        return bytes
    }
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension Date {
    /// Microseconds since 2000, whole milliseconds.
    var postgreSQL: Int64 {
        (Int64((timeIntervalSince1970 * 1000).rounded()) - Self.year2000) * 1000
    }

    /// As the above says.
    init(postgreSQL microseconds: Int64) {
        self.init(timeIntervalSince1970: Double(microseconds / 1000 + Self.year2000) / 1000)
    }

    private static let year2000: Int64 = 946_684_800_000
}

extension ContentHash {
    /// 16 bytes, in the order of its digits.
    var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }

    /// Nil unless there are 16 bytes.
    init?(_ field: Field) {
        let numbers = field.withBytes { bytes -> (UInt64, UInt64)? in
            guard bytes.count == 16 else { return nil }
            return (
                bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
        guard let (high, low) = numbers else { return nil }
        self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    }
}

/// A value of a row, in PostgreSQL's binary form.
struct Field {
    private let bytes: UnsafeRawBufferPointer
    let isNull: Bool
    /// In whose memory the bytes lie; nil where that lives longer anyway.
    private let rows: Rows?

    init(bytes: UnsafeRawBufferPointer, isNull: Bool, of rows: Rows? = nil) {
        (self.bytes, self.isNull, self.rows) = (bytes, isNull, rows)
    }

    /// Lends its bytes, none where there is no value. Without that the rows might be gone before they are read.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withExtendedLifetime(rows) { body(bytes) }
    }

    /// Of a column of type `bigint` or `int`.
    var number: Int? {
        withBytes { bytes in
            switch bytes.count {
            case 8: Int(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
            case 4: Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            default: nil
            }
        }
    }

    /// Of a column of type `double precision`.
    var double: Double? {
        withBytes { bytes in
            guard bytes.count == 8 else { return nil }
            return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
        }
    }

    /// Nil where there is none.
    var text: String? { isNull ? nil : withBytes { String(decoding: $0, as: UTF8.self) } }

    /// Nil where there is none.
    var array: [UInt8]? { isNull ? nil : withBytes { Array($0) } }

    /// Of a column of type `timestamptz`.
    var time: Date? {
        withBytes { bytes in
            guard bytes.count == 8 else { return nil }
            return Date(postgreSQL: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        }
    }

    /// Appends a `vector` of so many dimensions; false if it is none.
    func appendVector(_ dimension: Int, to values: inout [Float]) -> Bool {
        withBytes { bytes in
            guard bytes.count == 4 + 4 * dimension,
                UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self)) == dimension
            else { return false }
            for place in 0..<dimension {
                let bits = bytes.loadUnaligned(fromByteOffset: 4 + 4 * place, as: UInt32.self)
                values.append(Float(bitPattern: UInt32(bigEndian: bits)))
            }
            return true
        }
    }
}

/// Rows in the binary form of `COPY`, on their way to the server.
struct CopyRows {
    private(set) var bytes: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)

    /// Begins a row of so many fields, which are appended then.
    mutating func begin(_ fields: Int) { bytes += Int16(fields).bigEndianBytes }

    mutating func append(_ value: SQLValue) {
        guard let encoded = value.encoded else {
            bytes += Int32(-1).bigEndianBytes
            return
        }
        bytes += Int32(encoded.count).bigEndianBytes
        bytes += encoded
    }

    /// A number of the column type `int`.
    mutating func append(int number: Int) { bytes += Int32(4).bigEndianBytes + Int32(number).bigEndianBytes }

    /// A `vector`.
    mutating func append(vector: some Collection<Float>) {
        bytes.reserveCapacity(bytes.count + 8 + 4 * vector.count)
        bytes += Int32(4 + 4 * vector.count).bigEndianBytes
        bytes += UInt16(vector.count).bigEndianBytes + [0, 0]
        for value in vector { withUnsafeBytes(of: value.bitPattern.bigEndian) { bytes += $0 } }
    }

    /// The end, behind which nothing comes.
    mutating func finish() { bytes += Int16(-1).bigEndianBytes }
}
