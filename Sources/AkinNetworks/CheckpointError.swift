import AkinBasics
import AkinImages
import AkinTensors

/// Why a file does not serve as a checkpoint.
public enum CheckpointError: ExplainedError, Equatable, Sendable {
    case unreadable(path: String, FileError)
    case unwritable(WriteError)
    case notSafetensors(path: String, SafetensorsError)
    case notAkin(path: String)
    /// It holds a foreign network, where one of Akin's own is needed.
    case foreign(path: String)
    case newerFormat(path: String, found: Int, known: Int)
    case description(path: String, reason: String)
    case network(path: String, NetworkError)
    case tensor(path: String, name: String, expected: [Int], found: [Int]?)
    case notFinite(path: String, name: String)
}

extension CheckpointError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let error): "the checkpoint \(path): \(error)"
        case .unwritable(let error): error.description
        case .notSafetensors(let path, let error):
            "\(path) is not a checkpoint: \(error); give a .safetensors file that Akin wrote"
        case .notAkin(let path):
            "\(path) holds tensors but no description of an Akin backbone; give a file that Akin wrote"
        case .foreign(let path):
            "\(path) holds a foreign network, which Akin can run but not train; give a checkpoint of Akin's own"
        case .newerFormat(let path, let found, let known):
            "\(path) has checkpoint format \(found), this program reads up to \(known); use a newer one"
        case .description(let path, let reason):
            "\(path) describes its backbone in a way that can't be read (\(reason)); train it again"
        case .network(let path, let error): "\(path) holds no working backbone: \(error)"
        case .tensor(let path, let name, let expected, nil):
            "\(path) lacks the tensor \(name) \(expected); train it again"
        case .tensor(let path, let name, let expected, let found?):
            "\(path): the tensor \(name) is \(found), its backbone needs \(expected); train it again"
        case .notFinite(let path, let name):
            "\(path): the tensor \(name) holds values that are not numbers; train it again with a lower learning rate"
        }
    }
}
