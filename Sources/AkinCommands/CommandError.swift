import Akin
import AkinBasics

/// Why a command failed, where it is not a module's own error.
enum CommandError: Error, Equatable {
    case noMatch(path: String)
    case unknownLabel(String, nearest: String?)
    case unknownGroup(String, nearest: String?)
    case noUsableImage(count: Int, first: String, reason: String)
    /// `total` is not known where nothing had begun.
    case interrupted(done: Int, total: Int?, unit: String)
    case importInterrupted(done: Int, total: Int?)
    case skipped(Int)
    case unwritableOutput(reason: String)
    case noBLAS(String)
    case otherMetric(index: String, metric: String, asked: String)
    case trainingInterrupted(epoch: Int, of: Int)
    case runInterrupted
    case runInterruptedIndexing
    /// In one of the `--repeats`, of which `left` are not done.
    case repeatInterrupted(seed: UInt64, left: Int)
    case rebuildInterrupted
    case buildInterrupted
    case faulty(count: Int, repaired: Bool)
    case evaluationInterrupted
    case retrainingNeedsARecipe(String)
    case recipeNeedsRetraining(String)
    case recipeHasNoTest(String)
    case nothingHeldOut(String)
    case recipeHasNoHead(String)
    case inTheWay(String)
    case unwritableFolder(String)
    case unknownMetric(recipe: String, metric: String)
    case recipeLearnsNoMetric(String)
    case recipeData(path: String, reason: String)
    case changedIndex(String, changes: Int)
    case tooManyPictures(recipe: String, count: Int, gigabytes: Int)
    case noPicturesForTraining(path: String, data: String, reason: String)
}

extension CommandError {
    /// Why the pictures of a recipe cannot be had; `folder` stands for the recipe's own.
    init(_ error: DatasetError, of recipe: Recipe, folder: String?) {
        switch error {
        case .unknownLabel, .unknownSplit: self = .recipeData(path: recipe.path, reason: "\(error)")
        default:
            self = .noPicturesForTraining(
                path: recipe.path, data: folder ?? recipe.data.folder, reason: "\(error)")
        }
    }
}

extension CommandError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noMatch(let path):
            "no item of the index comes from '\(path)'; 'akin index list' shows where they come from"
        case .unknownLabel(let label, let nearest?):
            "there is no label '\(label)' in the index; did you mean '\(nearest)'?"
        case .unknownLabel(let label, nil):
            "there is no label '\(label)' in the index; 'akin index stats' shows all"
        case .unknownGroup(let group, let nearest):
            "no item of the index has the group '\(group)'; "
                + (nearest.map { "did you mean '\($0)'?" } ?? "'akin index list --json' shows all")
        case .noUsableImage(1, let first, let reason): "'\(first)': \(reason)"
        case .noUsableImage(let count, let first, let reason):
            "none of \(count) images can be used; the first is '\(first)': \(reason)"
        case .interrupted(_, nil, _): "interrupted before anything was done"
        case .interrupted(let done, let total?, let unit):
            "interrupted after \(done) of \(total) \(unit), all of them whole in the index; to go on, run the same command again"
        case .importInterrupted(let done, let total):
            "interrupted after \(done)\(total.map { " of \($0)" } ?? "") items, all of them whole in the index; to go on, "
                + "run the same command again with --same-backbone"
        case .trainingInterrupted(let epoch, let epochs):
            "interrupted after epoch \(epoch) of \(epochs); to go on, give the same command with --resume"
        case .runInterrupted:
            "interrupted; to go on, give the same command with --resume"
        case .runInterruptedIndexing:
            "interrupted while indexing; the backbone is trained, and 'akin index create' and 'akin index add' make an "
                + "index with it: the same command would train it again"
        case .repeatInterrupted(let seed, let left):
            "interrupted in the run with seed \(seed); to do the rest, give the same command with --seed \(seed), "
                + "--repeats \(left) and another --output"
        case .rebuildInterrupted, .buildInterrupted: "interrupted; the index is as it was"
        case .faulty(let count, false):
            "the index has \(counted(count, "fault")); 'akin index verify --repair' makes again what follows "
                + "from the rest"
        case .faulty(let count, true):
            "\(counted(count, "fault")) could not be put right; restore the index from a copy, or make it "
                + "again from the pictures"
        case .evaluationInterrupted: "interrupted; nothing was written"
        case .retrainingNeedsARecipe(let path):
            "'\(path)' is an index; --retrain needs the recipe that its backbone was trained with"
        case .recipeNeedsRetraining(let path):
            "'\(path)' is a recipe; give --retrain to train a backbone for each image left out, or give an index"
        case .inTheWay(let path):
            "there is something at '\(path)' that is no index; move it away, or choose another folder with --output"
        case .unknownMetric(let recipe, let metric):
            "\(recipe): there is no metric '\(metric)'; there are "
                + Metric.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        case .recipeLearnsNoMetric(let path):
            "\(path): the metric learned-l1 is learned by the loss binary-cross-entropy only; take that loss, or another metric"
        case .recipeHasNoTest(let path):
            "\(path): its protocol asks about pictures held out, but data has no test; add it, or take protocol leave-one-out"
        case .nothingHeldOut(let path):
            "\(path): its protocol asks about pictures held out, and data.test leaves none; raise its share, or name "
                + "other pictures"
        case .unwritableFolder(let path):
            "can't make the folder \(path) for the results; choose another with --output"
        case .recipeHasNoHead(let path):
            "\(path): the classifier head is the softmax head of loss cross-entropy, without class-rotations; take another classifier"
        case .noPicturesForTraining(let path, let data, let reason):
            "\(path) wants its pictures from '\(data)': \(reason); give their folder with --data, or get them with "
                + "Tools/fetch-datasets"
        case .recipeData(let path, let reason): "\(path): \(reason)"
        case .changedIndex(let path, let changes):
            "the index '\(path)' has been changed since it was made (\(counted(changes, "time"))), and would be replaced; move "
                + "it away, or choose another folder with --output"
        case .tooManyPictures(let recipe, let count, let gigabytes):
            "\(recipe): \(count) pictures of its preprocessing.size need \(gigabytes) GB of memory, more than this machine "
                + "has; take a smaller size, or images-per-class"
        case .noBLAS(let problem): problem
        case .otherMetric(let index, let metric, let asked):
            "the metric of '\(index)' is \(metric), not \(asked); leave out --metric, or import into a new index"
        case .unwritableOutput(let reason):
            "the output could not be written: \(reason); what the command has changed by then stays changed"
        case .skipped(let count):
            "\(count) \(count == 1 ? "image was" : "images were") skipped; mend the files named above, or leave out "
                + "--strict"
        }
    }
}
