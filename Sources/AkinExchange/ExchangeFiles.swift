import AkinBasics
import Foundation

/// The files of an export or import: one that says everything (JSON lines), or one of vectors and, if wanted, one
/// of their items. What is in a file is told by its ending; `ExchangeFormats` has the formats.
public struct ExchangeFiles: Sendable, Equatable {
    /// The vectors: `.npy`, `.tsv`, or `.jsonl` with the items in it.
    public let vectors: String
    /// What is said of the items: `.csv` or `.tsv`.
    public let items: String?

    enum VectorFormat { case numPy, tabs, json }
    enum ItemFormat { case commas, tabs }

    /// Of `vectors`.
    let format: VectorFormat

    /// Vectors in NumPy's format to a pipe, whose name has no ending, and items if wanted.
    package init(streaming vectors: String, items: String?) throws(ExchangeError) {
        (self.vectors, self.items, format) = (vectors, items, .numPy)
        if let items, Self.itemFormat(items) == nil { throw .unknownFormat(path: items) }
    }

    /// One file or two, the one of vectors first.
    public init(_ paths: [String]) throws(ExchangeError) {
        guard let first = paths.first else { throw .notVectors(path: "") }
        guard paths.count <= 2 else { throw .tooManyFiles }
        guard let format = Self.vectorFormat(first) else {
            throw Self.itemFormat(first) == nil ? .unknownFormat(path: first) : .notVectors(path: first)
        }
        vectors = first
        self.format = format
        items = paths.count > 1 ? paths[1] : nil
        guard let items else { return }
        guard Self.itemFormat(items) != nil else { throw .unknownFormat(path: items) }
        guard format != .json else { throw .itemsTwice(vectors: first, items: items) }
        guard absolutePath(first) != absolutePath(items) else { throw .sameFileTwice(path: first) }
    }

    var paths: [String] { [vectors] + (items.map { [$0] } ?? []) }

    static func vectorFormat(_ path: String) -> VectorFormat? {
        switch ending(path) {
        case "npy": .numPy
        case "tsv": .tabs
        case "jsonl", "ndjson": .json
        default: nil
        }
    }

    static func itemFormat(_ path: String) -> ItemFormat? {
        switch ending(path) {
        case "csv": .commas
        case "tsv": .tabs
        default: nil
        }
    }

    private static func ending(_ path: String) -> String {
        URL(fileURLWithPath: path).pathExtension.lowercased()
    }
}
