/// Why there is no backbone to embed with.
public enum EmbeddingError: Error, Hashable, Sendable {
    /// `known`: the formats that could have been read.
    case unknownFormat(String, known: [String])
}

extension EmbeddingError: CustomStringConvertible {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .unknownFormat(let format, let known):
            "the backbone is kept as '\(format)', and known are only \(known.joined(separator: ", ")); "
                + "use a program that knows this kind of backbone"
        }
    }
}
