import AkinBasics
import AkinItems
import AkinTensors
import AkinVectorSearch

/// Items of a gallery each of which is asked about when it has been left out, with its group where it has one, and its copies: all of them,
/// or of many so many, some of each class.
package struct LeftOutItems {
    /// Those that are asked about, and answer.
    package let examples: Examples
    /// The items that these are.
    package let items: [Item]
    private let folds: Folds
    /// Where they lie among all items, and these; nil where they are all.
    private let whole: (positions: [Int], all: Examples, folds: Folds)?

    /// - Parameter seed: By which those are drawn that are asked about.
    package init(of reader: any GalleryReader, limit: Int, seed: UInt64) throws {
        let (items, embeddings) = try reader.labelled()
        self.init(items, embeddings, reader.metric, limit: limit, seed: seed)
    }

    /// As the above, of items with their embeddings.
    package init(_ items: [Item], _ embeddings: Matrix, _ metric: Metric, limit: Int, seed: UInt64) {
        var (items, embeddings) = (items, embeddings)
        let usable = items.indices.filter { isUsableEmbedding(embeddings[$0]) }
        if usable.count < items.count {
            items = usable.map { items[$0] }
            embeddings = embeddings.rows(at: usable)
        }
        let all = Examples(
            labels: ItemLabels(items.map(\.label)), trusted: embeddings, metric: metric)
        guard items.count > limit else {
            (examples, self.items, folds, whole) = (all, items, Folds(items), nil)
            return
        }
        let positions = all.labels.drawnInTurn(seed: seed).prefix(limit).sorted()
        let drawn = positions.map { items[$0] }
        examples = Examples(
            labels: ItemLabels(drawn.map(\.label)), trusted: embeddings.rows(at: positions),
            metric: metric)
        self.items = drawn
        folds = Folds(drawn)
        whole = (positions, all, Folds(items))
    }

    /// How many items there are.
    package var total: Int { whole?.all.labels.count ?? examples.labels.count }

    /// What the others say of each.
    package func answers(by classifier: Classifier) throws -> [LeftOutAnswer] {
        let left = classifier.rule.stratifiedFolds.map { folds.stratified($0, examples.labels) } ?? folds
        return try classifier.rule.answers(
            leavingOut: Array(examples.labels.classes.indices), left, of: examples, listing: 1)
    }

    /// What such answers tell; how near items lie is looked up among all of them.
    package func calibration(
        of classifier: Classifier, by answers: [LeftOutAnswer], strangersKnown: Double
    ) throws -> Calibration {
        guard let (positions, all, folds) = whole else {
            return Calibration(
                classifier, answers, examples.labels, nearest: answers,
                of: examples.labels.classes, examples.labels, metric: examples.metric.kind,
                strangersKnown: strangersKnown)
        }
        let nearest = all.answers(leavingOut: positions, folds) { _, _ in nil }
        return Calibration(
            classifier, answers, examples.labels, nearest: nearest,
            of: positions.map { all.labels.classes[$0] }, all.labels, metric: all.metric.kind,
            strangersKnown: strangersKnown)
    }
}

extension Folds {
    /// Of items: each alone or with its group, and without its copies.
    fileprivate init(_ items: [Item]) {
        self.init(groups: items.map(\.group), contents: items.map(\.contentHash))
    }
}
