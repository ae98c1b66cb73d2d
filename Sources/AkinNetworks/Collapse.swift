/// How a training has come to nothing: the embeddings of its own pictures tell nothing apart. A poor accuracy is not that.
public enum Collapse: String, Codable, Sendable, Hashable, CaseIterable {
    /// They lie at one point.
    case onePoint = "one-point"
    /// Two pictures of one class lie as far apart as two of different classes.
    case noDifference = "no-difference"
}

extension Collapse: CustomStringConvertible {
    /// What is the matter.
    public var description: String {
        switch self {
        case .onePoint: "the embeddings of its pictures lie at one point"
        case .noDifference:
            "the embeddings of two pictures of one class lie as far apart as those of two classes"
        }
    }
}
