import CAkinKernels

/// Which SIMD instructions Akin's own loops run with: the best that the processor has.
public enum InstructionSet {
    /// `avx512`, `avx2` or `baseline`; on arm64 `neon-dotprod` or `neon`.
    public static var name: String { String(cString: akin_kernels_name()) }
}
