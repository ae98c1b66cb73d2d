import AkinDatasets
import AkinNetworks
import AkinTensors

/// Why a training run cannot begin or go on.
public enum TrainingError: Error, Equatable, Sendable {
    case network(recipe: String, NetworkError)
    case tooFewImages(found: Int)
    case oneClass(String)
    case noPositivePairs(classes: Int)
    case notANumber(epoch: Int, step: Int, rate: Float)
    case unwritable(WriteError)
    case nothingToResume(path: String)
    case unreadableState(path: String, reason: String)
    case otherRun(path: String, differs: String)
}

extension TrainingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .network(let recipe, let error): "\(recipe): \(error)"
        case .tooFewImages(let found):
            "there are \(found) readable images to train on; give at least two images of each of two classes"
        case .oneClass(let label):
            "all images to train on are of one class, \(label); put each class into a folder of its own, at least two"
        case .noPositivePairs(let classes):
            "each of the \(classes) classes has a single image, so no two are of the same class; give at least one class two images"
        case .notANumber(let epoch, let step, let rate):
            "the loss is not a number any more in epoch \(epoch), step \(step); try a lower learning-rate than \(rate)"
        case .unwritable(let error): error.description
        case .nothingToResume(let path):
            "there is no interrupted run at \(path); leave out --resume to train from the beginning"
        case .unreadableState(let path, let reason):
            "can't go on from \(path): \(reason); delete it to train from the beginning"
        case .otherRun(let path, let differs):
            "\(path) is from a run with another \(differs); use the recipe, data and seed of that run, or delete it to train from the beginning"
        }
    }
}
