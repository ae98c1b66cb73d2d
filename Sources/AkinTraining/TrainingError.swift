import AkinDatasets
import AkinNetworks
import AkinTensors

/// Why a training run cannot begin or go on.
public enum TrainingError: Error, Equatable, Sendable {
    case network(recipe: String, NetworkError)
    case tooFewImages(found: Int)
    case oneClass(String)
    case noPositivePairs(classes: Int)
    case tooMuchMemory(recipe: String, batch: Int, bytes: Double, machine: Double)
    case notANumber(epoch: Int, step: Int, rate: Float)
    case unwritable(WriteError)
    case nothingToResume(path: String)
    case unreadableState(path: String, reason: String)
    case otherRun(path: String, differs: String)
    case pastTheEnd(path: String, done: Int, epochs: Int)
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
        case .tooMuchMemory(let recipe, let batch, let bytes, let machine):
            "\(recipe): a batch of \(batch) needs \(gigabytes(bytes)) GB of memory, and this machine has \(gigabytes(machine)); use a smaller batch, smaller images or fewer filters"
        case .notANumber(let epoch, let step, let rate):
            "loss or weights are not numbers any more in epoch \(epoch), step \(step); try a lower learning-rate than \(rate)"
        case .unwritable(let error): error.description
        case .nothingToResume(let path):
            "there is no interrupted run at \(path); leave out --resume to train from the beginning"
        case .unreadableState(let path, let reason):
            "can't go on from \(path): \(reason); delete it to train from the beginning"
        case .otherRun(let path, let differs):
            "\(path) is from a run with another \(differs); use the recipe, data and seed of that run, or delete it to train from the beginning"
        case .pastTheEnd(let path, let done, let epochs):
            "\(path) is from a run that has done \(done) epochs, more than the recipe's \(epochs); raise epochs, or delete it to train from the beginning"
        }
    }

    private func gigabytes(_ bytes: Double) -> Int { Int((bytes / 1e9).rounded(.up)) }
}
