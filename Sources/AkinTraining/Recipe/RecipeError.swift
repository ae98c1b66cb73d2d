import AkinBasics
import AkinEmbedding
import AkinNetworks
import AkinVectorSearch

/// What is wrong with a recipe. Keys are named with those above them, `training.batch`.
public enum RecipeError: ExplainedError, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case notText(path: String)
    case empty(path: String)
    case notYAML(at: Place, reason: String)
    case unknownKey(at: Place, key: String, nearest: String?, known: [String])
    case unknownLayer(at: Place, layer: String, nearest: String?, known: [String])
    /// `at`: where the group begins that has the key twice.
    case repeatedKey(at: Place, key: String)
    /// `key` means something only with another format of the data.
    case otherFormat(at: Place, key: String, format: String)
    /// `key` means something only with one of `losses`.
    case otherLoss(at: Place, key: String, loss: String, losses: [String])
    case missingKey(path: String, key: String)
    case wrongValue(at: Place, key: String, found: String, expected: String)
    /// A setting that is not `KEY=VALUE`.
    case malformedSetting(String)
    case unknownMetric(path: String, metric: String)
    /// The index is to compare by a learned similarity, and the loss learns none.
    case noLearnedMetric(path: String)
    /// A fresh backbone is to be trained for each picture left out, and the one of this name is taken as it is.
    case readyBackbone(path: String, String)
    /// What is said of its backbone makes sense only if that is ready, and there is none of this name.
    case unknownBackbone(at: Place, EmbeddingError)
    /// Its layers are those of the checkpoint that training starts from, which cannot be read.
    case noStart(at: Place, CheckpointError)
    /// What is to lie under its layers as it is cannot be read.
    case noFrozenPart(at: Place, CheckpointError)
    /// The recipe of a checkpoint was asked for, which cannot be read.
    case unusableCheckpoint(CheckpointError)
    /// The checkpoint does not tell how it was trained.
    case untold(path: String)
    /// The key of a setting leads to something that has no keys (a text, say) or no entries.
    case settingLeadsNowhere(String, key: String, found: String)
    /// A setting that leaves out what is not there; `known` is what is.
    case nothingToTakeAway(String, key: String, known: [String])

    /// Where in a recipe.
    public enum Place: Equatable, Sendable {
        /// In the file; lines count from 1.
        case line(Int, of: String)
        /// In a value that was set from outside, `KEY=VALUE`.
        case setting(String)
        /// Of a recipe that was made in Swift; its `path`.
        case recipe(String)
    }
}

extension RecipeError {
    /// Where it is; nil where it is one of the recipe as a whole.
    public var place: Place? {
        switch self {
        case .notYAML(let place, _), .unknownKey(let place, _, _, _), .unknownLayer(let place, _, _, _),
            .repeatedKey(let place, _), .otherFormat(let place, _, _), .otherLoss(let place, _, _, _),
            .wrongValue(let place, _, _, _), .unknownBackbone(let place, _), .noStart(let place, _),
            .noFrozenPart(let place, _):
            place
        case .malformedSetting(let setting), .settingLeadsNowhere(let setting, _, _),
            .nothingToTakeAway(let setting, _, _):
            .setting(setting)
        case .unreadable, .notText, .empty, .missingKey, .unknownMetric, .noLearnedMetric, .readyBackbone,
            .unusableCheckpoint, .untold:
            nil
        }
    }
}

extension RecipeError.Place: CustomStringConvertible {
    /// As messages begin.
    public var description: String {
        switch self {
        case .line(let line, let path): "\(path), line \(line)"
        case .setting(let setting): setting
        case .recipe(let path): path
        }
    }
}

extension RecipeError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "the recipe \(path): \(reason)"
        case .notText(let path): "the recipe \(path): it is not UTF-8 text; save it as UTF-8"
        case .empty(let path): "\(path): it is empty; start from a recipe under Indexes"
        case .notYAML(let place, let reason):
            "\(place): not YAML (\(reason)); compare it with the recipes under Indexes"
        case .unknownKey(let place, let key, let nearest?, _):
            "\(place): there is no key \(key); did you mean \(nearest)?"
        case .unknownKey(let place, let key, nil, let known):
            "\(place): there is no key \(key) here; there are \(known.joined(separator: ", "))"
        case .unknownLayer(let place, let layer, let nearest?, _):
            "\(place): there is no layer \(layer); did you mean \(nearest)?"
        case .unknownLayer(let place, let layer, nil, let known):
            "\(place): there is no layer \(layer); there are \(known.joined(separator: ", "))"
        case .repeatedKey(let place, let key):
            "\(place): the key \(key) is twice in the group that begins there; keep one"
        case .otherFormat(let place, let key, let format):
            "\(place): \(key) means nothing with format \(format); leave it out or give another format"
        case .otherLoss(let place, let key, let loss, let losses):
            "\(place): \(key) means nothing with loss \(loss); leave it out or take loss "
                + losses.joined(separator: " or ")
        case .missingKey(let path, let key): "\(path): the key \(key) is missing; add it"
        case .wrongValue(let place, let key, let found, let expected):
            "\(place): \(key) is \(found); give \(expected)"
        case .malformedSetting(let setting):
            "\(setting): that is no KEY=VALUE; give one such as epochs=10 or backbone[-1].dense.units=64"
        case .unknownMetric(let path, let metric):
            "\(path): there is no metric '\(metric)'; there are "
                + Metric.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        case .noLearnedMetric(let path):
            "\(path): the metric learned-l1 is learned by the loss binary-cross-entropy only; take that loss, or another metric"
        case .readyBackbone(let path, let name):
            "\(path): the backbone '\(name)' is taken as it is, and nothing can be trained; leave out evaluation.retrain, or give the "
                + "layers of a network under backbone"
        case .unknownBackbone(let place, let error):
            "\(place): backbone: \(error); or give the layers of a network"
        case .noStart(let place, let error): "\(place): the checkpoint to start from: \(error)"
        case .noFrozenPart(let place, let error): "\(place): the frozen part: \(error)"
        case .unusableCheckpoint(let error): error.description
        case .untold(let path):
            "\(path) does not say how it was trained: it is of an earlier version of Akin, or was not trained by it; give the "
                + "recipe"
        case .settingLeadsNowhere(let setting, let key, let found):
            "\(setting): \(key) is \(found), and the key goes on below it; set \(key) as a whole"
        case .nothingToTakeAway(let setting, let key, let known):
            "\(setting): the recipe has no \(key) that could be left out"
                + (known.isEmpty ? "" : "; beside it there are \(known.joined(separator: ", "))")
        }
    }
}
