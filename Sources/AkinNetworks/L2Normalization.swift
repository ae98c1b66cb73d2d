import CAkinKernels

/// A vector divided by its Euclidean length, or by 1e-12 if that is more:
///
///     y = x / |x|,    dx = (dy - y <y, dy>) / |x|
///
/// A vector as short as that has no direction, and no gradient goes through it (where PyTorch's would be 1e12 dy).
package struct L2Normalization: ImageLayer {
    package let input: Shape
    package var output: Shape { input }
    private static let shortest: Float = 1e-12

    private func length(_ x: UnsafePointer<Float>) -> Float {
        var square: Float = 0
        akin_dot(x, x, 0, 1, input.count, &square)
        return square.squareRoot()
    }

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        let scale = 1 / max(length(x), Self.shortest)
        for i in 0..<input.count { y[i] = x[i] * scale }
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        guard let dx else { return }
        let length = length(x)
        guard length > Self.shortest else { return dx.update(repeating: 0, count: input.count) }
        var along: Float = 0
        akin_dot(dy, y, 0, 1, input.count, &along)
        for i in 0..<input.count { dx[i] = (dy[i] - y[i] * along) / length }
    }
}
