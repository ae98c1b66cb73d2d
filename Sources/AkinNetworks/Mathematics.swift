#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Double {
    var exponential: Double { exp(self) }
    var naturalLogarithm: Double { log(self) }
    var cosine: Double { cos(self) }
    func power(_ exponent: Double) -> Double { pow(self, exponent) }
}
