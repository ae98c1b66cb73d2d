extension Float {
    /// The value of a number in half precision (IEEE 754 binary16), exactly.
    package init(half bits: UInt16) {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let fraction = UInt32(bits & 0x3FF)
        switch bits >> 10 & 0x1F {
        case 0: self = sign * Float(fraction) * 0x1p-24
        case 31: self = fraction == 0 ? sign * .infinity : .nan
        case let exponent:
            self = Float(
                bitPattern: UInt32(bits & 0x8000) << 16 | (UInt32(exponent) + 112) << 23 | fraction << 13)
        }
    }

    /// The nearest number in half precision, of two as near the even one; infinite beyond the largest.
    package var halfBits: UInt16 {
        let sign = UInt16(bitPattern >> 16 & 0x8000)
        let magnitude = self.magnitude
        guard !isNaN else { return sign | 0x7E00 }
        // Halfway between the largest number and what would follow.
        guard magnitude < 65520 else { return sign | 0x7C00 }
        // Below the smallest normal number all have the same distance.
        if magnitude < 0x1p-14 { return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven)) }
        let bits = magnitude.bitPattern
        let rounded = bits + 0xFFF + (bits >> 13 & 1)
        return sign | UInt16((rounded >> 13) - (112 << 10))
    }
}
