import AkinBasics

/// Why vectors cannot be shown on a map.
public enum MapError: ExplainedError, Hashable, Sendable {
    /// A vector holds values that are no numbers, or too large to be compared.
    case notFinite(row: Int)
    /// A perplexity below 1, or none at all.
    case badPerplexity(Double)
}

extension MapError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .notFinite(let row):
            "vector \(row + 1) holds values that are no numbers, or too large; check the backbone's training"
        case .badPerplexity(let perplexity):
            "a perplexity of \(perplexity) is no number of neighbours; give 1 or more, 30 say"
        }
    }
}
