import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// The rules that fit more than distances, and what their tests share.
enum FittedRules {
    static let all: [any ClassificationRule] = [
        Ridge(), Ridge(penalty: 0.03), Discriminant(), Discriminant(penalty: 0.1),
        Discriminant(shrinkage: .ledoitWolf), SupportVectors(), SupportVectors(kernel: .linear),
        SupportVectors(kernel: .polynomial), SupportVectors(kernel: .polynomial, degree: 2),
        RandomForest(trees: 15, seed: 2),
    ]

    /// Items of classes that lie about places of their own.
    static func examples(
        _ counts: [Int], dimension: Int, seed: UInt64, metric: Metric = .l2
    ) -> Examples {
        var random = SeededGenerator(seed: seed)
        let centres = counts.map { _ in (0..<dimension).map { _ in random.uniform() } }
        var items: [(label: String, values: [Float])] = []
        for (own, count) in counts.enumerated() {
            for _ in 0..<count {
                items.append(("class \(own)", centres[own].map { $0 + 0.7 * (random.uniform() - 0.5) }))
            }
        }
        items.shuffle(using: &random)
        return Examples(
            labels: ItemLabels(items.map(\.label)),
            trusted: Matrix(rows: items.count, columns: dimension, trusted: items.flatMap(\.values)),
            metric: metric)
    }

    /// A gallery of them, whose ids are the positions and 1.
    static func gallery(_ examples: Examples) throws -> MemoryGallery {
        let gallery = try MemoryGallery(dimension: examples.embeddings.columns, metric: examples.metric)
        try gallery.write("examples") { writer in
            for position in 0..<examples.labels.count {
                let item = NewItem(
                    label: examples.labels.names[examples.labels.classes[position]],
                    source: "/\(position).png", group: "page \(position % 3)")
                _ = try writer.put(
                    item, contentHash: ContentHash(high: 0, low: UInt64(position)),
                    examples.embeddings[position])
            }
        }
        return gallery
    }

    static func alone(_ count: Int) -> Folds { Folds((0..<count).map { [$0] }) }
}
