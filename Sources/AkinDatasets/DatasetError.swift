import AkinImages

/// Why a data set could not be read, or one of its pictures.
public enum DatasetError: Error, Hashable, Sendable {
    case file(path: String, FileError)
    case image(source: String, ImageError)
    case notAFolder(path: String)
    case noImages(path: String)
    case emptyLabel
    case notText(path: String)
    case emptyManifest(path: String)
    case unknownColumn(path: String, column: String, nearest: String)
    case missingColumn(path: String, column: String, nearest: String?)
    case repeatedColumn(path: String, column: String)
    case malformedManifest(path: String, line: Int, reason: String)
    case wrongFieldCount(path: String, line: Int, expected: Int, found: Int)
    case emptyField(path: String, line: Int, column: String)
    case notIDX(path: String, expected: String, found: String)
    case wrongIDXLength(path: String, expected: Int, found: Int)
    case tooLargeIDX(path: String, bytes: Int, limit: Int)
    case damagedGzip(path: String)
    case countsDiffer(images: Int, labels: Int)
    case labelWithoutName(path: String, label: Int, names: Int)
    case unknownLabel(String, nearest: String?)
    case unknownSplit(String, nearest: String?)
    case unknownGroup(String, nearest: String?)
}
