import AkinBasics

/// Why there is no backbone to embed with.
public enum EmbeddingError: ExplainedError, Hashable, Sendable {
    /// `known`: the formats that could have been read.
    case unknownFormat(String, known: [String])
    /// No backbone has this name; `known` are those that there are, `nearest` is the one that was probably meant. `isFile`: a
    /// file or folder of that name lies in the working folder.
    case unknownName(String, nearest: String?, known: [String], isFile: Bool)
    /// Backbones cannot stand side by side.
    case badCombination(CombinationProblem)
    /// So many pictures are to go through a backbone at once.
    case emptyBatch(Int)
    /// So many numbers are no inputs of so many pictures.
    case wrongInputCount(pictures: Int, expected: Int, found: Int)
    /// A backbone is to take no input.
    case noInput
}

/// Why backbones cannot stand side by side.
public enum CombinationProblem: Hashable, Sendable {
    /// So few of them.
    case tooFew(Int)
    /// This one is several backbones itself.
    case nested(String)
    /// This one stands there twice.
    case repeated(String)
    /// The weight of this one is no positive number.
    case badWeight(String, Float)
    /// What was kept of them cannot be read.
    case damaged
    /// What was kept of them has this format, of a newer program.
    case newer(Int)
}

extension EmbeddingError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .unknownFormat(let format, let known):
            "the backbone is kept as '\(format)', and known are only \(known.joined(separator: ", ")); "
                + "use a program that knows this kind of backbone"
        case .unknownName(let name, let nearest, let known, let isFile):
            "there is no backbone '\(name)' (there are \(known.joined(separator: ", "))); "
                + (isFile
                    ? "the file of this name is './\(name)'"
                    : nearest.map { "did you mean '\($0)'?" }
                        ?? "take one of these, or a file, with a slash or an ending")
        case .badCombination(let problem): problem.description
        case .emptyBatch(let count): "a batch of \(counted(count, "picture")) is asked for; give 1 or more"
        case .wrongInputCount(let pictures, let expected, let found):
            "\(counted(found, "number")) for the inputs of \(counted(pictures, "picture")), and the backbone takes \(expected); give "
                + "what its input makes of them"
        case .noInput: "a backbone takes an input of a picture; give at least one preprocessing"
        }
    }
}

extension CombinationProblem: CustomStringConvertible {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .tooFew(let count): "side by side stand at least two backbones, not \(count); name another"
        case .nested(let name):
            "'\(name)' is several backbones side by side already; name those that it consists of"
        case .repeated(let name): "the backbone '\(name)' is named twice; name it once"
        case .badWeight(let name, let weight):
            "the weight of the backbone '\(name)' is \(weight); give a number above 0"
        case .damaged:
            "what was kept of several backbones side by side is damaged; take it from where it was kept whole"
        case .newer(let format):
            "what was kept of several backbones side by side has the format \(format); use a newer program"
        }
    }
}
