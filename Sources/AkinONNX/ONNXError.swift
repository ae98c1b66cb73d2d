import AkinBasics

/// Why a foreign network cannot be used, or a network not be written as one.
public enum ONNXError: ExplainedError, Equatable, Sendable {
    /// ONNX Runtime is nowhere.
    case noRuntime
    /// What lies there is not ONNX Runtime, or cannot be opened.
    case unusableRuntime(path: String, reason: String)
    /// It is older than what is needed: at least version 1.`needed`.
    case oldRuntime(path: String, version: String, needed: Int)

    /// The file of a model, or a part of it.
    case unreadable(path: String, FileError)
    /// The file is no ONNX model.
    case notONNX(path: String)
    /// The model keeps something in another file in a way that is not known.
    case otherFile(path: String, name: String)
    /// Together with what lies in other files it is larger than the format allows.
    case tooLarge(path: String, limit: Int)
    /// ONNX Runtime does not take the model; its words.
    case refused(path: String, reason: String)
    /// A picture is one input, and the model has these.
    case notOneInput(path: String, names: [String])
    /// Its input is no picture: it is this instead.
    case notAPicture(path: String, input: String, found: String)
    /// The model takes pictures of any size, and none was given.
    case noSize(path: String)
    /// The size asked for is not the model's.
    case otherSize(path: String, asked: PictureSize, found: PictureSize)
    /// No side may be so long.
    case badSize(PictureSize)
    /// So many numbers of a kind were given for a picture of so many channels.
    case wrongStatistics(found: Int, channels: Int)
    /// Not a number, or none that can be divided by.
    case badStatistics
    /// The model puts out nothing of this name; `known` is what it puts out.
    case noOutput(path: String, name: String, known: [String])
    /// What it puts out is no embedding: it is this instead. `others` are its other outputs.
    case unusableOutput(path: String, output: String, found: String, others: [String])
    /// The model could not be run on a picture; ONNX Runtime's words.
    case failed(path: String, reason: String)

    /// The description of a preprocessing, as model hubs have it; what is wrong with it.
    case unreadablePreprocessor(path: String, reason: String)
    /// A model hub's preprocessing does what is not known here.
    case unknownPreprocessing(path: String, what: String)

    /// Of a backbone that is none of Akin's own networks.
    case notANetwork(name: String)
    /// The file for the model could not be written.
    case unwritable(WriteError)
}

/// A height and a width in pixels.
public struct PictureSize: Sendable, Hashable, CustomStringConvertible {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// `height` rows and `width` columns.
    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// `224 x 320`: the width comes first.
    public var description: String { "\(width) x \(height)" }
}

extension ONNXError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .noRuntime, .unusableRuntime, .oldRuntime: ofRuntime
        case .unreadable, .notONNX, .otherFile, .tooLarge, .refused: ofFile
        case .notOneInput, .notAPicture, .noSize, .otherSize, .badSize, .wrongStatistics, .badStatistics:
            ofInput
        case .noOutput, .unusableOutput, .failed: ofOutput
        case .unreadablePreprocessor(let path, let reason):
            "\(path) describes no preprocessing that can be used (\(reason)); give the preprocessor_config.json of the model, or "
                + "say the preprocessing yourself"
        case .unknownPreprocessing(let path, let what):
            "\(path) asks for \(what), which Akin does not do; say the preprocessing yourself"
        case .notANetwork(let name):
            "the backbone '\(name)' is not one of Akin's own networks, which alone can be written as ONNX; give a checkpoint"
        case .unwritable(let error): error.description
        }
    }

    private var ofRuntime: String {
        switch self {
        case .unusableRuntime(let path, let reason):
            "\(path) is not an ONNX Runtime that can be used (\(reason)); \(Self.advice)"
        case .oldRuntime(let path, let version, let needed):
            "\(path) is ONNX Runtime \(version), and at least 1.\(needed) is needed; install a newer one, or say where it lies "
                + "(\(ONNXRuntime.variable))"
        default: "ONNX Runtime, which runs foreign networks, is not installed; \(Self.advice)"
        }
    }

    private static let advice = """
        'pip install onnxruntime' brings it, Debian's package is libonnxruntime1.21, Homebrew's onnxruntime; or say where \
        its library lies (\(ONNXRuntime.variable))
        """

    private var ofFile: String {
        switch self {
        case .unreadable(let path, let error): "the model \(path): \(error)"
        case .notONNX(let path): "\(path) is no ONNX model, or is damaged; give the .onnx file of a network"
        case .otherFile(let path, let name):
            "\(path) keeps weights in another file in a way that is not known ('\(name)'); write it as one file "
                + "(torch.onnx.export: external_data=False)"
        case .tooLarge(let path, let limit):
            "\(path) would be larger than \(limit) bytes, the most that ONNX allows in one file; take a smaller model"
        case .refused(let path, let reason): "ONNX Runtime can't use \(path): \(reason); write the model anew"
        default: ""
        }
    }

    private var ofInput: String {
        switch self {
        case .notOneInput(let path, let names):
            "\(path) takes \(counted(names.count, "input")) (\(names.joined(separator: ", "))), and a picture is one; write the "
                + "model with the picture as its only input"
        case .notAPicture(let path, let input, let found):
            "the input '\(input)' of \(path) is no picture but \(found); expected is float32 or float16 [n, 3, height, width], "
                + "[n, height, width, 3] or the same with 1 channel; give a model of pictures"
        case .noSize(let path): "\(path) takes pictures of any size; say which it was trained on"
        case .otherSize(let path, let asked, let found):
            "\(path) takes pictures of \(found), not of \(asked); leave the size to the model"
        case .badSize(let size):
            "a picture of \(size) can't be made; give sides of 1 to 4096 pixels, none longer than the shorter side that is cut"
        case .wrongStatistics(let found, let channels):
            "\(counted(found, "number")) for the mean and the deviation of a picture with "
                + "\(counted(channels, "channel")); give one, or as many"
        case .badStatistics: "a mean or deviation can't be used; give numbers, and deviations above 0"
        default: ""
        }
    }

    private var ofOutput: String {
        switch self {
        case .noOutput(let path, let name, let known):
            "\(path) has no output '\(name)' (it has \(known.joined(separator: ", "))); name one of these"
        case .unusableOutput(let path, let output, let found, let others):
            "the output '\(output)' of \(path) is no embedding but \(found); "
                + (others.isEmpty
                    ? "write the model with the values before its last layers as output"
                    : "name another (\(others.joined(separator: ", ")))")
        case .failed(let path, let reason):
            "\(path) can't be run on a picture: \(reason); say the size that it was trained on, or write the model anew"
        default: ""
        }
    }
}
