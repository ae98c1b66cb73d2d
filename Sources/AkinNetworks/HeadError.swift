import AkinBasics

/// Why what was trained on top of a backbone cannot be used.
public enum HeadError: ExplainedError, Equatable, Sendable {
    case missing(checkpoint: String, tensor: String)
    case wrongShape(checkpoint: String, tensor: String, expected: [Int], found: [Int])
    /// Distances made with such values might be no numbers.
    case tooLarge(checkpoint: String, tensor: String)
    /// It was asked about embeddings of another backbone.
    case wrongDimension(expected: Int, found: Int)
}

extension HeadError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .missing(let checkpoint, let tensor):
            "the checkpoint '\(checkpoint)' has no \(tensor): it was not trained with it; give another checkpoint, "
                + "or compare with l2 or cosine"
        case .wrongShape(let checkpoint, let tensor, let expected, let found):
            "the checkpoint '\(checkpoint)': \(tensor) has the shape \(found) where \(expected) belongs; train it again"
        case .tooLarge(let checkpoint, let tensor):
            "the checkpoint '\(checkpoint)': the values of \(tensor) are too large to compare by; train it again"
        case .wrongDimension(let expected, let found):
            "the head takes embeddings of \(counted(expected, "dimension")), these have \(found); embed with the backbone that it was "
                + "trained with"
        }
    }
}
