/// What is done to each value as a layer writes it; the kernels' `relu`.
enum Rectifier: Int32, Sendable {
    case none = 0
    /// Negative values become 0.
    case relu = 1
    /// Those above 6 become 6, too.
    case relu6 = 2

    /// Where an activation is none that can be done on the way, nil.
    init?(_ activation: LayerSpecification.Activation) {
        switch activation {
        case .linear: self = .none
        case .relu: self = .relu
        case .relu6: self = .relu6
        default: return nil
        }
    }
}

/// An image layer with weights `[..., channels]` and a bias after them, into which embedding folds what follows it.
protocol FoldingLayer: ImageLayer {
    /// Done to the result as it is written; other than `none` only where `backward` knows of it, or is not called.
    var rectifier: Rectifier { get set }
}
