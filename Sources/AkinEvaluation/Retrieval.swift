import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// What one item of a gallery found when it asked for the others of its class.
public struct RetrievalOutcome: Sendable, Equatable {
    /// Where the item comes from.
    public var source: Source
    /// Its class.
    public var label: String
    /// How many others of its class there were to find; of 0 nothing can be said.
    public var relevant: Int
    /// How many items it was compared with.
    public var compared: Int
    /// For each depth of the evaluation how many of so many nearest are of its class.
    public var hits: [Int]
    /// The mean, over those of its class, of which share of the items up to each is of it, 0...1.
    public var averagePrecision: Double
    /// The same with only as many of the nearest as there are to find, the others counting 0 (Musgrave et al. 2020, "A Metric
    /// Learning Reality Check", section 3.2).
    public var averagePrecisionAtR: Double

    /// Of the ranks, from 1, at which those of its class come.
    init(source: Source, label: String, compared: Int, ranks: [Int], depths: [Int]) {
        (self.source, self.label, self.compared) = (source, label, compared)
        relevant = ranks.count
        hits = depths.map { depth in ranks.count { $0 <= depth } }
        let precisions = ranks.enumerated().map { Double($0.offset + 1) / Double($0.element) }
        let total = Double(max(1, ranks.count))
        averagePrecision = precisions.reduce(0, +) / total
        averagePrecisionAtR =
            zip(ranks, precisions).reduce(0) { $0 + ($1.0 <= ranks.count ? $1.1 : 0) } / total
    }
}

/// What all items of a gallery found.
public struct RetrievalOutcomes: Sendable, Equatable {
    /// One for each item, in their order.
    public var list: [RetrievalOutcome]
    /// To how many of the nearest was counted how many are of the class.
    public var depths: [Int]
    /// How distances were measured.
    public var metric: Metric.Kind
    /// How many items have a group, all of which was left out with each; nil where groups were not looked at.
    public var grouped: Int?
    /// How many items have copies, which were left out with them; nil where copies were not left out.
    public var copies: Int?
}

/// Each item of a gallery is looked for among all others, by exact distances: how well the nearest are of its class.
public enum Retrieval {
    /// Of all items of a gallery, in one state of it. O(items² · dimension), on all threads of the pool.
    ///
    /// - Parameters:
    ///   - depths: To how many of the nearest is counted, each at least 1.
    ///   - keepingGroups: Whether an item is compared with those of its group too.
    ///   - keepingCopies: Whether it is compared with those of the same content too.
    ///   - progress: Told how many of the items have been asked for; what it throws ends the work.
    /// - Throws: `EvaluationError`, and the gallery's own errors.
    public static func outcomes(
        in gallery: some Gallery, depths: [Int] = [1, 5, 10], keepingGroups: Bool = false,
        keepingCopies: Bool = false, progress: (WorkProgress) throws -> Void = { _ in }
    ) throws -> RetrievalOutcomes {
        if let depth = depths.first(where: { $0 < 1 }) {
            throw EvaluationError.unusableSetting(
                what: "a number of nearest items", value: "\(depth)", allowed: "1 or more")
        }
        let (items, embeddings) = try gallery.read { try $0.labelled() }
        guard items.count > 1 else { throw EvaluationError.tooFewItems(items.count) }
        for row in items.indices where !embeddings[row].allSatisfy(\.isFinite) {
            throw EvaluationError.notANumber(source: items[row].source)
        }
        let contents = items.map(\.contentHash)
        let folds = Folds(
            groups: keepingGroups ? items.map { _ in nil } : items.map(\.group),
            contents: keepingCopies ? items.indices.map { ContentHash(high: 0, low: UInt64($0)) } : contents)
        let labels = ItemLabels(items.map(\.label))
        let classes = labels.classes.map { Int32($0) }
        var outcomes: [RetrievalOutcome] = []
        outcomes.reserveCapacity(items.count)
        let rows = Metric.queriesAtOnce(references: items.count)
        for first in stride(from: 0, to: items.count, by: rows) {
            let block = first..<min(first + rows, items.count)
            var distances = gallery.metric.distances(trusted: embeddings.rows(at: block), to: embeddings)
            for (row, item) in block.enumerated() {
                for other in folds.leftOut(with: item) { distances[row, other] = .nan }
            }
            outcomes += ThreadPool.shared.map(block.count) { row in
                let item = items[first + row]
                return distances.withRow(row) { distances in
                    classes.withUnsafeBufferPointer {
                        let found = RelevantRanks(in: distances, classes: $0, own: $0[first + row])
                        return RetrievalOutcome(
                            source: item.source, label: item.label, compared: found.compared,
                            ranks: found.ranks, depths: depths)
                    }
                }
            }
            try progress(WorkProgress(done: block.upperBound, total: items.count))
        }
        let counts = contents.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        return RetrievalOutcomes(
            list: outcomes, depths: depths, metric: gallery.metric.kind,
            grouped: keepingGroups ? nil : items.count { $0.group != nil },
            copies: keepingCopies ? nil : contents.count { counts[$0]! > 1 })
    }
}
