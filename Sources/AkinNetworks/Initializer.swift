import AkinTensors

/// How parameters begin. With fan the number of inputs (fanIn) or outputs (fanOut) of a unit, each of variance:
public enum Initializer: Codable, Sendable, Hashable {
    /// 2 / (fanIn + fanOut), uniform (Glorot and Bengio 2010).
    case glorotUniform
    /// 2 / (fanIn + fanOut), normal.
    case glorotNormal
    /// 2 / fanIn, uniform (He et al. 2015).
    case heUniform
    /// 2 / fanIn, normal.
    case heNormal
    /// 1 / fanIn, uniform (LeCun et al. 1998).
    case lecunUniform
    /// 1 / fanIn, normal: what SELU asks for.
    case lecunNormal
    /// Normal with any mean and standard deviation.
    case normal(mean: Float, deviation: Float)
    /// All zero.
    case zeros
    /// All the same.
    case constant(Float)
}

extension Initializer {
    /// Whether it needs the fans, which only weights have.
    var needsFans: Bool {
        switch self {
        case .glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform, .lecunNormal: true
        case .normal, .zeros, .constant: false
        }
    }

    /// Fills `values` with what follows from the state of the generator.
    func fill(
        _ values: UnsafeMutableBufferPointer<Float>, fanIn: Int, fanOut: Int,
        generator: inout SeededGenerator
    ) {
        precondition(!needsFans || fanIn > 0, "\(self) of what has no inputs")
        // A uniform distribution in ±limit has the variance limit^2 / 3.
        func uniform(squaredLimit: Float) {
            let limit = squaredLimit.squareRoot()
            for i in values.indices { values[i] = (2 * generator.uniform() - 1) * limit }
        }
        func normal(mean: Float = 0, deviation: Float) {
            for i in stride(from: 0, to: values.count, by: 2) {
                let (first, second) = generator.normals()
                values[i] = mean + deviation * first
                if i + 1 < values.count { values[i + 1] = mean + deviation * second }
            }
        }
        let (inputs, both) = (Float(fanIn), Float(fanIn + fanOut))
        switch self {
        case .glorotUniform: uniform(squaredLimit: 6 / both)
        case .glorotNormal: normal(deviation: (2 / both).squareRoot())
        case .heUniform: uniform(squaredLimit: 6 / inputs)
        case .heNormal: normal(deviation: (2 / inputs).squareRoot())
        case .lecunUniform: uniform(squaredLimit: 3 / inputs)
        case .lecunNormal: normal(deviation: (1 / inputs).squareRoot())
        case .normal(let mean, let deviation): normal(mean: mean, deviation: deviation)
        case .zeros: values.update(repeating: 0)
        case .constant(let value): values.update(repeating: value)
        }
    }
}
