import AkinBasics
import AkinDatasets
import AkinEmbedding

/// Why a gallery could not be asked or changed, wherever it lives. After a failed change it is as it was before.
public enum GalleryError: ExplainedError, Equatable, Sendable {
    case otherBackbone(expected: BackboneIdentity, found: BackboneIdentity)
    case wrongDimension(expected: Int, found: Int)
    /// Embeddings are to have so many dimensions.
    case noDimension(Int)
    case countsDiffer(items: Int, embeddings: Int)
    case exclusionsDiffer(queries: Int, exclusions: Int)
    /// `position`: the row of the embeddings or queries that were given.
    case notFinite(position: Int)
    case badLabel(String, limit: Int)
    case emptySource
    /// This label, source or group holds the character 0.
    case zeroCharacter(String)
    /// Of items; `next`: the one that would be given.
    case noNumbersLeft(next: UInt64)
    case unknownItem(id: UInt64)
    case unknownLabel(String)
    case unknownSource(Source)
    case nothingReadable(folder: String, first: Skipped)
    case dataset(DatasetError)
}

extension GalleryError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .otherBackbone(let expected, let found):
            "embeddings of backbone \(found) do not belong in an index of backbone \(expected); use the index's own "
                + "checkpoint, or make another index"
        case .wrongDimension(let expected, let found):
            "the index's embeddings have \(expected) dimensions, these have \(found); use the index's own backbone"
        case .noDimension(let dimension):
            "a gallery of embeddings with \(dimension) dimensions is asked for; they have 1 or more"
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
        case .zeroCharacter(let text):
            "'\(printable(String(text.prefix(60))))' holds the character 0, which no label, source or group may; leave it out"
        case .noNumbersLeft(let next):
            "new items would be numbered from \(next), and there are no numbers above \(Item.largestID); export the items, and "
                + "import them with new numbers"
        case .unknownItem(let id): "there is no item \(id) in the index"
        case .unknownLabel(let label): "there is no label '\(label)' in the index"
        case .unknownSource(let source): "there is no item from '\(source)' in the index"
        case .nothingReadable(let folder, let first):
            "not one picture in '\(folder)' can be read ('\(first.source)': \(first.reason)); nothing was removed"
        case .dataset(let error): "\(error)"
        }
    }
}
