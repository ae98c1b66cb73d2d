/// How far two embeddings lie apart; smaller is nearer.
public enum Metric: String, Codable, CaseIterable, Sendable {
    /// Euclidean distance, `sqrt(sum((x - y)^2))`.
    case l2
    /// `sum((x - y)^2)`.
    case squaredL2 = "squared-l2"
    /// `sum(|x - y|)`.
    case l1
    /// `1 - <x, y> / (|x| |y|)`, 0...2. A vector of zeros has no direction: it lies 1 from every other, and 0
    /// from another of zeros.
    case cosine
    /// `1 - <x, y>`; any value, below 0 too.
    case innerProduct = "inner-product"
}
