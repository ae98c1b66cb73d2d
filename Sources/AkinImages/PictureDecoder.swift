import CAkinDecoding

/// What reads a format: two functions after the contract of `CAkinDecoding.h`, by a library's shim or by ourselves.
struct PictureDecoder: Sendable {
    typealias Measure =
        @Sendable (UnsafePointer<akin_encoded>, UnsafeMutablePointer<akin_picture>) -> CInt
    typealias Decode =
        @Sendable (
            UnsafePointer<akin_encoded>, UnsafeMutablePointer<akin_picture>, UnsafeMutablePointer<akin_rows>
        ) -> CInt

    let measure: Measure
    let decode: Decode
    /// Finds the orientation in the file; nil where the decoder says it, or has turned the picture.
    let carrier: (@Sendable (UnsafeRawBufferPointer) -> Orientation)?

    init(
        measure: @escaping Measure, decode: @escaping Decode,
        carrier: (@Sendable (UnsafeRawBufferPointer) -> Orientation)? = nil
    ) {
        self.measure = measure
        self.decode = decode
        self.carrier = carrier
    }

    /// Of a format that is read by ourselves.
    init<Reader: PictureReader>(_: Reader.Type) {
        self.init(
            measure: { file, picture in
                Self.code(picture) { () throws(DecodingFailure) in
                    try Reader(reading: file.pointee.content).describe(&picture.pointee)
                }
            },
            decode: { file, picture, rows in
                Self.code(picture) { () throws(DecodingFailure) in
                    let reader = try Reader(reading: file.pointee.content)
                    reader.describe(&picture.pointee)
                    guard akin_rows_fit(rows, picture) != 0 else { throw .damaged("unexpected row length") }
                    try reader.read(into: RowRoom(rows: rows))
                }
            })
    }

    private static func code(
        _ picture: UnsafeMutablePointer<akin_picture>, _ body: () throws(DecodingFailure) -> Void
    ) -> CInt {
        do throws(DecodingFailure) {
            try body()
            return CInt(AKIN_DECODING_OK.rawValue)
        } catch {
            withUnsafeMutableBytes(of: &picture.pointee.message) { message in
                // Room for the zero at its end, which is there already.
                message.copyBytes(from: error.message.utf8.prefix(message.count - 1))
            }
            return CInt(error.code.rawValue)
        }
    }
}

/// A format that is read by ourselves.
protocol PictureReader {
    /// Reads the header.
    init(reading bytes: UnsafeRawBufferPointer) throws(DecodingFailure)
    /// Fills in what the header says.
    func describe(_ picture: inout akin_picture)
    /// Hands on the rows, from the top.
    func read(into rows: RowRoom) throws(DecodingFailure)
}

/// Why one of our own readers gives up.
struct DecodingFailure: Error {
    let code: akin_decoding_code
    let message: String

    static let truncated = Self(code: AKIN_DECODING_TRUNCATED, message: "")
    static let stopped = Self(code: AKIN_DECODING_STOPPED, message: "")

    static func damaged(_ message: String) -> Self { Self(code: AKIN_DECODING_DAMAGED, message: message) }
    static func unsupported(_ message: String) -> Self {
        Self(code: AKIN_DECODING_UNSUPPORTED, message: message)
    }
}

/// Where our own readers write each row.
struct RowRoom {
    let rows: UnsafeMutablePointer<akin_rows>

    /// Writes the next row and hands it on.
    func write<Sample>(
        as _: Sample.Type, _ body: (UnsafeMutablePointer<Sample>) throws(DecodingFailure) -> Void
    ) throws(DecodingFailure) {
        try body(rows.pointee.room.assumingMemoryBound(to: Sample.self))
        guard rows.pointee.take(rows, rows.pointee.room) == 0 else { throw .stopped }
    }
}

extension akin_encoded {
    var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }
}
