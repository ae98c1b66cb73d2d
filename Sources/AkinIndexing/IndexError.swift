import AkinBasics
import AkinDatasets
import AkinItems
import AkinStorage

/// Why an index could not be opened, read or changed. After a failed change it is as it was before, or as it was
/// after a part of the items where that is said.
public enum IndexError: ExplainedError, Equatable, Sendable {
    case notAnIndex(path: String, reason: String)
    /// It may not be read.
    case unreadable(path: String)
    /// What is to be a folder is the address of an index in PostgreSQL.
    case address
    case alreadyAnIndex(path: String)
    case folderNotEmpty(path: String)
    case folderUnusable(path: String, reason: String)
    case newerFormat(path: String, found: UInt64, supported: UInt64)
    case damagedSettings(path: String, key: String)
    case damagedBlock(path: String, block: UInt64)
    case damagedItem(path: String, id: UInt64)
    case damagedChange(path: String, number: UInt64)
    /// What it keeps of its backbone is not what was written; all else can be read.
    case damagedBackbone(path: String)
    /// `part`: of the graph, which can be built again from the vectors.
    case damagedGraph(path: String, part: String)
    /// A graph was asked of an index that cannot have one.
    case noGraph(reason: String)
    case openForReading(path: String)
    /// It has another backbone since it was opened.
    case rebuilt(path: String)
    case nothingToUndo(path: String)
    /// `last`: the change after which nothing was taken back; nil where the history has none.
    case nothingToRedo(path: String, last: Change?)
    /// Taking this change back would leave the index without items, which was not to be.
    case wouldBeEmpty(path: String, Change)
    /// Not one of these sources can be embedded again; nothing was changed.
    case unreadableSources([Skipped])
    /// Its embeddings were imported; `name`: what made them.
    case noBackbone(path: String, name: String)
    case badBackboneName
    /// The metric `learned-l1` was asked for.
    case noLearnedMetric(backbone: String)
    case unsupportedDimension(Int, limit: Int)
    case storage(StorageError)
    /// What the index keeps of its backbone can't be used.
    case unusableBackbone(path: String, reason: String)
}

extension IndexError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .notAnIndex(let path, let reason):
            "'\(path)' is no index: \(reason); check the path, or make one"
        case .unreadable(let path):
            "the index '\(path)' may not be read; check the permissions of the folder and of its 'data.mdb'"
        case .address:
            "the address of a shared index is taken by push and pull only for now: pull it into a folder, work there, and "
                + "push that"
        case .alreadyAnIndex(let path): "'\(path)' is an index already; choose another path, or add to it"
        case .folderNotEmpty(let path):
            "'\(path)' holds other files; choose a path that does not exist or an empty folder"
        case .folderUnusable(let path, let reason):
            "the folder '\(path)' cannot be used: \(reason); check its path and permissions"
        case .newerFormat(let path, let found, let supported):
            "'\(path)' has format \(found), this program knows formats up to \(supported); use a newer one"
        case .damagedSettings(let path, let key):
            "the index '\(path)' is damaged: its entry '\(key)' cannot be read; restore it from a copy"
        case .damagedBlock(let path, let block):
            "the index '\(path)' is damaged: vector block \(block) does not match its checksum; restore it from a "
                + "copy, or have the pictures embedded again"
        case .damagedItem(let path, let id):
            "the index '\(path)' is damaged: item \(id) does not match its checksum or is missing; restore it from "
                + "a copy, or make it again from the pictures"
        case .damagedChange(let path, let number):
            "the index '\(path)' is damaged: change \(number) of its history does not match its checksum; its items "
                + "can be read, but the change cannot be undone"
        case .damagedBackbone(let path):
            "the backbone that the index '\(path)' keeps is damaged: its items can be listed and exported, but no picture be asked "
                + "about or added; restore it from a copy, or have its pictures embedded again"
        case .damagedGraph(let path, let part):
            "the graph of the index '\(path)' is damaged: \(part) cannot be read"
        case .noGraph(let reason): "no graph can be built: \(reason)"
        case .rebuilt(let path):
            "the index '\(path)' was given another backbone since it was opened; open it again"
        case .nothingToUndo(let path): "the history of '\(path)' holds no change that could be undone"
        case .nothingToRedo(let path, nil):
            "nothing was taken back in '\(path)' that could be done again; only what was taken back last can be, until "
                + "there is another change"
        case .nothingToRedo(let path, let last?):
            "nothing was taken back in '\(path)' since change \(last.number) (\(last.verb.rawValue) \(last.summary)), and "
                + "what was taken back before another change cannot be done again"
        case .wouldBeEmpty(let path, let change):
            "taking back change \(change.number) (\(change.verb.rawValue) \(change.summary)) would leave '\(path)' without an "
                + "item; if that is meant, say so"
        case .unreadableSources(let sources):
            "\(sources.count) of the index's sources cannot be embedded again (the first is "
                + "'\(sources.first?.source.path ?? "")': \(sources.first?.reason ?? "")); restore them, or have their "
                + "items dropped"
        case .openForReading(let path): "'\(path)' is open for reading only; open it for writing to change it"
        case .noBackbone(let path, let name):
            "'\(path)' holds no backbone, only embeddings that were imported ('\(name)'), so it cannot embed "
                + "pictures; ask about vectors, and import more of them"
        case .noLearnedMetric(let backbone):
            "the backbone '\(backbone)' has learned no metric learned-l1: that takes a checkpoint trained with the loss "
                + "binary-cross-entropy; take such a one, or another metric"
        case .badBackboneName: "a backbone's name has at least one letter; give it one"
        case .unsupportedDimension(let dimension, let limit):
            "embeddings of \(dimension) dimensions cannot be indexed; they must have 1 to \(limit)"
        case .storage(let error): "\(error)"
        case .unusableBackbone(_, let reason): reason
        }
    }
}

extension IndexError {
    /// An error of the storage, as one of the index.
    init(_ error: StorageError, path: String) {
        self = if case .openForReading = error { .openForReading(path: path) } else { .storage(error) }
    }
}
