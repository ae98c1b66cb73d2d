import AkinBasics

/// How the learning rate changes with the steps.
public enum Schedule: Codable, Sendable, Hashable {
    case constant
    /// rate * decay^(step / steps), as Keras' ExponentialDecay; in whole powers with `staircase`.
    case exponentialDecay(decay: Float, steps: Int, staircase: Bool = false)
    /// rate * factor^(epoch / epochs), in whole powers.
    case step(factor: Float, epochs: Int)
    /// In the first `warmUp` epochs up from 0 by equal steps, the last of them with the full rate; then half a cosine
    /// down to `floor` times the rate at the end of the run (Loshchilov and Hutter 2017).
    case cosine(warmUp: Float = 0, floor: Float = 0)

    /// What the learning rate is multiplied by at a step, counted from 0 over the whole run.
    package func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Float {
        switch self {
        case .constant: return 1
        case .exponentialDecay(let decay, let steps, let staircase):
            let exponent = Double(step) / Double(steps)
            return Float(Double(decay).power(staircase ? exponent.rounded(.down) : exponent))
        case .step(let factor, let epochs):
            return Float(Double(factor).power(Double(step / stepsPerEpoch / epochs)))
        case .cosine(let warmUp, let floor):
            let rise = Double(warmUp) * Double(stepsPerEpoch)
            if Double(step) < rise { return Float(min(Double(step + 1) / rise, 1)) }
            let fall = Double(epochs * stepsPerEpoch) - rise
            let share = min((Double(step) - rise) / max(fall, 1), 1)
            return floor + (1 - floor) * Float((1 + (.pi * share).cosine) / 2)
        }
    }
}
