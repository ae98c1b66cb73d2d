/// What a layer makes of its input, and what it costs.
package struct LayerSize: Sendable, Hashable {
    /// `conv2d_1`, as its parameters are named.
    package let name: String
    /// In how many residual blocks it lies.
    package let depth: Int
    /// Of one image.
    package let output: Shape
    /// Numbers that training sets; of a residual block, those of the layers within it are theirs.
    package let parameters: Int
    /// Of a weight with a value, for one image on its way forward: as the layer is defined, where quicker ways take fewer. Layers
    /// without weights have none.
    package let multiplications: Int
}

extension Operation {
    /// See `LayerSize.multiplications`.
    var multiplications: Int {
        let weights = parameters.filter { $0.dimensions.count > 1 }.reduce(0) { $0 + $1.count }
        // These see the means of the channels, which are there once.
        if case .image(is SqueezeExcitation) = body { return weights }
        return weights * outputShape.height * outputShape.width
    }
}
