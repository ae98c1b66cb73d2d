import AkinBasics

/// Why there is no such descriptor.
public enum DescriptorError: ExplainedError, Hashable, Sendable {
    /// Of an input of this size none can be made: a side has fewer than `least` pixels, or the embedding would be longer
    /// than `dimension`.
    case badSize(kind: String, height: Int, width: Int, least: Int, dimension: Int)
    /// What was kept of it is not what was written.
    case unreadable(kind: String)
    /// A newer program has kept it.
    case newerFormat(kind: String, found: Int, known: Int)
}

extension DescriptorError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .badSize(let kind, let height, let width, let least, let dimension):
            "the backbone '\(kind)' cannot be made for an input of \(height) x \(width); give sides of \(least) pixels or more, "
                + "of which an embedding of at most \(dimension) numbers comes"
        case .unreadable(let kind):
            "what was kept of the backbone '\(kind)' is damaged; take it from where it was kept whole"
        case .newerFormat(let kind, let found, let known):
            "the backbone '\(kind)' is kept in format \(found), this program reads up to \(known); use a newer one"
        }
    }
}
