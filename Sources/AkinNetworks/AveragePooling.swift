import CAkinKernels

/// The mean of each window, channel by channel; what does not fill a window is left out. With a window as large as
/// the image, global average pooling (Lin et al. 2013).
package struct AveragePooling: ImageLayer {
    package let input: Shape
    package let output: Shape
    let window: LayerSpecification.Extent
    let stride: Int

    init(input: Shape, window: Int, stride: Int) {
        self.input = input
        self.window = .init(height: window, width: window)
        self.stride = stride
        output = input.pooled(window: window, stride: stride)
    }

    /// Over the whole image.
    init(global input: Shape) {
        self.input = input
        window = .init(height: input.height, width: input.width)
        stride = 1
        output = Shape(vector: input.channels)
    }

    package var toleratesDropoutInPlace: Bool { true }
    package var backwardReadsInput: Bool { false }
    package var backwardReadsOutput: Bool { false }

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        akin_average_pool(
            x, input.width, input.channels, window.height, window.width, stride, output.height, output.width,
            y)
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        guard let dx else { return }
        dx.update(repeating: 0, count: input.count)
        akin_average_pool_gradient(
            dy, input.width, input.channels, window.height, window.width, stride, output.height, output.width,
            dx)
    }
}
