import Akin
import AkinBasics

/// The answer to one image, as `akin query` prints it.
struct Answer: Encodable {
    let source: Source
    let label: String
    let verdict: Verdict
    let confidence: Float
    let neighbours: [Near]

    /// Whether the image belongs to a class of the index. Telling the unknown apart takes an index that has been
    /// calibrated; until there are such, every answer counts as known.
    enum Verdict: String, Encodable { case known }

    /// An item near the image.
    struct Near: Encodable {
        let id: UInt64
        let label: String
        let distance: Float
        let source: Source
    }

    init(_ source: Source, _ prediction: Prediction, items: [UInt64: Item]) {
        self.source = source
        label = prediction.label
        verdict = .known
        confidence = prediction.confidence
        neighbours = prediction.neighbours.map {
            Near(id: $0.id, label: items[$0.id]!.label, distance: $0.distance, source: items[$0.id]!.source)
        }
    }

    var text: String {
        let rows = neighbours.map { ["\($0.distance)", $0.label, $0.source.path] }
        let head = "\(printable(source.path)): \(printable(label)) (\(Int((confidence * 100).rounded())) %)"
        return rows.isEmpty ? head : head + "\n" + aligned(rows, indent: "    ")
    }

    /// For a sheet.
    var row: QueryRow {
        QueryRow(
            source: source, predicted: label, confidence: confidence,
            neighbours: neighbours.map { .init(source: $0.source, label: $0.label, distance: $0.distance) })
    }
}
