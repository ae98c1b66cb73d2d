import AkinBasics
import AkinImages

/// Why a data set, or one of its pictures, could not be read. Lines count from 1.
public enum DatasetError: ExplainedError, Hashable, Sendable {
    case file(path: String, FileError)
    case image(source: Source, ImageError)
    case notAFolder(path: String)
    case unreadableFolder(path: String, reason: String)
    /// `ignored`: what there is instead.
    case noImages(path: String, ignored: [Ignored] = [])
    /// The folders in it, `parts`, are called train, val, test and the like; in each are the folders of `classes`.
    case partsOfADataSet(path: String, parts: [String], classes: [String])
    case emptyLabel
    /// Labels are to be taken from folders so deep.
    case badLabelDepth(Int)

    case notText(path: String)
    case emptyManifest(path: String)
    case malformedManifest(path: String, line: Int, reason: String)
    /// `meant`: the column that may be meant by it.
    case missingColumn(path: String, column: String, meant: String?)
    case repeatedColumn(path: String, column: String)
    case wrongFieldCount(path: String, line: Int, expected: Int, found: Int)
    /// Also on line `first`.
    case repeatedPath(path: String, line: Int, first: Int, name: String)
    case emptyField(path: String, line: Int, column: String)

    /// `dimensions`: 3 for images, 1 for labels.
    case notIDX(path: String, dimensions: Int)
    case emptyIDX(path: String)
    case wrongIDXLength(path: String, expected: Int, found: Int)
    case longerIDX(path: String, expected: Int)
    case tooLargeIDX(path: String, bytes: Int, limit: Int)
    case damagedGzip(path: String)
    case countsDiffer(images: Int, labels: Int)
    /// `bytes`: its length.
    case notCIFAR(path: String, bytes: Int)
    case labelWithoutName(path: String, label: Int, names: Int)

    case noDrawings(path: String)
    case noRuns(path: String)
    /// `path`: the run's folder or its `class_labels.txt`.
    case damagedRun(path: String, reason: String)

    case unknownLabel(String, nearest: String?)
    case unknownSplit(String, nearest: String?)
    case unknownGroup(String, nearest: String?)
}

extension DatasetError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .file(let path, let error): "\(path): \(error)"
        case .image(let source, let error): "\(source): \(error)"
        case .notAFolder(let path): "\(path) is not a folder; give the folder that holds the class folders"
        case .unreadableFolder(let path, let reason): "\(path): \(reason)"
        case .noImages(let path, let ignored):
            "\(path) holds no pictures"
                + (ignored.isEmpty ? "" : ", but \(ignored.map(\.description).joined(separator: ", "))")
                + "; put pictures into a folder for each class in it"
        case .partsOfADataSet(let path, let parts, let classes):
            "\(path) holds the parts of a data set (\(parts.joined(separator: ", "))), not classes; "
                + Self.advice(path, parts, classes)
        case .emptyLabel: "the label is empty; give it a name"
        case .badLabelDepth(let depth):
            "labels cannot be taken from folders \(depth) deep; give 1 for the first folder, 2 for those in it, and so on"

        case .notText(let path): "\(path) is not UTF-8 text; save it as CSV in UTF-8"
        case .emptyManifest(let path):
            "\(path) lists no pictures; write a line 'path,label,group,split' and one line for each picture"
        case .malformedManifest(let path, let line, let reason):
            "\(path), line \(line): \(reason); put fields with commas or quotation marks in quotation marks, "
                + "and double those inside"
        case .missingColumn(let path, let column, let meant):
            "\(path): no column '\(column)'; "
                + (meant.map { "if '\($0)' is meant, call it \(column)" }
                    ?? "name the columns in the first line, such as path,label,group,split")
        case .repeatedColumn(let path, let column): "\(path): two columns '\(column)'; remove one"
        case .wrongFieldCount(let path, let line, let expected, let found):
            "\(path), line \(line): \(found) fields where the first line names \(expected); "
                + "put fields with commas in quotation marks"
        case .repeatedPath(let path, let line, let first, let name):
            "\(path), line \(line): \(name) stands on line \(first) already; remove one of the lines"
        case .emptyField(let path, let line, let column):
            "\(path), line \(line): the \(column) is empty; fill it in or remove the line"

        case .notIDX(let path, let dimensions):
            "\(path) is not an IDX file of bytes in \(counted(dimensions, "dimension")); "
                + "give the images file (3 dimensions) and the labels file (1 dimension) in this order"
        case .emptyIDX(let path): "\(path) holds no items; check the file"
        case .wrongIDXLength(let path, let expected, let found):
            "\(path) is truncated: \(found) bytes where its header says \(expected); copy it again"
        case .longerIDX(let path, let expected):
            "\(path) is longer than the \(expected) bytes that its header says; copy it again"
        case .tooLargeIDX(let path, let bytes, let limit):
            "\(path) unfolds to \(bytes) bytes, more than the limit of \(limit); is it the right file?"
        case .damagedGzip(let path): "\(path) is damaged (gzip); copy it again"
        case .countsDiffer(let images, let labels):
            "\(images) images but \(labels) labels; give the two files that belong together"
        case .notCIFAR(let path, let bytes):
            "\(path) is \(bytes) bytes long, no whole number of CIFAR-10's pictures of 3073 or CIFAR-100's of 3074; "
                + "give the unpacked .bin files of the binary version, or unpack them again"
        case .labelWithoutName(let path, let label, let names):
            "\(path) has the label \(label), but only \(names) names are given; name them all, beginning with 0"

        case .noDrawings(let path):
            "\(path) holds no drawings named ALPHABET/CHARACTER/NNNN_DD.png; "
                + "give the folder that holds the alphabets, such as images_background"
        case .noRuns(let path):
            "\(path) holds no one-shot runs; give the folder that holds run01, run02 and so on, "
                + "each with training, test and class_labels.txt"
        case .damagedRun(let path, let reason): "\(path): \(reason); unpack the runs again"

        case .unknownLabel(let name, let nearest):
            "no item has the label '\(name)'; " + Self.advice(nearest, otherwise: "check its spelling")
        case .unknownSplit(let name, let nearest):
            "no item belongs to the split '\(name)'; " + Self.advice(nearest, otherwise: "check its spelling")
        case .unknownGroup(let name, let nearest):
            "no item belongs to the group '\(name)'; " + Self.advice(nearest, otherwise: "check its spelling")
        }
    }

    private static func advice(_ path: String, _ parts: [String], _ classes: [String]) -> String {
        guard !classes.isEmpty else { return "put the pictures of each class into a folder of its own" }
        let first = parts.first { $0.lowercased().hasPrefix("tr") } ?? parts[0]
        return "give one of them, such as \(path)/\(first), or take labels from the folders in them ("
            + classes.prefix(3).joined(separator: ", ") + (classes.count > 3 ? ", ..." : "") + ")"
    }

    private static func advice(_ nearest: String?, otherwise: String) -> String {
        nearest.map { "did you mean '\($0)'?" } ?? otherwise
    }
}
