import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// Up to which distance pictures are taken for one class, learned from the labels of a gallery; and clusters of pictures that are
/// of none of its classes.
package struct CandidateClasses: Sendable {
    /// On average the pictures of a cluster lie no farther from each other; above 0.
    package let cut: Float
    private let metric: Metric

    /// Of many items so many tell it, some of each class.
    private static let mostItems = 1500
    /// Where each class has one item, this share of the classes lies nearer to another.
    private static let shareOfNear = 0.1

    /// The cut by which clusters of a gallery's items come nearest to their labels (`AverageLinkage.cut`). Where no class has two
    /// items, a distance that is rare between two classes.
    package init(_ items: [Item], _ embeddings: Matrix, _ metric: Metric) {
        precondition(!items.isEmpty, "items that tell what is near")
        self.metric = metric
        let labels = ItemLabels(items.map(\.label))
        let usable = labels.drawnInTurn(seed: 1).filter { isUsableEmbedding(embeddings[$0]) }
            .prefix(Self.mostItems).sorted()
        let own = embeddings.rows(at: usable)
        let distances = metric.distances(trusted: own, to: own)
        let linkage = AverageLinkage(distances)
        if let found = linkage.cut(for: usable.map { labels.classes[$0] }), found > 0 {
            cut = found
        } else {
            let heights = linkage.merges.map(\.height).filter { $0 > 0 }
            cut = heights.isEmpty ? 1 : heights[Int(Self.shareOfNear * Double(heights.count))]
        }
    }

    /// Clusters of pictures, `[pictures, dimension]`: in each that first which lies nearest to its others; larger ones first.
    package func clusters(of embeddings: Matrix) -> [[Int]] {
        guard embeddings.rows > 0 else { return [] }
        let distances = metric.distances(trusted: embeddings, to: embeddings)
        return AverageLinkage(distances).clusters(within: cut)
            .map { members in
                let sums = members.map { one in members.reduce(Float(0)) { $0 + distances[one, $1] } }
                return members.indices.sorted { (sums[$0], $0) < (sums[$1], $1) }.map { members[$0] }
            }
            .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }

    /// In which order pictures are best labelled; see `LabelOrder`.
    package func order(
        _ embeddings: Matrix, nearest: [Float], uncertainty: [Float], count: Int
    ) -> LabelOrder {
        LabelOrder(
            metric.distances(trusted: embeddings, to: embeddings), nearest: nearest, uncertainty: uncertainty,
            reach: cut, power: metric.kind == .cosine || metric.kind == .squaredL2 ? 0.5 : 1, count: count)
    }
}
