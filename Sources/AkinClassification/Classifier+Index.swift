import AkinIndexing
import AkinTensors
import AkinVectorSearch

/// What an index answers to some queries.
public struct Answers: Sendable {
    /// One for each query. A neighbour's id is the item's id in the index.
    public let predictions: [Prediction]
    /// The items that the predictions list as neighbours, by id.
    public let items: [UInt64: Item]
    /// What the user should be told of how it was done, if anything: that there were fewer items than
    /// neighbours asked for.
    public let note: String?
}

extension Classifier {
    /// The answers of `index` to `queries`, `[queries, dimension]`.
    ///
    /// Nearest neighbours are found as `method` says; average class distance looks at all distances, a block
    /// of queries at a time, on all threads of the pool: O(queries · items · dimension). Items that `filter` does not let
    /// through, and those that `excluding` names, are as if they were not there.
    ///
    /// - Parameter listed: How many neighbours each answer lists; at least those that voted.
    public func answers(
        to queries: Matrix, in index: EmbeddingIndex, listing listed: Int = 5,
        filter: ItemFilter = ItemFilter(),
        excluding: Exclusion = Exclusion(), method: SearchMethod = .automatic
    ) throws(ClassificationError) -> Answers {
        try check(metric: index.metric.kind)
        if case .nearestNeighbours(let k, _) = self, k < 1 { throw .neighboursNotPositive(k) }
        guard queries.columns == index.dimension else {
            throw .wrongDimension(expected: index.dimension, found: queries.columns)
        }
        for row in 0..<queries.rows where !queries[row].allSatisfy(\.isFinite) {
            throw .notANumber(query: row)
        }
        do {
            let count = try index.count
            guard count > 0 else { throw ClassificationError.nothingToCompareWith }
            return switch self {
            case .nearestNeighbours(let k, let weighting):
                try vote(
                    on: queries,
                    found: index.neighbours(
                        of: queries, k: max(k, listed),
                        excluding: Array(repeating: excluding, count: queries.rows), filter: filter,
                        method: method),
                    in: index, k: k, weighting: weighting, note: note(items: count))
            case .averageClassDistance:
                try averageClassDistances(of: queries, in: index, listing: listed) {
                    filter.admits($0) && !excluding.names($0)
                }
            }
        } catch let error as IndexError {
            throw .index(error)
        } catch {
            throw error as! ClassificationError
        }
    }

    /// Throws if this classifier makes no sense with distances of `metric`.
    public func check(metric: Metric.Kind) throws(ClassificationError) {
        if case .nearestNeighbours(_, .distance) = self, metric.mayBeNegative {
            throw .weightingNeedsDistances(metric: metric.rawValue)
        }
    }

    private func vote(
        on queries: Matrix, found: [[Neighbour]], in index: EmbeddingIndex, k: Int, weighting: Weighting,
        note: String?
    ) throws -> Answers {
        var found = found
        var items: [UInt64: Item] = [:]
        for id in Set(found.joined().map(\.id)) { items[id] = try index.item(id) }
        // Another process may have removed an item since the search.
        for query in found.indices { found[query].removeAll { items[$0.id] == nil } }
        guard found.allSatisfy({ !$0.isEmpty }) else { throw ClassificationError.nothingAdmitted }

        let ids = items.keys.sorted()
        let labels = ItemLabels(ids.map { items[$0]!.label })
        let classOfID = Dictionary(uniqueKeysWithValues: zip(ids, labels.classes))
        let predictions = found.map { neighbours in
            Self.vote(
                of: neighbours, k: k, weighting: weighting, labels: labels,
                classes: neighbours.map { classOfID[$0.id]! })!
        }
        return Answers(predictions: predictions, items: items, note: note)
    }

    private func averageClassDistances(
        of queries: Matrix, in index: EmbeddingIndex, listing listed: Int, admits: (Item) -> Bool
    ) throws -> Answers {
        var (items, embeddings) = try index.labelled()
        let admitted = items.indices.filter { admits(items[$0]) }
        if admitted.count < items.count {
            (items, embeddings) = (admitted.map { items[$0] }, embeddings.rows(at: admitted))
        }
        guard !items.isEmpty else { throw ClassificationError.nothingAdmitted }
        let labels = ItemLabels(items.map(\.label))
        var predictions: [Prediction] = []
        predictions.reserveCapacity(queries.rows)
        var listedItems: [UInt64: Item] = [:]
        // Blocks of queries, so that the distances fit into memory however many items there are.
        let rows = max(1, 16_000_000 / items.count)
        for first in stride(from: 0, to: queries.rows, by: rows) {
            let block = queries.rows(at: first..<min(first + rows, queries.rows))
            let distances = index.metric.distances(from: block, to: embeddings)
            let answers = ThreadPool.shared.map(block.rows) {
                prediction(fromDistances: distances[$0], labels: labels, listing: listed)
            }
            for (row, answer) in answers.enumerated() {
                // Nil where a distance between finite embeddings overflowed.
                guard var answer else { throw ClassificationError.notANumber(query: first + row) }
                for i in answer.neighbours.indices {
                    let item = items[Int(answer.neighbours[i].id)]
                    answer.neighbours[i].id = item.id
                    listedItems[item.id] = item
                }
                predictions.append(answer)
            }
        }
        return Answers(predictions: predictions, items: listedItems, note: nil)
    }
}
