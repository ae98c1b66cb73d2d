import AkinBasics
import AkinItems
import AkinTensors
import AkinVectorSearch

/// Items of a gallery each of which is asked about when it has been left out, with its group where it has one, and its copies: all of them,
/// or of many so many, some of each class.
package struct LeftOutItems {
    /// Those that are asked about, and answer.
    package let examples: Examples
    private let folds: Folds
    /// Where they lie among all items, and these; nil where they are all.
    private let whole: (positions: [Int], all: Examples, folds: Folds)?

    /// - Parameter seed: By which those are drawn that are asked about.
    package init(of reader: any GalleryReader, limit: Int, seed: UInt64) throws {
        var (items, embeddings) = try reader.labelled()
        let usable = items.indices.filter { isUsableEmbedding(embeddings[$0]) }
        if usable.count < items.count {
            items = usable.map { items[$0] }
            embeddings = embeddings.rows(at: usable)
        }
        let all = Examples(
            labels: ItemLabels(items.map(\.label)), embeddings: embeddings, metric: reader.metric)
        guard items.count > limit else {
            (examples, folds, whole) = (all, Self.folds(of: items), nil)
            return
        }
        let positions = Self.drawn(from: all.labels, limit, seed: seed)
        let drawn = positions.map { items[$0] }
        examples = Examples(
            labels: ItemLabels(drawn.map(\.label)), embeddings: embeddings.rows(at: positions),
            metric: reader.metric)
        folds = Self.folds(of: drawn)
        whole = (positions, all, Self.folds(of: items))
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

    /// One of each class in a random order, and so on, until there are enough; ascending.
    private static func drawn(from labels: ItemLabels, _ limit: Int, seed: UInt64) -> [Int] {
        var members = [[Int]](repeating: [], count: labels.names.count)
        for (position, own) in labels.classes.enumerated() { members[own].append(position) }
        for own in members.indices {
            var generator = SeededGenerator(seed: seed, UInt64(own))
            members[own].shuffle(using: &generator)
        }
        let most = members.map(\.count).max() ?? 0
        let ordered = (0..<most).lazy.flatMap { turn in
            members.compactMap { turn < $0.count ? $0[turn] : nil }
        }
        return ordered.prefix(limit).sorted()
    }

    private static func folds(of items: [Item]) -> Folds {
        let copies = Dictionary(grouping: items.indices) { items[$0].contentHash }.values
            .filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
        var folds: [[Int]] = []
        var foldOfGroup: [String: Int] = [:]
        for (position, item) in items.enumerated() {
            guard let group = item.group else {
                folds.append([position])
                continue
            }
            if let fold = foldOfGroup[group] {
                folds[fold].append(position)
            } else {
                foldOfGroup[group] = folds.count
                folds.append([position])
            }
        }
        return Folds(folds, copies: copies)
    }
}
