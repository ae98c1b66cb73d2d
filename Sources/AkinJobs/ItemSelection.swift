import AkinBasics
import AkinIndexing
import AkinItems

/// Which items of an index are meant: all that one of these names.
public struct ItemSelection: Sendable, Hashable {
    /// Sources as the index has them, files, or folders with all in them.
    public var paths: [String]
    /// Items by their numbers.
    public var ids: [UInt64]
    /// All items of these labels.
    public var labels: [String]

    /// None by default.
    public init(paths: [String] = [], ids: [UInt64] = [], labels: [String] = []) {
        self.paths = paths
        self.ids = ids
        self.labels = labels
    }

    /// The numbers of the items, each once. Throws where something names none.
    func ids(in index: EmbeddingIndex) throws -> [UInt64] {
        var found = Set<UInt64>()
        for id in ids {
            guard try index.item(id) != nil else { throw GalleryError.unknownItem(id: id) }
            found.insert(id)
        }
        for label in labels {
            let items = try index.items(label: label)
            guard !items.isEmpty else { throw try JobError.unknown(label: label, in: index) }
            found.formUnion(items.map(\.id))
        }
        for path in paths { found.formUnion(try ids(from: path, in: index)) }
        return found.sorted()
    }

    /// A source is taken as it stands first, for that of an imported item need not be a path.
    private func ids(from path: String, in index: EmbeddingIndex) throws -> [UInt64] {
        // The current folder, or everything, is not what nothing means.
        guard !path.isEmpty else { throw JobError.noItem(from: path) }
        let sources = [path, absolutePath(path)]
        for source in sources {
            if let item = try index.item(source: Source(source)) { return [item.id] }
        }
        for source in sources {
            let folder = source.hasSuffix("/") ? source : source + "/"
            let inside = try index.read { try $0.items(sourcePrefix: folder) }
            if !inside.isEmpty { return inside.map(\.id) }
        }
        throw JobError.noItem(from: path)
    }
}

extension JobError {
    /// There is no such label; names that which was probably meant.
    static func unknown(label: String, in index: EmbeddingIndex) throws -> JobError {
        let known = try index.stats().labels.keys.sorted()
        return .unknownLabel(label, nearest: nearest(to: label, in: known))
    }
}
