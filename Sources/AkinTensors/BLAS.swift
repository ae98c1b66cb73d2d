import CAkinOpenBLAS

/// Matrix products through OpenBLAS, one thread each: the caller divides the work.
public enum BLAS {
    /// Why OpenBLAS cannot be used on this machine and what to do, or nil if it can.
    public static var unavailable: String? { akin_blas_load().map { String(cString: $0) } }

    /// The kernels that OpenBLAS runs, `SkylakeX` for example.
    public static var kernels: String { String(cString: akin_blas_kernels()) }

    /// OpenBLAS' version and how it was built: `OpenBLAS 0.3.21 DYNAMIC_ARCH ...`. Empty where it cannot be used.
    public static var configuration: String { String(cString: akin_blas_configuration()) }

    /// `c = alpha * op(a) * op(b) + beta * c`, row-major; `c` is `[rows, columns]`, `inner` the dimension
    /// summed over, a stride the distance in floats between two rows as they are stored.
    @inline(__always)
    package static func multiply(
        _ a: UnsafePointer<Float>, stride aStride: Int, aTransposed: Bool = false,
        by b: UnsafePointer<Float>, stride bStride: Int, bTransposed: Bool = false,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int,
        rows: Int, columns: Int, inner: Int, alpha: Float = 1, beta: Float = 0
    ) {
        guard rows > 0, columns > 0 else { return }
        if let unavailable { fatalError(unavailable) }
        akin_blas_sgemm(
            aTransposed ? 1 : 0, bTransposed ? 1 : 0, Int32(rows), Int32(columns), Int32(inner), alpha,
            a, Int32(aStride), b, Int32(bStride), beta, c, Int32(cStride))
    }
}
