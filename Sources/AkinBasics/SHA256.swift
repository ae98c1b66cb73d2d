/// The SHA-256 sum of some bytes (FIPS 180-4): by it a published file is told from any other.
package struct SHA256: Hashable, Sendable, CustomStringConvertible {
    private let words: [UInt32]

    /// The sum of some memory.
    package init(of bytes: UnsafeRawBufferPointer) {
        var state: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
            0x5be0_cd19,
        ]
        let whole = bytes.count / 64
        // The rest, a bit that is one, zeros, and the length in bits.
        var end = Array(bytes[(whole * 64)...]) + [0x80]
        while end.count % 64 != 56 { end.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            end.append(UInt8(truncatingIfNeeded: (bytes.count * 8) >> shift))
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            state.withUnsafeMutableBufferPointer { state in
                for block in 0..<whole {
                    Self.add(
                        UnsafeRawBufferPointer(rebasing: bytes[block * 64..<(block + 1) * 64]), to: state,
                        schedule)
                }
                end.withUnsafeBytes { end in
                    for block in 0..<end.count / 64 {
                        Self.add(
                            UnsafeRawBufferPointer(rebasing: end[block * 64..<(block + 1) * 64]), to: state,
                            schedule)
                    }
                }
            }
        }
        words = state
    }

    /// The same of an array.
    package init(of bytes: [UInt8]) { self = bytes.withUnsafeBytes { SHA256(of: $0) } }

    /// From 64 hexadecimal digits.
    package init?(_ digits: String) {
        let values = digits.utf8.compactMap(hexadecimalValue)
        guard values.count == 64, digits.utf8.count == 64 else { return nil }
        words = (0..<8).map { word in values[word * 8..<word * 8 + 8].reduce(0) { $0 << 4 | UInt32($1) } }
    }

    /// The 32 bytes of the sum.
    package var bytes: [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    }

    /// 64 hexadecimal digits.
    package var description: String {
        words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 8 - text.count) + text
        }.joined()
    }

    /// One block of 64 bytes; section 6.2.2.
    @inline(__always)
    private static func add(
        _ block: UnsafeRawBufferPointer, to state: UnsafeMutableBufferPointer<UInt32>,
        _ w: UnsafeMutableBufferPointer<UInt32>
    ) {
        func turned(_ x: UInt32, _ bits: UInt32) -> UInt32 { x >> bits | x << (32 - bits) }
        for t in 0..<16 {
            w[t] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * t, as: UInt32.self))
        }
        for t in 16..<64 {
            let (early, late) = (w[t - 15], w[t - 2])
            let first = turned(early, 7) ^ turned(early, 18) ^ early >> 3
            let second = turned(late, 17) ^ turned(late, 19) ^ late >> 10
            w[t] = second &+ w[t - 7] &+ first &+ w[t - 16]
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        constants.withUnsafeBufferPointer { constants in
            for t in 0..<64 {
                let sum = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
                let first = h &+ sum &+ (e & f ^ ~e & g) &+ constants[t] &+ w[t]
                let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ (a & b ^ a & c ^ b & c)
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
            }
        }
        for (i, value) in [a, b, c, d].enumerated() { state[i] &+= value }
        for (i, value) in [e, f, g, h].enumerated() { state[4 + i] &+= value }
    }

    /// The first 32 bits behind the point of the cubic roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7,
        0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351,
        0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585,
        0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]
}
