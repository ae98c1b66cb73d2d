import Akin
import AkinBasics

extension BackboneDescription {
    /// For people, a fact a line.
    var text: String {
        let facts: [[String]?] = [
            ["backbone", "\(identity.name) (\(identity.hash))"],
            path.map { ["file", $0] },
            ["dimension", "\(dimension)"],
            ["parameters", "\(parameters)"],
            ["metric", metric.rawValue],
            parts.isEmpty ? ["input", preprocessing[0].text] : nil,
            use.map { ["output", printable($0.output) + $0.pooling.words] },
            data.map { ["trained on", $0] },
            licence.map { ["licence", $0] },
            source.map { ["source", $0] },
        ]
        let parts = parts.map { part in "\npart of weight \(part.weight):\n" + part.backbone.text }
        return ([aligned(facts.compactMap { $0 })] + parts).joined(separator: "\n")
    }
}

extension ONNXPooling {
    fileprivate var words: String {
        switch self {
        case .none: ""
        case .mean: ", the mean of its places"
        case .first: ", the first of its tokens"
        }
    }
}

extension Preprocessing {
    /// `96 x 96, grey, fit, inverted, scaling paper, ground either`
    fileprivate var text: String {
        let facts: [String?] = [
            "\(width) x \(height)", channels.rawValue,
            placement.rawValue + (shorterSide.map { " of the shorter side \($0)" } ?? ""),
            invert ? "inverted" : nil, "scaling \(scaling.rawValue)",
            ground == .light ? nil : "ground \(ground.rawValue)",
            interpolation == .bilinear ? nil : interpolation.rawValue,
            normalisation.map { "mean \(Self.list($0.mean))" },
            normalisation.map { "deviation \(Self.list($0.deviation))" },
        ]
        return facts.compactMap { $0 }.joined(separator: ", ")
    }

    private static func list(_ numbers: [Float]) -> String { numbers.map { "\($0)" }.joined(separator: " ") }
}
