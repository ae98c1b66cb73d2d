import AkinBasics

/// Why vectors cannot be compared.
public enum MetricError: ExplainedError, Hashable, Sendable {
    /// They have not the same number of dimensions.
    case dimensionsDiffer(Int, Int)
    /// The metric was learned for vectors of another number of dimensions.
    case otherDimension(learned: Int, found: Int)
    /// There is neither no exclusion nor one for each query.
    case exclusionsDiffer(queries: Int, exclusions: Int)
}

extension MetricError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .dimensionsDiffer(let one, let other):
            "vectors of \(one) and of \(other) dimensions cannot be compared; take embeddings of one backbone"
        case .otherDimension(let learned, let found):
            "the metric was learned for vectors of \(learned) dimensions, these have \(found); take embeddings of the backbone "
                + "that it was learned with"
        case .exclusionsDiffer(let queries, let exclusions):
            "\(queries) queries came with \(exclusions) exclusions; give one for each, or none"
        }
    }
}
