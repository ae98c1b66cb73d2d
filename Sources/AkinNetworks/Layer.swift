/// A tensor that training changes.
package struct Parameter: Sendable, Hashable {
    /// `weight` or `bias`.
    package let name: String
    package let dimensions: [Int]
    /// Inputs and outputs of one unit, for initialisers; zero for a bias.
    package let fanIn: Int
    package let fanOut: Int
    package var count: Int { dimensions.reduce(1, *) }

    /// The weights and the bias of a layer: `dimensions` of the weights end in the number of outputs.
    static func weightAndBias(_ dimensions: [Int], receptiveField: Int = 1) -> [Parameter] {
        let inputs = dimensions[dimensions.count - 2]
        let outputs = dimensions[dimensions.count - 1]
        return [
            Parameter(
                name: "weight", dimensions: dimensions, fanIn: receptiveField * inputs,
                fanOut: receptiveField * outputs),
            Parameter(name: "bias", dimensions: [outputs], fanIn: 0, fanOut: 0),
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
}

extension ImageLayer {
    package var parameters: [Parameter] { [] }
    package func packedCount(training: Bool) -> Int { 0 }
    package func scratchCount(training: Bool) -> Int { 0 }
    package var keptBytes: Int { 0 }
    package var worksInPlace: Bool { false }
    package var toleratesDropoutInPlace: Bool { false }
    package func pack(_: UnsafePointer<Float>, into _: UnsafeMutablePointer<Float>, training _: Bool) {}
}
