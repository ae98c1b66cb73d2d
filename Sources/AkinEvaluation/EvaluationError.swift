import AkinBasics
import AkinClassification
import AkinNetworks
import AkinTraining
import AkinVectorSearch

/// Why something could not be evaluated.
public enum EvaluationError: ExplainedError, Equatable {
    case tooFewItems(Int)
    /// Groups are to be left out, and no item has one.
    case noGroups
    case oneGroup(String, items: Int)
    /// All items are one picture, or nothing else is left when one is left out.
    case allCopies(items: Int)
    case wrongNumberOfEmbeddings(expected: Int, found: Int)
    /// So many `things` came with so many items.
    case countsDiffer(items: Int, things: String, Int)
    /// No distances were measured.
    case noDistances
    /// A setting, `what`, that cannot be; `allowed`: what can.
    case unusableSetting(what: String, value: String, allowed: String)
    case notANumber(source: Source)
    case nothingToEvaluate
    /// Strangers are to be told from the items of so many classes at least.
    case tooFewClasses(found: Int, needed: Int)
    /// No class has two items (or two groups) that are not copies of each other.
    case nothingToLeaveOut
    /// No user has more genuine pictures than there are references, and forgeries beside them.
    case noClaims(references: Int, genuine: String)
    /// All strangers have a label that the gallery has, or are copies of its items.
    case noStrangers
    case fold(without: Source, reason: String)
    case head(HeadError)
    case metric(MetricError)
    case fewShot(FewShotError)
    case classification(ClassificationError)
}

extension EvaluationError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .tooFewItems(let count):
            "leave-one-out needs at least 2 items, found \(count); add more"
        case .noGroups:
            "no image has a group, so none can be left out; give the images with a manifest that has a column 'group'"
        case .oneGroup(let group, let items):
            "all \(items) items belong to the group '\(group)', so nothing is left to compare with; "
                + "leave out by item, or add items of other groups"
        case .allCopies(let items):
            "without the copies of a picture nothing of the \(items) items is left to compare it with; add other pictures, or "
                + "keep the copies"
        case .wrongNumberOfEmbeddings(let expected, let found):
            "\(found) embeddings for \(expected) items; give one for each item"
        case .countsDiffer(let items, let things, let found):
            "\(found) \(things) for \(items) items; give one for each item"
        case .noDistances:
            "no distances were measured, of which this report tells; give the outcomes of a classifier that measures some"
        case .unusableSetting(let what, let value, let allowed): "\(what) is \(value); give \(allowed)"
        case .notANumber(let source):
            "the embedding of '\(source)' holds values that are not numbers; check the backbone's training"
        case .nothingToEvaluate:
            "there are no labelled items to evaluate; give at least one"
        case .tooFewClasses(let found, let needed):
            "to tell strangers from known classes \(needed) classes are needed, found \(found); add some"
        case .nothingToLeaveOut:
            "no class has an item that could be left out and asked about: each has one item, or one group; add more"
        case .noClaims(let references, let genuine):
            "there are no claims to tell apart: no user has more than \(references) genuine pictures, and forgeries or other users "
                + "beside; give a folder with user/\(genuine) and user/forged, or fewer references"
        case .noStrangers:
            "there is no stranger to ask about: all have a label that the index has too, or are copies of its items; give others"
        case .fold(let source, let reason): "without '\(source)' there is too little to train on: \(reason)"
        case .head(let error): "\(error)"
        case .metric(let error): "\(error)"
        case .fewShot(let error): "\(error)"
        case .classification(let error): "\(error)"
        }
    }
}
