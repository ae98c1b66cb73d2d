import AkinONNX
import Testing

@Suite struct HalfPrecisionTests {
    @Test func everyNumberComesBack() {
        for bits in UInt16.min ... .max {
            let value = Float(half: bits)
            if value.isNaN { continue }
            #expect(value.halfBits == bits)
        }
        #expect(Float(half: 0x7C01).isNaN && Float(half: Float.nan.halfBits).isNaN)
    }

    @Test func knownNumbers() {
        for (bits, value) in [
            (0, 0), (0x3C00, 1), (0xC000, -2), (0x7BFF, 65504), (0x0001, 0x1p-24), (0x0400, 0x1p-14),
            (0x3555, 0.333251953125), (0x7C00, .infinity),
        ] as [(UInt16, Float)] {
            #expect(Float(half: bits) == value && value.halfBits == bits)
        }
    }

    /// To the nearest, of two as near the even one.
    @Test func isRounded() {
        #expect((1 + 0x1p-11 as Float).halfBits == 0x3C00)
        #expect((1 + 0x1p-10 + 0x1p-11 as Float).halfBits == 0x3C02)
        #expect((1 + 0x1p-11 + 0x1p-20 as Float).halfBits == 0x3C01)
        #expect((0x1p-25 as Float).halfBits == 0 && (0x1.8p-24 as Float).halfBits == 2)
        #expect((0x1.fffp-15 as Float).halfBits == 0x0400)
        #expect((65519 as Float).halfBits == 0x7BFF && (65520 as Float).halfBits == 0x7C00)
        #expect((-1e9 as Float).halfBits == 0xFC00)
    }
}
