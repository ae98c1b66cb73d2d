import Akin

/// The answer to one image, as `akin query` prints it.
struct QueryAnswer: Encodable {
    let source: Source
    let label: String
    let verdict: Verdict
    let confidence: Float
    let neighbours: [Near]

    /// An item near the image.
    struct Near: Encodable {
        let id: UInt64
        let label: String
        let distance: Float
        let source: Source
    }

    init(_ source: Source, _ answer: Answer) {
        self.source = source
        label = answer.label
        verdict = answer.verdict
        confidence = answer.confidence
        neighbours = answer.neighbours.map {
            Near(id: $0.item.id, label: $0.item.label, distance: $0.distance, source: $0.item.source)
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
