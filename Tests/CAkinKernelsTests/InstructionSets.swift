import CAkinKernels

/// Runs `body` under each instruction set that this processor has; it must not leave its thread.
func underEachSet(_ body: (_ name: String) -> Void) {
    for name in ["baseline", "avx2", "avx512", "avx512-bf16", "neon", "neon-dotprod"]
    where akin_kernels_use(name) == 1 {
        body(name)
    }
    _ = akin_kernels_use("none")
}
