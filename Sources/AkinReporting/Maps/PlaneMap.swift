import AkinBasics
import AkinTensors
import AkinVectorSearch

/// Vectors of many dimensions as points on a plane, so that a person sees which lie near each other.
///
/// ```swift
/// if let map = try PlaneMap(of: embeddings, by: .cosine) {
///     for row in 0..<map.points.rows { print(map.points[row, 0], map.points[row, 1]) }
/// }
/// ```
///
/// A plane cannot keep all distances. <doc:Maps> says what each method keeps, and how far a map can be trusted.
public struct PlaneMap: Sendable, Equatable {
    /// How points are placed.
    public enum Method: Sendable, Hashable {
        /// t-SNE (van der Maaten and Hinton 2008): near vectors stay near; how far others are tells little. `perplexity` is about
        /// how many neighbours of a vector count, 1 or more; of few vectors, a third of the others at most.
        case neighbours(perplexity: Double = 30)
        /// The first two principal components: the plane in which the vectors lie farthest apart, as one sees it from above.
        case principalComponents

        /// Which of them, by the names that commands and files use.
        public enum Kind: String, Codable, CaseIterable, Sendable {
            case neighbours = "t-sne"
            case principalComponents = "pca"
        }

        /// Which it is.
        public var kind: Kind {
            switch self {
            case .neighbours: .neighbours
            case .principalComponents: .principalComponents
            }
        }
    }

    /// Where each vector lies, `[vectors, 2]`: to the right and upwards, about zero, in units without a meaning.
    public let points: Matrix
    /// How the points were placed: a perplexity fitted to the number of vectors; principal components for up to three vectors, which lie
    /// in a plane as they are.
    public let method: Method
    /// What share of the vectors' variance principal components show, 0...1; nil by another method, and where vectors are equal.
    public let share: Double?

    /// Places vectors, `[vectors, dimension]`; none and one are enough, and equal ones lie at one point. Nil where it was
    /// cancelled.
    ///
    /// By the metric `cosine` the vectors' directions count, by `l1`, `innerProduct` and `learnedL1` t-SNE's neighbours are near by
    /// that metric, while principal components know Euclidean distances alone; each component of `learnedL1` is then scaled by
    /// its weight.
    ///
    /// The same vectors, method and seed give the same points, whatever the number of threads. t-SNE takes O(n²) steps of at
    /// most 1,000 vectors, of more O(n log n), and O(n² · dimension) once to find neighbours.
    ///
    /// - Parameters:
    ///   - seed: Of the little noise with which t-SNE begins.
    ///   - isCancelled: Asked often.
    ///   - progress: Told how many of t-SNE's steps are done; finding neighbours counts as some.
    /// - Throws: Where vectors hold no numbers, or the perplexity is none.
    public init?(
        of vectors: Matrix, by metric: Metric, method: Method = .neighbours(), seed: UInt64 = 1,
        isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) throws(MapError) {
        if case .neighbours(let perplexity) = method, !(perplexity >= 1 && perplexity.isFinite) {
            throw .badPerplexity(perplexity)
        }
        let vectors = try MapVectors(vectors, by: metric)
        let plane = PrincipalPlane(of: vectors.rows)
        guard case .neighbours(let perplexity) = method, vectors.count > 3 else {
            points = Matrix(rows: vectors.count, columns: 2, trusted: plane.places.values.map { Float($0) })
            (self.method, share) = (.principalComponents, plane.share)
            return
        }
        share = nil
        guard !vectors.areOnePoint else {
            points = Matrix(zeros: vectors.count, columns: 2)
            self.method = .neighbours(perplexity: NeighbourMap.fitted(perplexity, to: vectors.count))
            return
        }
        guard
            let map = NeighbourMap(
                vectors, from: plane.places, perplexity: perplexity, seed: seed, isCancelled: isCancelled,
                progress: progress)
        else { return nil }
        points = Matrix(rows: vectors.count, columns: 2, trusted: map.places.values.map { Float($0) })
        self.method = .neighbours(perplexity: map.perplexity)
    }
}
