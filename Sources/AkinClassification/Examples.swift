import AkinBasics
import AkinItems
import AkinTensors
import AkinVectorSearch

/// Labelled embeddings in memory, on which classifiers are measured.
public struct Examples: Sendable {
    /// Their classes.
    public let labels: ItemLabels
    /// `[labels.count, dimension]`
    public let embeddings: Matrix
    /// By what they are compared.
    public let metric: Metric

    /// An embedding for each label.
    public init(labels: ItemLabels, embeddings: Matrix, metric: Metric) throws(ClassificationError) {
        guard labels.count == embeddings.rows else {
            throw .countsDiffer(labels: labels.count, embeddings: embeddings.rows)
        }
        if let learned = metric.learned, !metric.fits(embeddings.columns) {
            throw .wrongDimension(expected: learned.weights.count, found: embeddings.columns)
        }
        self.init(labels: labels, trusted: embeddings, metric: metric)
    }

    /// As the above, of embeddings of which there are as many.
    package init(labels: ItemLabels, trusted embeddings: Matrix, metric: Metric) {
        precondition(labels.count == embeddings.rows, "an embedding for each label")
        self.labels = labels
        self.embeddings = embeddings
        self.metric = metric
    }

    /// The items of a gallery that are in `scope`, with their ids.
    static func of(_ reader: any GalleryReader, in scope: ItemScope) throws -> (
        ids: [UInt64], examples: Examples
    ) {
        let isAll = scope == ItemScope()
        var ids: [UInt64] = []
        var labels: [String] = []
        var values: [Float] = []
        let count = try isAll ? reader.count : 0
        ids.reserveCapacity(count)
        values.reserveCapacity(count * reader.dimension)
        try reader.forEachItem { item, vector in
            guard isAll || scope.admits(item) else { return }
            ids.append(item.id)
            labels.append(item.label)
            values.append(contentsOf: vector)
        }
        guard !ids.isEmpty else { throw ClassificationError.nothingAdmitted }
        return (
            ids,
            Examples(
                labels: ItemLabels(labels),
                trusted: Matrix(rows: ids.count, columns: reader.dimension, trusted: values),
                metric: reader.metric)
        )
    }

    /// Those that are not at `left`, as a gallery; an item's id is its position and 1.
    package func gallery(without left: [Int] = []) throws -> MemoryGallery {
        let left = Set(left)
        let gallery = try MemoryGallery(dimension: embeddings.columns, metric: metric)
        let kept = (0..<labels.count).filter { !left.contains($0) && isUsableEmbedding(embeddings[$0]) }
        var items = ItemList()
        for position in kept {
            items.append(
                label: Array(labels.names[labels.classes[position]].utf8), source: Array("\(position)".utf8),
                group: [])
            items.ids.append(UInt64(position) + 1)
        }
        let values = embeddings.rows(at: kept).values
        try gallery.write("examples") { writer in
            _ = try values.withUnsafeBufferPointer { values in
                try values.baseAddress.map {
                    try writer.add(
                        ItemBatch(
                            items: items, range: 0..<kept.count, vectors: $0,
                            contentHashes: kept.map { ContentHash(high: 0, low: UInt64($0)) }),
                        keepingIDs: true)
                }
            }
        }
        return gallery
    }
}

/// Which examples are left out together.
public struct Folds: Sendable, Hashable {
    private let members: [[Int]]
    private let foldOfPosition: [Int]
    /// Positions of equal content.
    let copies: [[Int]]
    /// Of those of which there are several.
    private let groupOfCopy: [Int: Int]

    /// The positions of each fold; every position is in one. Of `copies`, positions of equal content, none is compared with
    /// another, whatever folds they are in.
    public init(_ members: [[Int]], copies: [[Int]] = []) {
        self.members = members
        var foldOfPosition = [Int](repeating: 0, count: (members.joined().max() ?? -1) + 1)
        for (fold, positions) in members.enumerated() {
            for position in positions where position >= 0 { foldOfPosition[position] = fold }
        }
        self.foldOfPosition = foldOfPosition
        self.copies = copies
        var groupOfCopy: [Int: Int] = [:]
        for (group, positions) in copies.enumerated() {
            for position in positions { groupOfCopy[position] = group }
        }
        self.groupOfCopy = groupOfCopy
    }

    /// Each position alone, or with all of its group where it has one; of equal contents none is compared with another.
    package init(groups: [String?], contents: [ContentHash]) {
        let copies = Dictionary(grouping: contents.indices) { contents[$0] }.values
            .filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
        var members: [[Int]] = []
        var foldOfGroup: [String: Int] = [:]
        for (position, group) in groups.enumerated() {
            if let group, let fold = foldOfGroup[group] {
                members[fold].append(position)
            } else {
                if let group { foldOfGroup[group] = members.count }
                members.append([position])
            }
        }
        self.init(members, copies: copies)
    }

    /// How many there are.
    public var count: Int { members.count }

    /// The positions in a fold.
    public func positions(in fold: Int) -> [Int] { members[fold] }

    /// The fold in which a position is.
    public func fold(of position: Int) -> Int { foldOfPosition[position] }

    /// All that is left out when a position is asked about: its fold, and its copies.
    public func leftOut(with position: Int) -> [Int] {
        let fold = foldOfPosition[position]
        guard let group = groupOfCopy[position] else { return members[fold] }
        return members[fold] + copies[group].filter { foldOfPosition[$0] != fold }
    }
}
