import AkinBasics

/// Why layers do not make a network.
public enum NetworkError: ExplainedError, Equatable, Sendable {
    case inputTooSmall(layer: String, input: Shape, window: String)
    case notFlattened(layer: String, input: Shape)
    case shapesDiffer(layer: String, layers: String, shortcut: String)
    case invalidValue(layer: String, key: String, value: String, expected: String)
    case embeddingIsNotAVector(Shape)
    case nothingToTrain
    case tooLarge(limit: Int)
    case outputTooLarge(layer: String, output: Shape)
}

extension NetworkError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .inputTooSmall(let layer, let input, let window):
            "\(layer): its input is only \(input), smaller than its window \(window); use a larger image, a smaller window, or padding same in the convolutions"
        case .notFlattened(let layer, let input):
            "\(layer): its input is \(input), not a vector; put a flatten layer before it"
        case .shapesDiffer(let layer, let layers, let shortcut):
            "\(layer): its layers put out \(layers), its shortcut \(shortcut), which cannot be added; give the shortcut a conv2d (kernel 1) with the layers' filters and stride"
        case .invalidValue(let layer, let key, let value, let expected):
            "\(layer): \(key) is \(value); give \(expected)"
        case .embeddingIsNotAVector(let shape):
            "the backbone ends in \(shape), not in a vector; end it with flatten, or flatten and dense"
        case .nothingToTrain: "the backbone has no layer with weights; add a conv2d or a dense layer"
        case .outputTooLarge(let layer, let output):
            "\(layer): its output of \(output) for one image is too large; use a smaller image, fewer filters or a larger stride"
        case .tooLarge(let limit): "the layers have more than \(limit) weights; use fewer filters or units"
        }
    }
}
