/// Reading decimal numbers as floats, rightly rounded.
///
/// The digits and a power of ten are multiplied as doubles: the product is off by a few of a double's last places.
/// Rounding it to a float is right unless it lies that near to the middle between two floats (as Clinger 1990,
/// "How to read floating point numbers accurately", looks for the easy cases); those few are left to the C library.
enum DecimalNumber {
    /// 10^0 ... 10^64, each the nearest double.
    private static let powers: [Double] = (0...64).map { Double("1e\($0)") ?? .nan }

    /// The number at `place`, which is moved behind it; nil if there is none.
    static func read(_ bytes: UnsafePointer<UInt8>, _ place: inout Int, end: Int) -> Float? {
        let start = place
        var next = place
        var isNegative = false
        if next < end, bytes[next] == UInt8(ascii: "-") || bytes[next] == UInt8(ascii: "+") {
            isNegative = bytes[next] == UInt8(ascii: "-")
            next += 1
        }
        var mantissa: UInt64 = 0
        var exponent = 0
        var digits = 0
        var isFraction = false
        while next < end {
            let digit = bytes[next] &- UInt8(ascii: "0")
            if digit < 10 {
                digits += 1
                if mantissa < 1_000_000_000_000_000_000 {
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                    if isFraction { exponent -= 1 }
                } else if !isFraction {
                    exponent += 1
                }
            } else if bytes[next] == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else {
                break
            }
            next += 1
        }
        guard digits > 0 else { return nil }
        if next < end, bytes[next] | 0x20 == UInt8(ascii: "e") {
            next += 1
            var isBelow = false
            if next < end, bytes[next] == UInt8(ascii: "-") || bytes[next] == UInt8(ascii: "+") {
                isBelow = bytes[next] == UInt8(ascii: "-")
                next += 1
            }
            var power = 0
            let first = next
            while next < end, bytes[next] &- UInt8(ascii: "0") < 10 {
                power = min(power * 10 + Int(bytes[next] - UInt8(ascii: "0")), 1_000_000)
                next += 1
            }
            guard next > first else { return nil }
            exponent += isBelow ? -power : power
        }
        place = next
        if mantissa == 0 { return isNegative ? -0.0 : 0 }
        if abs(exponent) <= 64 {
            let value =
                exponent < 0
                ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
            let middle = Int(value.bitPattern & 0x1FFF_FFFF) - 0x1000_0000
            if abs(middle) > 8, value >= 0x1p-126, value < 0x1p127 {
                return isNegative ? -Float(value) : Float(value)
            }
        }
        let text = UnsafeBufferPointer(start: bytes + start, count: next - start)
        return Float(String(decoding: text, as: UTF8.self))
    }
}
