import CAkinKernels

/// The largest value of each window, channel by channel. Its gradient goes to the first of the largest.
package struct MaxPooling: ImageLayer {
    package let input: Shape
    package let output: Shape
    let window: Int
    let stride: Int

    init(input: Shape, window: Int, stride: Int) {
        self.input = input
        self.window = window
        self.stride = stride
        output = input.pooled(window: window, stride: stride)
    }

    package var keptBytes: Int { output.count }
    package var toleratesDropoutInPlace: Bool { true }
    package var backwardReadsInput: Bool { false }
    package var backwardReadsOutput: Bool { false }

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        akin_max_pool(
            x, input.width, input.channels, window, stride, output.height, output.width, y, workspace.kept)
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        guard let dx else { return }
        let covered =
            window == stride && output.height * stride == input.height && output.width * stride == input.width
        if !covered { dx.update(repeating: 0, count: input.count) }
        akin_max_pool_gradient(
            dy, workspace.kept, input.width, input.channels, window, stride, output.height, output.width, dx)
    }
}
