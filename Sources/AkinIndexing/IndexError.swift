import AkinDatasets
import AkinEmbedding
import AkinNetworks
import AkinStorage

/// Why an index could not be opened, read or changed. After a failed change it is as it was before, or as it was
/// after a part of the items where that is said.
public enum IndexError: Error, Equatable, Sendable {
    case notAnIndex(path: String, reason: String)
    case alreadyAnIndex(path: String)
    case folderNotEmpty(path: String)
    case folderUnusable(path: String, reason: String)
    case newerFormat(path: String, found: UInt64, supported: UInt64)
    case damagedSettings(path: String, key: String)
    case damagedBlock(path: String, block: UInt64)
    case damagedItem(path: String, id: UInt64)
    case damagedChange(path: String, number: UInt64)
    /// `part`: of the graph.
    case damagedGraph(path: String, part: String)
    /// A graph was asked of an index that cannot have one.
    case noGraph(reason: String)
    case openForReading(path: String)
    /// It has another backbone since it was opened.
    case rebuilt(path: String)
    case nothingToUndo(path: String)
    /// Not one of these sources can be embedded again; nothing was changed.
    case unreadableSources([Skipped])
    case otherBackbone(expected: BackboneIdentity, found: BackboneIdentity)
    /// Its embeddings were imported; `name`: what made them.
    case noBackbone(path: String, name: String)
    case badBackboneName
    /// The metric `learned-l1` was asked for.
    case noLearnedMetric(backbone: String)
    case wrongDimension(expected: Int, found: Int)
    case unsupportedDimension(Int, limit: Int)
    case countsDiffer(items: Int, embeddings: Int)
    case exclusionsDiffer(queries: Int, exclusions: Int)
    /// `position`: the row of the embeddings or queries that were given.
    case notFinite(position: Int)
    case badLabel(String, limit: Int)
    case emptySource
    case unknownItem(id: UInt64)
    case unknownLabel(String)
    case unknownSource(String)
    case nothingReadable(folder: String, first: Skipped)
    case storage(StorageError)
    case checkpoint(CheckpointError)
    case dataset(DatasetError)
    case exchange(ExchangeError)
}

extension IndexError: CustomStringConvertible {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .notAnIndex(let path, let reason):
            "'\(path)' is no index: \(reason); check the path or make one with 'akin index create'"
        case .alreadyAnIndex(let path): "'\(path)' is an index already; add to it, or choose another path"
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
                + "copy, or have the pictures embedded again by 'akin index verify --repair'"
        case .damagedItem(let path, let id):
            "the index '\(path)' is damaged: item \(id) does not match its checksum or is missing; restore it from "
                + "a copy, or make it again from the pictures"
        case .damagedChange(let path, let number):
            "the index '\(path)' is damaged: change \(number) of its history does not match its checksum; its items "
                + "can be read, but the change cannot be undone"
        case .damagedGraph(let path, let part):
            "the graph of the index '\(path)' is damaged: \(part) cannot be read; 'akin index verify --repair' makes it "
                + "again from the vectors"
        case .noGraph(let reason): "no graph can be built: \(reason)"
        case .rebuilt(let path):
            "the index '\(path)' was given another backbone since it was opened; open it again"
        case .nothingToUndo(let path): "the history of '\(path)' holds no change that could be undone"
        case .unreadableSources(let sources):
            "\(sources.count) of the index's sources cannot be embedded again (the first is "
                + "'\(sources.first?.source ?? "")': \(sources.first?.reason ?? "")); restore them, or have their "
                + "items dropped (--drop-unreadable)"
        case .openForReading(let path): "'\(path)' is open for reading only; open it for writing to change it"
        case .otherBackbone(let expected, let found):
            "embeddings of backbone \(found) do not belong in an index of backbone \(expected); use the index's own "
                + "checkpoint, or make another index"
        case .noBackbone(let path, let name):
            "'\(path)' holds no backbone, only embeddings that were imported ('\(name)'), so it cannot embed "
                + "pictures; ask with 'akin query --vectors', add with 'akin index import'"
        case .noLearnedMetric(let backbone):
            "the backbone '\(backbone)' has learned no metric learned-l1: that takes a checkpoint trained with the loss "
                + "binary-cross-entropy; take such a one, or another metric"
        case .badBackboneName: "a backbone's name has at least one letter; give it one"
        case .wrongDimension(let expected, let found):
            "the index's embeddings have \(expected) dimensions, these have \(found); use the index's own backbone"
        case .unsupportedDimension(let dimension, let limit):
            "embeddings of \(dimension) dimensions cannot be indexed; they must have 1 to \(limit)"
        case .countsDiffer(let items, let embeddings):
            "\(items) items came with \(embeddings) embeddings; give one for each"
        case .exclusionsDiffer(let queries, let exclusions):
            "\(queries) queries came with \(exclusions) exclusions; give one for each, or none"
        case .notFinite(let position):
            "vector \(position) holds a value that is no number, infinite or too large; check the backbone that "
                + "made it"
        case .badLabel(let label, let limit):
            "the label '\(label.prefix(60))' has \(label.utf8.count) bytes; it must have 1 to \(limit)"
        case .emptySource: "an item has no source; give each one of its own"
        case .unknownItem(let id): "there is no item \(id) in the index; 'akin index list' shows all"
        case .unknownLabel(let label):
            "there is no label '\(label)' in the index; 'akin index stats' shows all"
        case .unknownSource(let source):
            "there is no item from '\(source)' in the index; 'akin index list' shows all"
        case .nothingReadable(let folder, let first):
            "not one picture in '\(folder)' can be read ('\(first.source)': \(first.reason)); nothing was removed"
        case .storage(let error): "\(error)"
        case .checkpoint(let error): "\(error)"
        case .dataset(let error): "\(error)"
        case .exchange(let error): "\(error)"
        }
    }
}
