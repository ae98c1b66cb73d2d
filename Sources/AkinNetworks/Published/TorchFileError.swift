import AkinBasics

/// Why a file of PyTorch's gives no tensors.
public enum TorchFileError: ExplainedError, Hashable, Sendable {
    case truncated
    /// Not one as PyTorch before 1.6 wrote them, or on a machine whose numbers are laid out otherwise.
    case foreignFormat
    /// What the file asks for is more than tensors in a dictionary.
    case foreignContent(String)
    case damaged(String)
}

extension TorchFileError {
    /// What is wrong with it.
    public var description: String {
        switch self {
        case .truncated: "the file ends too early"
        case .foreignFormat: "it is not a file as PyTorch before 1.6 wrote them"
        case .foreignContent(let what): "it holds more than tensors (\(what)), which is not read"
        case .damaged(let reason): "it is damaged (\(reason))"
        }
    }
}
