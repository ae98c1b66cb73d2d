extension NumPyHeader {
    /// Numbers as the file has them, as floats: the nearest ones.
    func convert(_ bytes: UnsafeRawBufferPointer, into floats: UnsafeMutablePointer<Float>) {
        func convert<Bits: FixedWidthInteger & UnsignedInteger>(
            _ type: Bits.Type, _ float: (Bits) -> Float
        ) {
            for i in 0..<bytes.count / MemoryLayout<Bits>.size {
                let bits = bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: type)
                floats[i] = float(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
            }
        }
        switch number {
        case .float16: convert(UInt16.self) { Self.float(half: $0) }
        case .float32: convert(UInt32.self) { Float(bitPattern: $0) }
        case .float64: convert(UInt64.self) { Float(Double(bitPattern: $0)) }
        }
    }

    /// IEEE 754's half precision, which not every system's Swift has.
    static func float(half bits: UInt16) -> Float {
        let sign: Float = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Float(bits & 0x3FF)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
        }
    }
}
