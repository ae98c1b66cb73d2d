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
    public init(labels: ItemLabels, embeddings: Matrix, metric: Metric) {
        precondition(labels.count == embeddings.rows, "an embedding for each label")
        self.labels = labels
        self.embeddings = embeddings
        self.metric = metric
    }

    /// Those that are not at `left`, as a gallery; an item's id is its position and 1.
    func gallery(without left: [Int]) throws -> MemoryGallery {
        let left = Set(left)
        let gallery = MemoryGallery(dimension: embeddings.columns, metric: metric)
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
            _ = values.withUnsafeBufferPointer { values in
                values.baseAddress.map {
                    writer.add(
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

    /// The positions of each fold; every position is in one.
    public init(_ members: [[Int]]) {
        self.members = members
        var foldOfPosition = [Int](repeating: 0, count: members.reduce(0) { $0 + $1.count })
        for (fold, positions) in members.enumerated() {
            for position in positions { foldOfPosition[position] = fold }
        }
        self.foldOfPosition = foldOfPosition
    }

    /// How many there are.
    public var count: Int { members.count }

    /// The positions in a fold.
    public func positions(in fold: Int) -> [Int] { members[fold] }

    /// The fold in which a position is.
    public func fold(of position: Int) -> Int { foldOfPosition[position] }
}
