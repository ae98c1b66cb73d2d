extension SeededGenerator {
    /// Two independent numbers of the normal distribution with mean 0 and deviation 1, by Marsaglia's polar method
    /// (Marsaglia and Bray 1964). Sums, products, quotients and roots alone, so the same on every platform.
    package mutating func normals() -> (Float, Float) {
        while true {
            let (u, v) = (symmetric(), symmetric())
            let square = u * u + v * v
            guard square < 1, square > 0 else { continue }
            let factor = (-2 * Self.naturalLogarithm(square) / square).squareRoot()
            return (Float(u * factor), Float(v * factor))
        }
    }

    /// Uniform in `[-1, 1)`.
    private mutating func symmetric() -> Double { Double(Int64(bitPattern: next()) >> 11) * 0x1p-52 }

    /// By ln m = 2 artanh((m - 1) / (m + 1)), whose series is short for m between sqrt(1/2) and sqrt(2).
    private static func naturalLogarithm(_ x: Double) -> Double {
        var (mantissa, exponent) = (x.significand, Double(x.exponent))
        if mantissa > 1.4142135623730951 {
            mantissa /= 2
            exponent += 1
        }
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        var series = 0.0
        for degree in stride(from: 19, through: 1, by: -2) { series = series * square + 1 / Double(degree) }
        return exponent * 0.6931471805599453 + 2 * ratio * series
    }
}
