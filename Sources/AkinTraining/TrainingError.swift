import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinNetworks
import AkinTensors

/// Why a training run cannot begin or go on.
public enum TrainingError: ExplainedError, Equatable, Sendable {
    case recipe(RecipeError)
    case network(recipe: String, NetworkError)
    case tooFewImages(found: Int)
    /// Inputs that a program made are not of the size that its preprocessing says, for each of so many labels.
    case wrongInputCount(labels: Int, expected: Int, found: Int)
    case oneClass(String)
    /// `bytes` for the largest `batch`, more than the `machine` has.
    case tooMuchMemory(recipe: String, batch: Int, bytes: Double, machine: Double)
    /// `reason` says what in the recipe does not go with its data, and what to do.
    case settings(recipe: String, reason: String)
    case noClassToValidate(recipe: String, pattern: String)
    case tooLittleToValidate(recipe: String, classes: Int)
    /// Of `classes` classes `held` are held back for validation.
    case tooLittleLeft(recipe: String, held: Int, classes: Int)
    /// The checkpoint to begin with.
    case start(CheckpointError)
    case unknownStart(recipe: String, EmbeddingError)
    case otherLayers(path: String, expected: String, found: String)
    /// `what`: the first layer whose outputs or weights are not numbers or, where there is none, what is not. The
    /// checkpoint is that of `bestEpoch`, where something was held back to measure it.
    case notANumber(
        epoch: Int, step: Int, what: String, rate: Float, clipNorm: Float?, bestEpoch: Int?)
    /// The loss is so much higher than it was `atFirst` that nothing can come of the training any more. The checkpoint as above.
    case exploded(
        epoch: Int, step: Int, loss: Float, atFirst: Float, rate: Float, clipNorm: Float?, bestEpoch: Int?)
    /// All epochs are done, and the checkpoint is marked.
    case collapsed(Collapse, rate: Float, mining: Mining)
    case unwritable(WriteError)
    /// `path`: where the state of an interrupted run would be.
    case nothingToResume(path: String)
    /// `path`: where the state of an interrupted run is, which would be lost.
    case interruptedRun(path: String)
    case unreadableState(path: String, reason: String)
    /// The state at `path` belongs to a run whose `differs` is not this one's.
    case otherRun(path: String, differs: String)
    case pastTheEnd(path: String, done: Int, epochs: Int)
    /// A finished run was to be prolonged, which has nothing left to do: all its epochs are `done`, or it `stoppedEarly`.
    case nothingToProlong(path: String, done: Int, stoppedEarly: Bool)
    /// What lies at `path` was not written by the run that is gone on with, which would replace it.
    case anothersFile(path: String)
}

extension TrainingError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .recipe(let error): error.description
        case .network(let recipe, let error): "\(recipe): \(error)"
        case .tooFewImages(let found):
            "there are \(found) readable images to train on; give at least two images of each of two classes"
        case .wrongInputCount(let labels, let expected, let found):
            "\(found) numbers for the inputs of \(labels) images, and the preprocessing makes \(expected); give what it makes of them"
        case .oneClass(let label):
            "all images to train on are of one class, \(label); put each class into a folder of its own, at least two"
        case .tooMuchMemory(let recipe, let batch, let bytes, let machine):
            "\(recipe): a batch of \(batch) needs \(gigabytes(bytes)) GB of memory, and this machine has \(gigabytes(machine)); use a smaller batch, smaller images or fewer filters"
        case .settings(let recipe, let reason): "\(recipe): \(reason)"
        case .noClassToValidate(let recipe, let pattern):
            "\(recipe): no class to train on is called \(pattern), so none can be held back for validation; correct validation.labels"
        case .tooLittleToValidate(let recipe, let classes):
            "\(recipe): validation holds back \(classes) classes; it needs at least two, and two images of one of them: hold back more, or leave validation out"
        case .tooLittleLeft(let recipe, let held, let classes):
            "\(recipe): validation holds back \(held) of \(classes) classes, which leaves fewer than two to train on; hold back fewer, or leave validation out"
        case .unknownStart(let path, let error): "\(path): training.start: \(error)"
        case .start(let error): "the checkpoint to start from: \(error)"
        case .otherLayers(let path, let expected, let found):
            "\(path) can't be started from: where this backbone has \(expected), it has \(found); use the same layers"
        case .notANumber(let epoch, let step, let what, let rate, let clipNorm, let bestEpoch):
            "\(what) are not numbers any more in epoch \(epoch), step \(step)"
                + (bestEpoch.map { "; the checkpoint is that of epoch \($0), the best before" } ?? "")
                + "; try a lower learning-rate than \(rate), or clip-norm: \(clipNorm.map { $0 / 10 } ?? 1)"
        case .exploded(let epoch, let step, let loss, let atFirst, let rate, let clipNorm, let bestEpoch):
            "the loss has exploded: it is \(threeDigits(loss)) in epoch \(epoch), step \(step), and was \(threeDigits(atFirst)) at "
                + "first"
                + (bestEpoch.map { "; the checkpoint is that of epoch \($0), the best before" } ?? "")
                + "; try a lower learning-rate than \(rate), or clip-norm: \(clipNorm.map { $0 / 10 } ?? 1)"
        case .collapsed(let collapse, let rate, let mining):
            "training has collapsed: \(collapse), so that the checkpoint tells nothing apart; train again with a lower "
                + "learning-rate than \(rate)\(Self.otherMining(mining)), or another loss"
        case .unwritable(let error): error.description
        case .nothingToResume(let path):
            "there is no interrupted run at \(path)"
        case .interruptedRun(let path):
            "\(path) holds an interrupted run; go on with it, or delete it to train from the beginning"
        case .unreadableState(let path, let reason):
            "can't go on from \(path): \(reason); delete it to train from the beginning"
        case .otherRun(let path, let differs):
            "\(path) is from a run with another \(differs); use the recipe, data and seed of that run, or delete it to train from the beginning"
        case .pastTheEnd(let path, let done, let epochs):
            "\(path) is from a run that has done \(done) epochs, more than the recipe's \(epochs); raise epochs, or delete it to train from the beginning"
        case .nothingToProlong(let path, let done, false):
            "\(path) is from a run that is through with all of its \(done) epochs; raise epochs to prolong it"
        case .nothingToProlong(let path, let done, true):
            "\(path) is from a run that stopped early, after epoch \(done), as validation had not become better for as long as its "
                + "patience; more epochs change nothing"
        case .anothersFile(let path):
            "\(path) was not written by the run that is gone on with, and would be replaced; move it away"
        }
    }

    /// Of a training that numbers have ended with which nothing can be done: where that was, and the epoch of the checkpoint.
    package var ruin: (epoch: Int, step: Int, bestEpoch: Int?)? {
        switch self {
        case .notANumber(let epoch, let step, _, _, _, let best): (epoch, step, best)
        case .exploded(let epoch, let step, _, _, _, _, let best): (epoch, step, best)
        default: nil
        }
    }

    /// What the hardest negatives do to a network that knows nothing yet.
    private static func otherMining(_ mining: Mining) -> String {
        mining == .batchHard ? ", with mining: semi-hard or random" : ""
    }

    private func gigabytes(_ bytes: Double) -> Int { Int((bytes / 1e9).rounded(.up)) }
}
