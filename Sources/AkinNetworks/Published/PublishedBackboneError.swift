import AkinBasics

/// Why a published file gives no backbone.
public enum PublishedBackboneError: ExplainedError, Hashable, Sendable {
    /// Not the one that is known. The sums are SHA-256's.
    case otherFile(expected: String, found: String)
    case archive(ZipError)
    case weights(TorchFileError)
    case tensor(String, expected: [Int], found: [Int]?)
    /// A tensor of ours that has no source.
    case unknownTensor(String)
    case notFinite
}

extension PublishedBackboneError {
    /// What is wrong with the file.
    public var description: String {
        switch self {
        case .otherFile(let expected, let found):
            "its SHA-256 sum is \(found), and that of the published file is \(expected)"
        case .archive(let error): "\(error)"
        case .weights(let error): "\(error)"
        case .tensor(let name, let expected, nil): "it lacks the tensor \(name) \(expected)"
        case .tensor(let name, let expected, let found?):
            "its tensor \(name) is \(found), and the network needs \(expected)"
        case .unknownTensor(let name): "nothing is known of where \(name) is in it"
        case .notFinite: "some of its weights are no numbers"
        }
    }
}
