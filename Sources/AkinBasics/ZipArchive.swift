import CAkinZlib

/// Why a file cannot be taken out of a ZIP archive.
public enum ZipError: ExplainedError, Hashable, Sendable {
    case notAnArchive
    case noFile(String)
    case tooLarge(String, bytes: Int, limit: Int)
    /// `reason`: what is wrong with it.
    case damaged(String, reason: String)
}

extension ZipError {
    /// What is wrong with it.
    public var description: String {
        switch self {
        case .notAnArchive: "it is not a ZIP archive, or ends too early"
        case .noFile(let name): "there is no \(name) in it"
        case .tooLarge(let name, let bytes, let limit):
            "its \(name) would have \(bytes) bytes, more than the limit of \(limit)"
        case .damaged(let name, let reason): "its \(name) is damaged (\(reason))"
        }
    }
}

/// A ZIP archive in memory, as PKWARE describes it (APPNOTE 6.3.10), of at most 4 GB: one of those files that Python's
/// wheels are. Files in it are stored, or compressed by deflate.
package struct ZipArchive {
    private let bytes: [UInt8]
    private var entries: [String: Entry] = [:]

    private struct Entry {
        var method: Int
        var sum: UInt32
        var packed: Int
        var unpacked: Int
        /// Of its own header.
        var place: Int
    }

    /// Reads the directory at its end.
    package init(_ bytes: [UInt8]) throws(ZipError) {
        self.bytes = bytes
        // Behind the end's record, of 22 bytes, may stand a comment.
        let last = bytes.count - 22
        guard last >= 0,
            let end = stride(from: last, through: max(last - 65535, 0), by: -1).first(where: {
                number(4, at: $0) == 0x0605_4b50
            })
        else { throw .notAnArchive }
        var place = number(4, at: end + 16)
        for _ in 0..<number(2, at: end + 10) {
            guard place + 46 <= end, number(4, at: place) == 0x0201_4b50 else { throw .notAnArchive }
            let name = number(2, at: place + 28)
            let next = place + 46 + name + number(2, at: place + 30) + number(2, at: place + 32)
            guard next <= end else { throw .notAnArchive }
            entries[String(decoding: bytes[place + 46..<place + 46 + name], as: UTF8.self)] = Entry(
                method: number(2, at: place + 10), sum: UInt32(number(4, at: place + 16)),
                packed: number(4, at: place + 20), unpacked: number(4, at: place + 24),
                place: number(4, at: place + 42))
            place = next
        }
    }

    /// Little-endian, inside of the file.
    private func number(_ count: Int, at place: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    /// The content of a file, which may have at most `limit` bytes.
    package func file(_ name: String, limit: Int) throws(ZipError) -> [UInt8] {
        guard let entry = entries[name] else { throw .noFile(name) }
        guard entry.unpacked <= limit else { throw .tooLarge(name, bytes: entry.unpacked, limit: limit) }
        guard entry.place + 30 <= bytes.count, number(4, at: entry.place) == 0x0403_4b50 else {
            throw .damaged(name, reason: "its header is not where it should be")
        }
        let start = entry.place + 30 + number(2, at: entry.place + 26) + number(2, at: entry.place + 28)
        guard start + entry.packed <= bytes.count else {
            throw .damaged(name, reason: "it reaches beyond the archive")
        }
        let packed = bytes[start..<start + entry.packed]
        let content: [UInt8]
        switch entry.method {
        case 0 where entry.packed == entry.unpacked: content = Array(packed)
        case 8:
            guard let unfolded = Self.inflated(packed, count: entry.unpacked) else {
                throw .damaged(name, reason: "it cannot be unpacked")
            }
            content = unfolded
        default: throw .damaged(name, reason: "packed by method \(entry.method)")
        }
        let sum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        guard UInt32(truncatingIfNeeded: sum) == entry.sum else {
            throw .damaged(name, reason: "a wrong sum")
        }
        return content
    }

    /// Exactly `count` bytes, or nil.
    private static func inflated(_ packed: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var stream = z_stream()
        // Without a header, with the largest window.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var isWhole = false
        let content = packed.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: count) { output, filled in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(count)
                isWhole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
                filled = isWhole ? count : 0
            }
        }
        return isWhole ? content : nil
    }
}
