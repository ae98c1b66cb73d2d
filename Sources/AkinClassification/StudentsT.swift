import Foundation

/// Student's distribution and the normal one.
package enum StudentsT {
    /// What a value of the distribution stays below with the given probability, 0.5..<1; the degrees of freedom are above 0, and need
    /// not be whole.
    package static func quantile(_ probability: Double, freedom: Double) -> Double {
        bisect(probability, from: 0, to: 1e8) { share(below: $0, freedom: freedom) }
    }

    /// What a normally distributed value stays below with the given probability, above 0 and below 1.
    package static func normalQuantile(_ probability: Double) -> Double {
        bisect(probability, from: -40, to: 40, normalShare)
    }

    /// With what probability a normally distributed value stays below this one.
    package static func normalShare(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }

    /// With what probability a value of the distribution stays below one that is not below 0.
    package static func share(below value: Double, freedom: Double) -> Double {
        1 - incompleteBeta(freedom / (freedom + value * value), freedom / 2, 0.5) / 2
    }

    private static func bisect(
        _ wanted: Double, from low: Double, to high: Double, _ share: (Double) -> Double
    ) -> Double {
        var (low, high) = (low, high)
        // Until no number lies between them.
        while true {
            let middle = (low + high) / 2
            guard middle > low && middle < high else { return middle }
            if share(middle) < wanted { low = middle } else { high = middle }
        }
    }

    /// The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 1964, 26.5.8).
    private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // It converges fast on this side only.
        guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
        let gammas: Double = lgamma(a + b) - lgamma(a) - lgamma(b)
        let powers: Double = a * log(x) + b * log(1 - x)
        let front = exp(gammas + powers) / a
        // From its end, far enough behind where it has any say.
        var fraction = 1.0
        for term in stride(from: 200, to: 0, by: -1) {
            let m = Double(term / 2)
            let end = a + 2 * m
            let factor: Double =
                term % 2 == 0
                ? m * (b - m) * x / ((end - 1) * end) : -(a + m) * (a + b + m) * x / (end * (end + 1))
            fraction = 1 + factor / fraction
        }
        return front / fraction
    }
}
