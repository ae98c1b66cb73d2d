/// Where the kernels of a convolution lie on an image.
package struct ConvolutionWindow: Sendable {
    /// Of the output.
    package let height: Int
    package let width: Int
    /// Zeros before the image.
    package let top: Int
    package let left: Int
    /// The image with its padding.
    package let paddedHeight: Int
    package let paddedWidth: Int

    package init(
        input: Shape, kernel: LayerSpecification.Extent, stride: LayerSpecification.Extent,
        padding: LayerSpecification.Padding
    ) {
        func along(
            _ size: Int, _ kernel: Int, _ stride: Int, _ pixels: Int
        ) -> (output: Int, before: Int, padded: Int) {
            switch padding {
            case .valid, .pixels:
                let padded = size + 2 * pixels
                return ((padded - kernel) / stride + 1, pixels, padded)
            case .same:
                let output = (size + stride - 1) / stride
                let total = max((output - 1) * stride + kernel - size, 0)
                return (output, total / 2, size + total)
            }
        }
        let pixels = padding.pixels
        (height, top, paddedHeight) = along(input.height, kernel.height, stride.height, pixels.height)
        (width, left, paddedWidth) = along(input.width, kernel.width, stride.width, pixels.width)
    }
}

extension LayerSpecification.Padding {
    /// Rows above as below, columns at the left as at the right, where the specification says how many.
    var pixels: LayerSpecification.Extent {
        if case .pixels(let extent) = self { extent } else { .init(height: 0, width: 0) }
    }
}
