#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Double {
    var exponential: Double { exp(self) }
    var naturalLogarithm: Double { log(self) }
}
