import AkinBasics
import AkinTensors

/// t-SNE (van der Maaten and Hinton 2008): points whose neighbours are those of the vectors.
///
/// Of at most `mostExact` vectors all pairs count; of more, each vector's nearest, and far points together (van der Maaten
/// 2014). It begins at the principal plane, small (Kobak and Berens 2019), and for 250 of 1,000 steps the affinities count 12
/// times, so that groups find together; by the rate of Belkina et al. 2019, the vectors' number over that.
struct NeighbourMap {
    /// Up to so many vectors, every pair counts.
    static let mostExact = 1000
    static let steps = (exaggerated: 250, all: 1000)
    static let exaggeration = 12.0

    /// Where the vectors lie, `[vectors, 2]`.
    let places: DoubleMatrix
    /// What was fitted to the number of vectors.
    let perplexity: Double

    /// How many neighbours can count: a third of the others at most, so that the nearest of each say something.
    static func fitted(_ perplexity: Double, to count: Int) -> Double {
        max(1, min(perplexity, Double(count - 1) / 3))
    }

    /// Nil where it was cancelled.
    init?(
        _ vectors: MapVectors, from plane: DoubleMatrix, perplexity asked: Double, seed: UInt64,
        isCancelled: () -> Bool, progress: (WorkProgress) -> Void
    ) {
        let count = vectors.count
        perplexity = Self.fitted(asked, to: count)
        let isExact = count <= Self.mostExact
        let neighbours = isExact ? count - 1 : min(count - 1, Int((3 * perplexity).rounded(.up)))
        // To find the neighbours of so many vectors takes about as long as a step.
        let each = 64
        let before = (count + each - 1) / each
        let total = before + Self.steps.all
        progress(WorkProgress(done: 0, total: total))
        let found = Affinities(
            vectors, perplexity: perplexity, neighbours: neighbours, isCancelled: isCancelled,
            progress: { progress(WorkProgress(done: ($0 + each - 1) / each, total: total)) })
        guard let found else { return nil }
        let descent = Descent(found, from: Self.start(plane, seed: seed), exactly: isExact)
        let rate = Self.rate(count)
        for step in 0..<Self.steps.all {
            if isCancelled() { return nil }
            let isExaggerated = step < Self.steps.exaggerated
            descent.step(
                exaggeration: isExaggerated ? Self.exaggeration : 1, momentum: isExaggerated ? 0.5 : 0.8,
                rate: rate)
            progress(WorkProgress(done: before + step + 1, total: total))
        }
        places = descent.points
    }

    /// As scikit-learn's `auto` from 600 vectors on; of fewer, its least rate of 50 makes steps that are too long: they end at a
    /// divergence of 0.14 where 39 vectors can have 0.03.
    private static func rate(_ count: Int) -> Double {
        let share = Double(count) / exaggeration
        return max(share / 4, min(50, max(1, share)))
    }

    /// The plane with a deviation of 1e-4 along its first direction, and a little noise, which parts equal vectors.
    private static func start(_ plane: DoubleMatrix, seed: UInt64) -> DoubleMatrix {
        var (start, squares) = (plane, 0.0)
        for row in 0..<plane.rows { squares += plane[row, 0] * plane[row, 0] }
        let deviation = (squares / Double(plane.rows)).squareRoot()
        let scale = deviation > 0 ? 1e-4 / deviation : 0
        var generator = SeededGenerator(seed: seed, .mapStart)
        for row in 0..<plane.rows {
            let noise = generator.normals()
            start[row, 0] = plane[row, 0] * scale + Double(noise.0) * 1e-6
            start[row, 1] = plane[row, 1] * scale + Double(noise.1) * 1e-6
        }
        return start
    }
}
