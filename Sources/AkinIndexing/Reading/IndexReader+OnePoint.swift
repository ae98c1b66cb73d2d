import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch

/// That most items of an index, of several labels, have one and the same embedding: neighbours tell nothing of them.
public struct OnePoint: Sendable, Hashable, Codable {
    /// How many of those looked at lie at that point.
    public let items: Int
    /// How many items were looked at, spread evenly over the index.
    public let sampled: Int
    /// How many labels those have that lie at that point.
    public let labels: Int
}

extension OnePoint: CustomStringConvertible {
    /// What was found.
    public var description: String {
        "\(items) of \(sampled) items looked at have one and the same embedding, whatever their label "
            + "(\(labels) labels): no neighbour tells them apart"
    }

    /// Of a larger index, so many items are looked at.
    static let mostSampled = 1000
    /// Fewer are no sign of anything.
    private static let fewest = 5

    /// Nil where the embeddings are good for something. A class whose items lie at one point is as it should be, if there
    /// are but few others among them.
    init?(of vectors: Matrix, labels: [String], by metric: Metric) {
        let rows = metric.commonPoint(of: vectors)
        let counts = rows.reduce(into: [:]) { $0[labels[$1], default: 0] += 1 }
        guard rows.count >= Self.fewest, 10 * (counts.values.max() ?? 0) <= 9 * rows.count else { return nil }
        self.init(items: rows.count, sampled: vectors.rows, labels: counts.count)
    }
}

extension IndexReader {
    /// Whether most items have one embedding; nil if not. Looks at 1000 of them at most.
    public func onePoint() throws -> OnePoint? { try commonPoint() }

    /// As the above, with the index's own error.
    func commonPoint() throws(IndexError) -> OnePoint? {
        let vectors = try vectorRows(verifying: false)
        let count = try itemCount
        guard count > 0 else { return nil }
        var (values, labels): ([Float], [String]) = ([], [])
        // Of every so many items one, drawn by lot: labels may come in turn. Dead rows are passed over.
        let step = (count + OnePoint.mostSampled - 1) / OnePoint.mostSampled
        var generator = SeededGenerator(seed: UInt64(count))
        var (living, drawn) = (0, 0)
        for row in 0..<vectors.count where vectors.id(row) != 0 {
            if living % step == 0 { drawn = Int.random(in: 0..<step, using: &generator) }
            if living % step == drawn {
                values += UnsafeBufferPointer(start: vectors.vector(row), count: dimension)
                labels.append(try record(vectors.id(row)).label)
            }
            living += 1
        }
        return OnePoint(
            of: Matrix(rows: labels.count, columns: dimension, trusted: values), labels: labels, by: metric)
    }
}
