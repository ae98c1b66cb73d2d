import AkinBasics
import AkinEmbedding
import AkinItems
import AkinTensors

/// Why embeddings could not be imported from files, or exported to them.
public enum ExchangeError: ExplainedError, Equatable, Sendable {
    /// A place in a file: a line of text (from 1), or a row of vectors (from 0).
    public enum Place: Hashable, Sendable {
        case line(Int)
        case row(Int)
    }

    case file(path: String, FileError)
    case unwritable(WriteError)
    /// The gallery, read without a lock, when a part of it was out already.
    case changedMeanwhile(path: String)
    case sameFileTwice(path: String)
    case unknownFormat(path: String)
    case tooManyFiles
    case notVectors(path: String)
    case itemsTwice(vectors: String, items: String)

    case notNumPy(path: String, reason: String)
    case unsupportedNumPy(path: String, reason: String)
    case wrongLength(path: String, expected: Int, found: Int)

    case notText(path: String, line: Int)
    case malformed(path: String, line: Int, reason: String)
    case lineTooLong(path: String, line: Int, limit: Int)
    case empty(path: String)
    /// `found`: those that there are.
    case noColumn(path: String, found: [String])
    /// A table that is to say which item has which label does not.
    case noLabels(path: String, found: [String])
    case noLabel(path: String, line: Int)
    case repeatedColumn(path: String, column: String)
    case wrongFieldCount(path: String, line: Int, expected: Int, found: Int)

    case unsupportedDimension(Int, limit: Int)
    case wrongDimension(path: String, place: Place, expected: Int, found: Int)
    case notFinite(path: String, place: Place)
    case countsDiffer(vectors: String, count: Int, items: String, itemCount: Int)
    case badLabel(path: String, line: Int, bytes: Int, limit: Int)
    case emptySource(path: String, line: Int)
    case badID(path: String, line: Int, id: String)
    /// As the above, in a table of items that there are.
    case badItemID(path: String, line: Int, id: String)
    /// A spreadsheet program's own file, where a table of text was expected.
    case spreadsheetFile(path: String)
    /// It is so large that it leaves no numbers for more items.
    case idTooLarge(path: String, line: Int, id: String)
    /// `previous`: the id before it, which is not smaller.
    case idsDescend(path: String, place: Place, id: UInt64, previous: UInt64)
    /// Also on line `first`.
    case repeatedSource(path: String, line: Int, first: Int, source: Source)
    /// Some items have what others lack.
    case incomplete(path: String, line: Int, what: String)

    case unnamedBackbone(path: String, expected: BackboneIdentity)
    case backbonesDiffer(path: String, line: Int)
    /// An item's text that a format has no way to write.
    case inexpressible(path: String, id: UInt64, what: String)
    /// The vectors of a file were made by another backbone than those that they are to be compared with.
    case otherBackbone(path: String, expected: BackboneIdentity, found: BackboneIdentity)
    /// What was to be taken for granted cannot be.
    case badOption(GalleryError)
}

