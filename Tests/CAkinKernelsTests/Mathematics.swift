#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

func exponential(_ x: Double) -> Double { exp(x) }
func errorFunction(_ x: Double) -> Double { erf(x) }
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
