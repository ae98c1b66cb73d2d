import AkinItems
import AkinTensors
import AkinVectorSearch

/// Asks a gallery, a batch of queries after the other: each batch sees the gallery as it is then, in one `read`, and what
/// is fitted to it is kept for as long as nobody changes it.
///
/// Not to be used by two threads at once.
public final class Inquiry<Home: Gallery> {
    private let gallery: Home
    private let classifier: Classifier
    private let scope: ItemScope
    private let listed: Int
    private let method: SearchMethod
    private let calibration: Calibration?
    private let heedsEquals: Bool
    private let kept: (any GalleryReader) throws -> (any FittedRule)?
    private var fitted: (rule: any FittedRule, state: GalleryState)?

    /// - Parameters:
    ///   - scope: Items outside it are as if they were not there.
    ///   - listed: How many neighbours each answer lists; at least one, and those that voted.
    ///   - method: How neighbours are searched.
    ///   - calibration: That of the gallery, where there is one: it makes probabilities of scores, and tells what is unknown.
    ///   - heedsEquals: Whether the class of an item at distance 0 is taken, whatever the classifier says.
    ///   - kept: The rule as it was fitted to the state that the reader sees; nil where it has to be fitted.
    public init(
        _ classifier: Classifier, in gallery: Home, scope: ItemScope = ItemScope(), listing listed: Int = 5,
        method: SearchMethod = .automatic, calibration: Calibration? = nil, heedsEquals: Bool = false,
        kept: @escaping (any GalleryReader) throws -> (any FittedRule)? = { _ in nil }
    ) {
        self.kept = kept
        self.calibration = calibration
        self.heedsEquals = heedsEquals
        self.classifier = classifier
        self.gallery = gallery
        self.scope = scope
        self.listed = listed
        self.method = method
    }

    /// Whether the scores of its answers are probabilities: there is a calibration, and for this classifier.
    package var isCalibrated: Bool { calibration?.classifier == classifier }

    /// The answers to `queries`, `[queries, dimension]`.
    ///
    /// - Throws: `ClassificationError`, and the gallery's own errors.
    public func answers(to queries: Matrix) throws -> Answers {
        try classifier.check(metric: gallery.metric.kind)
        guard queries.columns == gallery.dimension else {
            throw ClassificationError.wrongDimension(expected: gallery.dimension, found: queries.columns)
        }
        for row in 0..<queries.rows where !queries[row].allSatisfy(\.isFinite) {
            throw ClassificationError.notANumber(query: row)
        }
        return try gallery.read { reader in
            let count = try reader.count
            guard count > 0 else { throw ClassificationError.nothingToCompareWith }
            let predictions = try rule(for: reader)
                .predictions(for: queries, in: reader, listing: max(1, listed), method: method)
            var items: [UInt64: Item] = [:]
            for id in Set(predictions.flatMap { $0.neighbours.map(\.id) }) { items[id] = try reader.item(id) }
            let near = predictions.map { prediction in
                prediction.neighbours.compactMap { neighbour in
                    items[neighbour.id].map { NearItem(item: $0, distance: neighbour.distance) }
                }
            }
            let equals = try heedsEquals ? equals(to: queries, near, in: reader) : []
            return Answers(
                predictions: predictions.indices.map { row in
                    Answer(
                        Answer.Judgement(
                            predictions[row], by: classifier,
                            nearest: near[row].first.map { ($0.item.label, $0.distance) },
                            equals: equals.isEmpty ? [] : equals[row], calibration: calibration),
                        neighbours: near[row])
                }, note: classifier.note(items: count))
        }
    }

    /// So many items are looked at that a query may be equal to.
    private static var mostEquals: Int { 4096 }

    /// For each query the classes of the items at distance 0, of which there may be more than are listed.
    private func equals(
        to queries: Matrix, _ near: [[NearItem]], in reader: any GalleryReader
    ) throws -> [[String]] {
        guard !reader.metric.kind.mayBeNegative else { return near.map { _ in [] } }
        return try near.enumerated().map { row, near in
            var labels = near.prefix { $0.distance <= 0 }.map(\.item.label)
            if !labels.isEmpty, labels.count == near.count {
                let found = try reader.neighbours(
                    of: queries.rows(at: [row]), k: min(Self.mostEquals, try reader.count),
                    excluding: [scope.excluding], filter: scope.filter, method: .exact)
                labels = try found[0].prefix { $0.distance <= 0 }.compactMap { try reader.item($0.id)?.label }
            }
            return labels.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
    }

    /// What was fitted before, if it still holds.
    private func rule(for reader: any GalleryReader) throws -> any FittedRule {
        if let fitted, fitted.state == reader.state { return fitted.rule }
        let rule = try kept(reader) ?? classifier.rule.fitted(to: reader, in: scope)
        fitted = reader.state.map { (rule, $0) }
        return rule
    }
}

extension Classifier {
    /// The answers of a gallery to `queries`, `[queries, dimension]`, all of one state.
    ///
    /// Items that `filter` does not let through, and those that `excluding` names, are as if they were not there.
    ///
    /// - Parameter listed: How many neighbours each answer lists; at least those that voted.
    public func answers(
        to queries: Matrix, in gallery: some Gallery, listing listed: Int = 5,
        filter: ItemFilter = ItemFilter(), excluding: Exclusion = Exclusion(),
        method: SearchMethod = .automatic
    ) throws -> Answers {
        try Inquiry(
            self, in: gallery, scope: ItemScope(filter: filter, excluding: excluding), listing: listed,
            method: method
        ).answers(to: queries)
    }
}
