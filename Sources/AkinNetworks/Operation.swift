/// One step of a network's computation: it takes one tensor, or two, and puts out one. Tensors are numbered; 0 is the
/// image.
struct Operation: Sendable {
    enum Body: Sendable {
        case image(any ImageLayer)
        case dense(Dense)
        case normalization(BatchNormalization)
        /// Two tensors of one shape, value by value; with `relu`, negative sums become 0.
        case addition(Shape, relu: Bool)
    }

    /// The layer's that it belongs to.
    let name: String
    var body: Body
    var input: Int
    /// Of an addition.
    var second: Int?
    var output: Int
    /// Where its parameters begin in `Network.values`.
    let offset: Int
    /// Where its statistics begin in `Network.statistics`.
    let statistics: Int
    /// The batch normalisation that embedding does in this operation, by its position in `Network.operations`.
    var folded: Int?

    var parameters: [Parameter] {
        switch body {
        case .image(let layer): layer.parameters
        case .dense(let layer): layer.parameters
        case .normalization(let layer): layer.parameters
        case .addition: []
        }
    }

    var outputShape: Shape {
        switch body {
        case .image(let layer): layer.output
        case .dense(let layer): layer.output
        case .normalization(let layer): layer.input
        case .addition(let shape, _): shape
        }
    }

    /// Whether the backward pass looks at what went in.
    var backwardReadsInput: Bool {
        switch body {
        case .image(let layer): layer.backwardReadsInput
        case .dense, .normalization: true
        case .addition: false
        }
    }

    /// Whether the backward pass looks at what came out.
    var backwardReadsOutput: Bool {
        switch body {
        case .image(let layer): layer.backwardReadsOutput
        case .dense, .normalization: false
        case .addition(_, let relu): relu
        }
    }

    /// See `ImageLayer.toleratesDropoutInPlace`.
    var toleratesDropoutInPlace: Bool {
        switch body {
        case .image(let layer): layer.toleratesDropoutInPlace
        case .dense: false
        case .normalization, .addition: true
        }
    }
}
