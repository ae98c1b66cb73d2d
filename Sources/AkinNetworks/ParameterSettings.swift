extension LayerSpecification.ParameterSettings {
    /// The settings, or the defaults for nil, where they can be met.
    static func checked(_ settings: Self?, layer: String) throws(NetworkError) -> Self {
        let settings = settings ?? .init()
        let penalties = [
            ("kernel-l1", settings.kernelL1), ("kernel-l2", settings.kernelL2), ("bias-l1", settings.biasL1),
            ("bias-l2", settings.biasL2),
        ]
        for case (let key, let value?) in penalties where !(value >= 0 && value.isFinite) {
            throw .invalidValue(layer: layer, key: key, value: "\(value)", expected: "0 or more")
        }
        try check(settings.kernelInitializer, layer: layer, key: "kernel-initializer", hasFans: true)
        try check(settings.biasInitializer, layer: layer, key: "bias-initializer", hasFans: false)
        return settings
    }

    private static func check(
        _ initializer: Initializer?, layer: String, key: String, hasFans: Bool
    ) throws(NetworkError) {
        let (valid, expected) =
            switch initializer {
            case .normal(let mean, let deviation):
                (mean.isFinite && deviation.isFinite && deviation >= 0, "a mean and a deviation of 0 or more")
            case .constant(let value): (value.isFinite, "a number")
            case let initializer?:
                (
                    hasFans || !initializer.needsFans,
                    "zeros, a constant or normal: the others go by a weight's inputs and outputs"
                )
            case nil: (true, "")
            }
        guard !valid, let initializer else { return }
        throw .invalidValue(layer: layer, key: key, value: "\(initializer)", expected: expected)
    }
}
