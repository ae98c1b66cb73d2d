import CAkinKernels

/// Two-dimensional convolution (cross-correlation, as everywhere in the field) with bias, and a ReLU if asked for:
///
///     y[v, u, o] = bias[o] + sum over i, j, c of x[v * stride + i - top, u * stride + j - left, c] * weight[i, j, c, o]
///
/// Weights are `[kernelHeight, kernelWidth, inputs, outputs]`. Because channels lie innermost, a row of the
/// kernel meets one contiguous run of the (padded) image, so that all three products, output and both gradients,
/// read the image where it lies instead of unrolling it into columns.
package struct Convolution: ImageLayer {
    package let input: Shape
    package let output: Shape
    let kernel: LayerSpecification.Extent
    let stride: LayerSpecification.Extent
    let top: Int
    let left: Int
    let relu: Bool
    /// The image with its padding.
    private let padded: Shape

    init(
        input: Shape, filters: Int, kernel: LayerSpecification.Extent, stride: LayerSpecification.Extent,
        padding: LayerSpecification.Padding, relu: Bool
    ) {
        func along(_ size: Int, _ kernel: Int, _ stride: Int) -> (output: Int, before: Int, padded: Int) {
            switch padding {
            case .valid: return ((size - kernel) / stride + 1, 0, size)
            case .same:
                let output = (size + stride - 1) / stride
                let total = max((output - 1) * stride + kernel - size, 0)
                return (output, total / 2, size + total)
            }
        }
        let vertical = along(input.height, kernel.height, stride.height)
        let horizontal = along(input.width, kernel.width, stride.width)
        self.input = input
        self.kernel = kernel
        self.stride = stride
        self.relu = relu
        output = Shape(height: vertical.output, width: horizontal.output, channels: filters)
        padded = Shape(height: vertical.padded, width: horizontal.padded, channels: input.channels)
        top = vertical.before
        left = horizontal.before
    }

    package var parameters: [Parameter] {
        Parameter.weightAndBias(
            [kernel.height, kernel.width, input.channels, output.channels],
            receptiveField: kernel.height * kernel.width)
    }

    package var toleratesDropoutInPlace: Bool { true }

    // MARK: Memory

    private var area: Int { kernel.height * kernel.width }
    private var isPadded: Bool { padded != input }
    /// The output's gradient spread by the stride and framed by zeros, so that the input's gradient is a plain
    /// convolution with it.
    private var frame: Shape {
        Shape(
            height: padded.height + kernel.height - 1, width: padded.width + kernel.width - 1,
            channels: output.channels)
    }

    private func packedPanels(_ columns: Int) -> Int {
        (columns + Int(akin_panel_columns()) - 1) / Int(akin_panel_columns()) * Int(akin_panel_columns())
    }

    package func packedCount(training: Bool) -> Int {
        area * input.channels * packedPanels(output.channels)
            + (training ? area * output.channels * packedPanels(input.channels) : 0)
    }

    private var paddedCount: Int { isPadded ? padded.count : 0 }

    package func scratchCount(training: Bool) -> Int {
        // Kernels read whole panels of the frame: that many floats of slack.
        paddedCount + (training ? frame.count + Int(akin_panel_columns()) : 0)
    }

    /// Two packings of the weights in panels of `akin_panel_columns()` columns: for the output
    /// `[kernel rows and columns, inputs][outputs]`, and for the input's gradient, turned by 180 degrees,
    /// `[kernel rows and columns, outputs][inputs]`.
    package func pack(
        _ weight: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>, training: Bool
    ) {
        let panel = Int(akin_panel_columns())
        let (inputs, outputs) = (input.channels, output.channels)
        var to = packed
        for first in Swift.stride(from: 0, to: outputs, by: panel) {
            let columns = min(panel, outputs - first)
            for row in 0..<area * inputs {
                for column in 0..<columns { to[column] = weight[row * outputs + first + column] }
                for column in columns..<panel { to[column] = 0 }
                to += panel
            }
        }
        guard training else { return }
        for first in Swift.stride(from: 0, to: inputs, by: panel) {
            let columns = min(panel, inputs - first)
            for place in (0..<area).reversed() {
                for o in 0..<outputs {
                    for column in 0..<columns {
                        to[column] = weight[(place * inputs + first + column) * outputs + o]
                    }
                    for column in columns..<panel { to[column] = 0 }
                    to += panel
                }
            }
        }
    }

    /// The image with its frame of zeros: where it is, if none is needed.
    private func paddedImage(_ x: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>)
        -> UnsafePointer<Float>
    {
        guard isPadded else { return x }
        let row = input.width * input.channels
        for v in 0..<input.height {
            (scratch + ((v + top) * padded.width + left) * input.channels).update(
                from: x + v * row, count: row)
        }
        return UnsafePointer(scratch)
    }

    // MARK: Passes

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        let x = paddedImage(x, workspace.scratch)
        let panel = Int(akin_panel_columns())
        let inputs = input.channels
        var arguments = akin_product_arguments()
        arguments.aRow = stride.width * inputs
        arguments.aStep = 1
        arguments.aRun = padded.width * inputs
        arguments.bStep = panel
        arguments.bRun = kernel.width * inputs * panel
        arguments.cRow = output.channels
        arguments.rows = Int32(output.width)
        arguments.runs = Int32(kernel.height)
        arguments.length = Int32(kernel.width * inputs)
        arguments.relu = relu ? 1 : 0
        for first in Swift.stride(from: 0, to: output.channels, by: panel) {
            arguments.columns = Int32(min(panel, output.channels - first))
            arguments.b = UnsafePointer(workspace.packed + first * area * inputs)
            arguments.bias = workspace.parameters + area * inputs * output.channels + first
            for v in 0..<output.height {
                arguments.a = x + v * stride.height * padded.width * inputs
                arguments.c = y + v * output.width * output.channels + first
                akin_product(&arguments)
            }
        }
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        let x = paddedImage(x, workspace.scratch)
        let framed = workspace.scratch + paddedCount
        let (inputs, outputs) = (input.channels, output.channels)
        let frameRow = frame.width * outputs
        let inner = framed + (kernel.height - 1) * frameRow + (kernel.width - 1) * outputs
        let biasGradient = workspace.gradient + area * inputs * outputs
        for v in 0..<output.height {
            let row = v * output.width * outputs
            akin_gradient_rows(
                inner + v * stride.height * frameRow, stride.width * outputs, dy + row, relu ? y + row : nil,
                output.width, outputs, biasGradient)
        }
        addWeightGradient(x: x, dy: inner, to: workspace.gradient)
        if let dx { writeInputGradient(framed: framed, to: dx, workspace) }
    }

    /// For each row of the kernel, the product of the image's runs under it and the output's gradient, summed
    /// over all places of the image.
    private func addWeightGradient(
        x: UnsafePointer<Float>, dy: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs) = (input.channels, output.channels)
        var arguments = akin_product_arguments()
        arguments.aRow = 1
        arguments.aStep = stride.width * inputs
        arguments.aRun = stride.height * padded.width * inputs
        arguments.b = dy
        arguments.bStep = stride.width * outputs
        arguments.bRun = stride.height * frame.width * outputs
        arguments.bPanel = Int(akin_panel_columns())
        arguments.cRow = outputs
        arguments.rows = Int32(kernel.width * inputs)
        arguments.columns = Int32(outputs)
        arguments.runs = Int32(output.height)
        arguments.length = Int32(output.width)
        arguments.accumulate = 1
        for i in 0..<kernel.height {
            arguments.a = x + i * padded.width * inputs
            arguments.c = gradient + i * kernel.width * inputs * outputs
            akin_product(&arguments)
        }
    }

    private func writeInputGradient(
        framed: UnsafePointer<Float>, to dx: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace
    ) {
        let panel = Int(akin_panel_columns())
        let (inputs, outputs) = (input.channels, output.channels)
        let turned = workspace.packed + area * inputs * packedPanels(outputs)
        var arguments = akin_product_arguments()
        arguments.aRow = outputs
        arguments.aStep = 1
        arguments.aRun = frame.width * outputs
        arguments.bStep = panel
        arguments.bRun = kernel.width * outputs * panel
        arguments.cRow = inputs
        arguments.rows = Int32(input.width)
        arguments.runs = Int32(kernel.height)
        arguments.length = Int32(kernel.width * outputs)
        for first in Swift.stride(from: 0, to: inputs, by: panel) {
            arguments.columns = Int32(min(panel, inputs - first))
            arguments.b = UnsafePointer(turned + first * area * outputs)
            for v in 0..<input.height {
                arguments.a = framed + ((v + top) * frame.width + left) * outputs
                arguments.c = dx + v * input.width * inputs + first
                akin_product(&arguments)
            }
        }
    }
}
