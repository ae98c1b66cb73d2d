/// A tensor that training changes.
package struct Parameter: Sendable, Hashable {
    /// `weight` or `bias`; with its layer's name before it (`head.weight`) in a head.
    package let name: String
    package let dimensions: [Int]
    /// Inputs and outputs of one unit, for initialisers; zero for a bias.
    package let fanIn: Int
    package let fanOut: Int
    package let initializer: Initializer
    /// The loss grows by `l1 * sum |w| + l2 * sum w^2`.
    package let l1: Float
    package let l2: Float
    package var count: Int { dimensions.reduce(1, *) }

    package init(
        name: String, dimensions: [Int], fanIn: Int = 0, fanOut: Int = 0,
        initializer: Initializer = .glorotUniform,
        l1: Float = 0, l2: Float = 0
    ) {
        self.name = name
        self.dimensions = dimensions
        self.fanIn = fanIn
        self.fanOut = fanOut
        self.initializer = initializer
        self.l1 = l1
        self.l2 = l2
    }

    /// The same under another name.
    func named(_ name: String) -> Parameter {
        Parameter(
            name: name, dimensions: dimensions, fanIn: fanIn, fanOut: fanOut, initializer: initializer,
            l1: l1,
            l2: l2)
    }

    /// The weights and the bias of a layer: `dimensions` of the weights end in the number of outputs.
    static func weightAndBias(
        _ dimensions: [Int], receptiveField: Int = 1, settings: LayerSpecification.ParameterSettings = .init()
    ) -> [Parameter] {
        let inputs = dimensions[dimensions.count - 2]
        let outputs = dimensions[dimensions.count - 1]
        return [
            Parameter(
                name: "weight", dimensions: dimensions, fanIn: receptiveField * inputs,
                fanOut: receptiveField * outputs, initializer: settings.kernelInitializer ?? .glorotUniform,
                l1: settings.kernelL1 ?? 0, l2: settings.kernelL2 ?? 0),
            Parameter(
                name: "bias", dimensions: [outputs], initializer: settings.biasInitializer ?? .zeros,
                l1: settings.biasL1 ?? 0, l2: settings.biasL2 ?? 0),
        ]
    }
}

/// What a layer that works on one image at a time is given besides the image.
package struct LayerWorkspace {
    /// The layer's parameters, one after the other.
    package var parameters: UnsafePointer<Float>
    /// What `pack` wrote, the same for all images; `packedCount` floats.
    package var packed: UnsafeMutablePointer<Float>
    /// This thread's and layer's own, zero before its first use and never cleared after; `scratchCount` floats.
    package var scratch: UnsafeMutablePointer<Float>
    /// What the forward pass leaves to the backward pass of this image; `keptBytes` bytes.
    package var kept: UnsafeMutablePointer<UInt8>
    /// Receives (by addition) the gradient of the parameters.
    package var gradient: UnsafeMutablePointer<Float>
    /// Tells this image in this step from all others.
    package var seed: UInt32
}

/// A layer whose result for an image depends on that image alone. A pass takes an image through a whole run of
/// such layers while it is in cache.
package protocol ImageLayer: Sendable {
    var input: Shape { get }
    var output: Shape { get }
    var parameters: [Parameter] { get }
    func packedCount(training: Bool) -> Int
    func scratchCount(training: Bool) -> Int
    var keptBytes: Int { get }
    /// Whether the layer may write its output where its input lies.
    var worksInPlace: Bool { get }
    /// Whether the backward pass is right after the next layer has set some of the outputs to zero and scaled
    /// the others, as dropout in place does.
    var toleratesDropoutInPlace: Bool { get }
    /// Whether `backward` looks at `x`, and at `y`: a tensor that no backward pass looks at need not be kept.
    var backwardReadsInput: Bool { get }
    var backwardReadsOutput: Bool { get }

    /// Lays the parameters out as the kernels want them; called once after each change of them.
    func pack(_ parameters: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>, training: Bool)
    func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool)
    /// From the gradient `dy` at the output, `dx` at the input (not asked for where nil: in the first layer) and
    /// the parameters' gradient. `dy` may be overwritten.
    func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace)
    /// Called when the images of a share have all come back: adds to the parameters' gradient what the layer has
    /// summed up in its scratch space meanwhile.
    func finishGradient(_ workspace: LayerWorkspace)
}

extension ImageLayer {
    package var parameters: [Parameter] { [] }
    package func packedCount(training: Bool) -> Int { 0 }
    package func scratchCount(training: Bool) -> Int { 0 }
    package var keptBytes: Int { 0 }
    package var worksInPlace: Bool { false }
    package var toleratesDropoutInPlace: Bool { false }
    package var backwardReadsInput: Bool { true }
    package var backwardReadsOutput: Bool { true }
    package func pack(_: UnsafePointer<Float>, into _: UnsafeMutablePointer<Float>, training _: Bool) {}
    package func finishGradient(_: LayerWorkspace) {}
}
