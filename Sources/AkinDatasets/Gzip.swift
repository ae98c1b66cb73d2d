import CAkinZlib

/// Unfolding gzip files (RFC 1952), of which a small one can unfold to any size.
package enum Gzip {
    static func isCompressed(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// The first `limit` bytes of what a file holds, or all if that is less; nil where it is damaged or ends before
    /// that.
    package static func unfolded(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var stream = z_stream()
        // 15: the largest window; 16: gzip's header.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var isDamaged = false
        let result = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: limit) { output, count in
                var read = 0
                while count < limit {
                    // zlib counts in 32 bits.
                    let given = min(input.count - read, 1 << 30)
                    let room = min(limit - count, 1 << 30)
                    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + read)
                    stream.avail_in = UInt32(given)
                    stream.next_out = output.baseAddress! + count
                    stream.avail_out = UInt32(room)
                    let code = inflate(&stream, Z_NO_FLUSH)
                    read += given - Int(stream.avail_in)
                    count += room - Int(stream.avail_out)
                    if code == Z_STREAM_END {
                        // Another member may follow; anything else is padding, which gzip passes over too.
                        guard input.count - read >= 2, input[read] == 0x1F, input[read + 1] == 0x8B else {
                            break
                        }
                        inflateReset(&stream)
                    } else if code != Z_OK {
                        // Z_BUF_ERROR among them: nothing is left to read.
                        isDamaged = true
                        break
                    }
                }
            }
        }
        return isDamaged ? nil : result
    }
}
