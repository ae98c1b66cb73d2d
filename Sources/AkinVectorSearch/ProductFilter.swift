/// Tells from an inexact product `<x, y>` whether `y` may be no farther from `x` than a bound.
///
/// A sum of `n` products of floats, in any order, is wrong by at most `n * u * |x| |y|` with `u = 2^-24` (Higham,
/// Accuracy and Stability of Numerical Algorithms, section 3.1; to first order, hence some slack). So is a
/// kernel's own result, and the norms that both begin with. With `e` for twice that, `y` is out if
///
///     l2:            |x|^2 + |y|^2 - 2 <x, y> - 2 e (|x|^2 + |y|^2) > bound^2
///     inner product: 1 - <x, y> - e |x| |y| > bound
///     cosine:        1 - <x, y> / (|x| |y|) - e > bound
///
/// Each is of the form `<x, y> < offset + scale * weight(y)`.
struct ProductFilter {
    private let metric: Metric
    private let e: Float
    private static let slack: Float = 1 + 0x1p-18

    init(_ metric: Metric, dimension: Int) {
        self.metric = metric
        e = 2.1 * Float(dimension + 16) * 0x1p-24
    }

    func weight(_ squaredNorm: Float) -> Float {
        switch metric {
        case .l2, .squaredL2: squaredNorm * (1 - 2 * e) / 2
        case .innerProduct, .cosine: squaredNorm.squareRoot()
        case .l1, .learnedL1: 0
        }
    }

    func threshold(_ bound: Float, squaredNorm: Float) -> (offset: Float, scale: Float) {
        switch metric {
        case .l2, .squaredL2:
            let squared = (metric == .l2 ? bound * bound : bound) * (1 + e) * Self.slack
            return (squaredNorm * (1 - 2 * e) / 2 - squared / 2, 1)
        case .innerProduct:
            let least = 1 - bound
            return (least - (1 + least.magnitude) * 0x1p-21, -e * squaredNorm.squareRoot() * Self.slack)
        case .cosine: return (0, (1 - bound - e - 0x1p-20) * squaredNorm.squareRoot())
        case .l1, .learnedL1: return (-.infinity, 0)
        }
    }
}
