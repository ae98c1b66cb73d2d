import AkinTensors
import AkinVectorSearch

/// What a backbone is worth on classes that training does not see.
public struct ValidationResult: Codable, Sendable, Hashable {
    /// 0...1, of one-shot episodes.
    public var oneShot: Float
    /// 0...1, of telling whether two images are of one class, at the threshold that is best for these pairs.
    public var verification: Float

    /// Both.
    public init(oneShot: Float, verification: Float) {
        self.oneShot = oneShot
        self.verification = verification
    }

    enum CodingKeys: String, CodingKey {
        case verification
        case oneShot = "one_shot"
    }
}

/// Measures embeddings of the images held back from training, always on the same episodes and pairs, so that epochs can
/// be compared.
package struct Validator: Sendable {
    private let episodes: Episodes
    private let pairs: VerificationPairs
    private static let pairCount = 4000

    /// `images` are those held back, `seed` is the run's.
    package init(
        images: PreparedImages, settings: Recipe.Training.Validation, seed: UInt64
    ) throws(FewShotError) {
        let labels = (0..<images.count).map(images.label(at:))
        episodes = try Episodes(
            labels: labels,
            settings: .init(
                ways: settings.ways, shots: 1, count: settings.episodes, withinGroup: settings.withinGroup,
                seed: seed))
        pairs = try VerificationPairs(labels: labels, count: Self.pairCount, seed: seed)
    }

    /// Of `embeddings` `[images, dimension]`; `metric` is the learned one where the loss learns one.
    package func evaluate(_ embeddings: Matrix, by metric: Metric = .l2) -> ValidationResult {
        let right = episodes.right(in: embeddings, by: metric).reduce(0, +)
        let asked = episodes.episodes.reduce(0) { $0 + $1.queries.count }
        return ValidationResult(
            oneShot: Float(right) / Float(asked),
            verification: Float(pairs.result(in: embeddings, by: metric).bestAccuracy))
    }
}
