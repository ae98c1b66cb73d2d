import AkinTensors
import CAkinKernels

/// The inner product as a distance, for building a graph: each vector gets one more component, `sqrt(r^2 - |x|^2)` where no
/// vector is longer than `r`, so that all have the length `r` and lie the nearer to each other the larger their product is
/// (Bachrach et al. 2014, section 2). A query has 0 there, so it is searched by products alone.
///
/// By products themselves only long vectors would be linked to, and short ones not found by what lies near them.
final class Lift: @unchecked Sendable {
    private let radius: Double
    /// What a product of 1 is in scores.
    private let scale: Double
    /// For each row `r` less the component that it gets: that is exact also where it is small.
    private let gaps: UnsafeMutablePointer<Float>

    /// Nil where no length can be told.
    init?(_ space: CodeSpace, _ vectors: VectorRows) {
        let radius = Double(space.radius)
        guard radius > 0, radius.isFinite else { return nil }
        self.radius = radius
        scale = space.productScale
        gaps = .allocate(capacity: max(1, vectors.count))
        nonisolated(unsafe) let gaps = gaps
        ThreadPool.shared.forEachChunk(of: vectors.count, size: 1024) { rows, _ in
            for row in rows {
                let squared = min(
                    Double(squaredNormOf(vectors.vector(row), vectors.dimension)), radius * radius)
                gaps[row] = Float(squared / (radius + (radius * radius - squared).squareRoot()))
            }
        }
    }

    deinit { gaps.deallocate() }

    /// The codes, to be compared with that of a row: the half of the squared distance, less what is the same for all.
    func lifted(_ codes: CodeTable, for row: UInt32) -> CodeTable {
        // Of the product of both components, `(r - a) (r - b)`, what depends on the other row, `-b (r - a)`, and on this.
        let gap = Double(gaps[Int(row)])
        return codes.lifted(offset: scale * radius * gap, factor: scale * (radius - gap), gaps: gaps)
    }
}
