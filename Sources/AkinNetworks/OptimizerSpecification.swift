/// How the gradient changes the weights, with its constants; by default Keras', but for the weight decay of `adamw`,
/// which is PyTorch's. The formulas: g is the gradient, w a weight, t the number of the step from 1; what begins at 0 is
/// not said.
public enum OptimizerSpecification: Codable, Sendable, Hashable {
    /// Stochastic gradient descent; with `nesterov` the gradient is taken ahead of the momentum (Sutskever et al. 2013).
    ///
    ///     v = momentum v - rate g; w += v, with `nesterov` w += momentum v - rate g
    case sgd(momentum: Float = 0, nesterov: Bool = false)
    /// Tieleman and Hinton 2012. Epsilon is added to the root, as in Keras 2.2, which the thesis used, and
    /// in PyTorch; TensorFlow's Keras and Keras 3 have it under the root.
    ///
    ///     v = rho v + (1 - rho) g^2; w -= rate g / (sqrt(v) + epsilon)
    case rmsprop(rho: Float = 0.9, epsilon: Float = 1e-7)
    /// Zeiler 2012, algorithm 1, times the rate; the paper's own is 1.
    ///
    ///     v = rho v + (1 - rho) g^2; d = g sqrt((u + epsilon) / (v + epsilon)); u = rho u + (1 - rho) d^2; w -= rate d
    case adadelta(rho: Float = 0.95, epsilon: Float = 1e-7)
    /// Kingma and Ba 2014, algorithm 1. Epsilon is added to the root of the corrected moment, as there and in PyTorch;
    /// Keras adds it before the correction.
    ///
    ///     m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2
    ///     w -= rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
    case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7)
    /// Dozat 2016, with the momentum's schedule as in Keras 2 and PyTorch (Keras 3 leaves out the 0.004). P is the
    /// product of all mu up to its index; m and v as in Adam.
    ///
    ///     mu_t = beta1 (1 - 0.96^(0.004 t) / 2)
    ///     w -= rate (mu_t+1 m / (1 - P_t+1) + (1 - mu_t) g / (1 - P_t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
    case nadam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7)
    /// Adam with the decay of the weights apart from the gradient (Loshchilov and Hutter 2019). Biases do not decay.
    ///
    ///     as Adam, and w -= rate weightDecay w, with the w before
    case adamw(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7, weightDecay: Float = 0.01)

    /// The rate that is usual for it: Keras 2.2's, which the thesis used.
    public var usualLearningRate: Float {
        switch self {
        case .sgd: 0.01
        case .adadelta: 1
        case .nadam: 0.002
        case .rmsprop, .adam, .adamw: 0.001
        }
    }
}