extension ExchangeError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .file(let path, let error): "\(path): \(error)"
        case .unwritable(let error): "\(error)"
        case .changedMeanwhile(let path):
            "the index was changed while it was written to '\(path)', which has got a part that is of no use; write it to a file"
        case .sameFileTwice(let path): "'\(path)' is named twice; name one file for vectors and one for items"
        case .unknownFormat(let path):
            "'\(path)' has none of the endings that tell the format; name it .npy, .tsv, .csv or .jsonl"
        case .tooManyFiles: "more than two files are named; name one for vectors and one for items"
        case .notVectors(let path):
            "'\(path)' holds no vectors; name first a file of vectors (.npy, .tsv or .jsonl), then the items'"
        case .itemsTwice(let vectors, let items):
            "'\(vectors)' says all of its items itself; leave out '\(items)'"

        case .notNumPy(let path, let reason):
            "\(path) is no .npy file: \(reason); write it with numpy.save"
        case .unsupportedNumPy(let path, let reason): "\(path): \(reason)"
        case .wrongLength(let path, let expected, let found):
            "\(path) has \(found) bytes where its header says \(expected); copy it again"

        case .notText(let path, let line):
            "\(path), line \(line): not UTF-8 text, or a character 0 in it; save it as UTF-8"
        case .malformed(let path, let line, let reason): "\(path), line \(line): \(reason)"
        case .lineTooLong(let path, let line, let limit):
            "\(path), line \(line): longer than \(limit) bytes; is it the right file?"
        case .empty(let path): "\(path) is empty; it should hold a line for each item"
        case .noColumn(let path, let found):
            "\(path): its first line names none of the columns label, source, group and id, but "
                + "\(ColumnName.list(found, missing: ["label", "source", "group", "id"])); name the columns there"
        case .noLabels(let path, let found):
            "\(path): its first line must name the column label, and id or source, and names "
                + "\(ColumnName.list(found, missing: ["label", "id", "source"])); 'id,label' is enough"
        case .noLabel(let path, let line):
            "\(path), line \(line): the label is empty; write one, or take the row out"
        case .repeatedColumn(let path, let column): "\(path): two columns '\(column)'; rename one"
        case .wrongFieldCount(let path, let line, let expected, let found):
            "\(path), line \(line): \(found) fields where the first line names \(expected)"

        case .unsupportedDimension(let dimension, let limit):
            "embeddings of \(dimension) dimensions cannot be indexed; they must have 1 to \(limit)"
        case .wrongDimension(let path, let place, let expected, let found):
            "\(path), \(place): a vector of \(found) numbers where \(expected) were expected"
        case .notFinite(let path, let place):
            "\(path), \(place): a value that is no number, infinite or too large; check what made the vectors"
        case .countsDiffer(let vectors, let count, let items, let itemCount):
            "\(vectors) holds \(count) vectors, but \(items) \(itemCount) items; give the two that belong together"
        case .badLabel(let path, let line, let bytes, let limit):
            "\(path), line \(line): a label of \(bytes) bytes; it must have 1 to \(limit)"
        case .emptySource(let path, let line):
            "\(path), line \(line): the source is empty; fill it in, or leave out the column"
        case .badID(let path, let line, let id):
            "\(path), line \(line): '\(id)' is no id, a number from 1; rename the column, or let the index number the "
                + "items"
        case .badItemID(let path, let line, let id):
            "\(path), line \(line): '\(id)' is no number of an item; export the table anew, or take out the column id and "
                + "keep source"
        case .spreadsheetFile(let path):
            "\(path) is a spreadsheet program's own file; save it there as CSV (UTF-8), and give that"
        case .idTooLarge(let path, let line, let id):
            "\(path), line \(line): the id \(id) is above \(Item.largestID), and would leave no numbers for more items; let "
                + "the index number the items"
        case .idsDescend(let path, let place, let id, let previous):
            "\(path), \(place): id \(id) after \(previous); sort the items by id, or let the index number them"
        case .repeatedSource(let path, let line, let first, let source):
            "\(path), line \(line): '\(source)' stands on line \(first) already; give each item a source of its own (and "
                + "what several come from as their group)"
        case .incomplete(let path, let line, let what):
            "\(path), line \(line): items with and without \(what) in one file; say it of all or of none"

        case .unnamedBackbone(let path, let expected):
            "\(path) does not say which backbone made its vectors, and the index takes those of \(expected) only; if "
                + "they are, vouch for it"
        case .backbonesDiffer(let path, let line):
            "\(path), line \(line): of another backbone than the items before it; import them into an index each"
        case .inexpressible(let path, let id, let what):
            "\(path): item \(id) has \(what), which this format cannot write; export as JSON lines (.jsonl)"
        case .otherBackbone(_, let expected, let found):
            "\(GalleryError.otherBackbone(expected: expected, found: found))"
        case .badOption(let error): "\(error)"
        }
    }
}

extension ExchangeError.Place: CustomStringConvertible {
    /// `line 3`, `row 2`.
    public var description: String {
        switch self {
        case .line(let number): "line \(number)"
        case .row(let number): "row \(number)"
        }
    }
}
