import CAkinKernels

/// Two-dimensional convolution (cross-correlation, as everywhere in the field) with bias, and a ReLU if asked for:
///
///     y[v, u, o] = bias[o] + sum over i, j, c of x[v * stride + i - top, u * stride + j - left, c] * weight[i, j, c, o]
///
/// Weights are `[kernelHeight, kernelWidth, inputs, outputs]`. Because channels lie innermost, a row of the
/// kernel meets one contiguous run of the (padded) image, so that all three products, output and both gradients,
/// read the image where it lies instead of unrolling it into columns. Where it is faster, they are taken by
/// Winograd's algorithm instead, each by itself.
package struct Convolution: FoldingLayer {
    package let input: Shape
    package let output: Shape
    let kernel: LayerSpecification.Extent
    let stride: LayerSpecification.Extent
    let top: Int
    let left: Int
    var rectifier: Rectifier
    private let settings: LayerSpecification.ParameterSettings
    /// The image with its padding.
    private let padded: Shape
    private let fastForward: WinogradCorrelation?
    private let fastWeightGradient: WinogradWeightGradient?
    private let fastInputGradient: WinogradCorrelation?

    init(
        input: Shape, filters: Int, kernel: LayerSpecification.Extent, stride: LayerSpecification.Extent,
        padding: LayerSpecification.Padding, relu: Bool,
        settings: LayerSpecification.ParameterSettings = .init()
    ) {
        let window = ConvolutionWindow(input: input, kernel: kernel, stride: stride, padding: padding)
        self.input = input
        self.kernel = kernel
        self.stride = stride
        self.settings = settings
        rectifier = relu ? .relu : .none
        output = Shape(height: window.height, width: window.width, channels: filters)
        padded = Shape(height: window.paddedHeight, width: window.paddedWidth, channels: input.channels)
        top = window.top
        left = window.left
        let hasStride = stride.height > 1 || stride.width > 1
        fastForward =
            hasStride
            ? nil : WinogradCorrelation(input: input, output: output, kernel: kernel, top: top, left: left)
        fastWeightGradient =
            hasStride
            ? nil : WinogradWeightGradient(input: input, output: output, kernel: kernel, top: top, left: left)
        // With kernels turned by 180 degrees, at all places where they touch the output.
        fastInputGradient =
            hasStride
            ? nil
            : WinogradCorrelation(
                input: output, output: input, kernel: kernel, top: kernel.height - 1 - top,
                left: kernel.width - 1 - left)
    }

    package var parameters: [Parameter] {
        Parameter.weightAndBias(
            [kernel.height, kernel.width, input.channels, output.channels],
            receptiveField: kernel.height * kernel.width, settings: settings)
    }

    package var toleratesDropoutInPlace: Bool { true }
    package var backwardReadsOutput: Bool { relu }
    private var relu: Bool { rectifier == .relu }

    // MARK: Memory

    private var area: Int { kernel.height * kernel.width }
    private var isPadded: Bool { padded != input }
    /// A kernel of one place at each: a product of matrices, which needs neither rows nor frames.
    private var isPointwise: Bool { area == 1 && stride.height == 1 && stride.width == 1 && !isPadded }
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

    private var turnedCount: Int { area * output.channels * packedPanels(input.channels) }
    private var forwardPackedCount: Int {
        fastForward?.packedCount ?? area * input.channels * packedPanels(output.channels)
    }

    package func packedCount(training: Bool) -> Int {
        forwardPackedCount + (training ? turnedCount + (fastInputGradient?.packedCount ?? 0) : 0)
    }

    var paddedCount: Int {
        isPadded && (fastForward == nil || fastWeightGradient == nil) ? padded.count : 0
    }
    private var frameCount: Int { fastInputGradient == nil && !isPointwise ? frame.count : 0 }
    private var sumCount: Int { fastWeightGradient?.sumCount ?? 0 }

    /// The padded image; in training the frame and the sums of `fastWeightGradient`; what the fast ways use one after
    /// the other.
    package func scratchCount(training: Bool) -> Int {
        let fast = fastForward?.scratchCount ?? 0
        guard training else { return paddedCount + fast }
        return paddedCount + frameCount + sumCount
            + max(fast, fastWeightGradient?.scratchCount ?? 0, fastInputGradient?.scratchCount ?? 0)
    }

    private func fastScratch(_ workspace: LayerWorkspace, training: Bool) -> UnsafeMutablePointer<Float> {
        workspace.scratch + paddedCount + (training ? frameCount + sumCount : 0)
    }

    /// Two packings of the weights in panels of `akin_panel_columns()` columns: for the output
    /// `[kernel rows and columns, inputs][outputs]`, and for the input's gradient, turned by 180 degrees,
    /// `[kernel rows and columns, outputs][inputs]`. The fast ways have their own; that of the input's gradient is
    /// made from the turned one and follows it.
    package func pack(
        _ weight: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>, training: Bool
    ) {
        let panel = Int(akin_panel_columns())
        let (inputs, outputs) = (input.channels, output.channels)
        var to = packed
        if let fastForward {
            fastForward.pack(weight, step: outputs, panelStep: panel, into: packed)
            to += forwardPackedCount
        } else {
            for first in Swift.stride(from: 0, to: outputs, by: panel) {
                let columns = min(panel, outputs - first)
                for row in 0..<area * inputs {
                    for column in 0..<columns { to[column] = weight[row * outputs + first + column] }
                    for column in columns..<panel { to[column] = 0 }
                    to += panel
                }
            }
        }
        guard training else { return }
        let turned = UnsafePointer(to)
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
        fastInputGradient?.pack(turned, step: panel, panelStep: area * outputs * panel, into: to)
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

    /// The rows of the kernel that meet the image, where its first one lies at row `first` of the image.
    private func kernelRows(meeting height: Int, from first: Int) -> Range<Int> {
        let begin = min(max(0, -first), kernel.height)
        return begin..<max(begin, min(kernel.height, height - first))
    }

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        let bias = workspace.parameters + area * input.channels * output.channels
        if let fastForward {
            fastForward.run(
                x, y, packed: workspace.packed, bias: bias, rectifier: rectifier,
                scratch: fastScratch(workspace, training: training))
            return
        }
        if isPointwise {
            multiply(
                x, columns: input.channels, by: workspace.packed, into: y, columns: output.channels,
                bias: bias)
            return
        }
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
        arguments.length = Int32(kernel.width * inputs)
        arguments.relu = rectifier.rawValue
        for first in Swift.stride(from: 0, to: output.channels, by: panel) {
            arguments.columns = Int32(min(panel, output.channels - first))
            arguments.bias = bias + first
            for v in 0..<output.height {
                let rows = kernelRows(meeting: input.height, from: v * stride.height - top)
                arguments.runs = Int32(rows.count)
                arguments.a = x + (v * stride.height + rows.lowerBound) * arguments.aRun
                arguments.b =
                    UnsafePointer(workspace.packed) + first * area * inputs
                    + rows.lowerBound * arguments.bRun
                arguments.c = y + v * output.width * output.channels + first
                akin_product(&arguments)
            }
        }
    }

    /// All places of an image, `[places, inner]`, by packed weights `[inner, outer]`; as many at a time as stay in the
    /// second cache while the panels pass over them.
    private func multiply(
        _ x: UnsafePointer<Float>, columns inner: Int, by packed: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, columns outer: Int, bias: UnsafePointer<Float>?
    ) {
        let panel = Int(akin_panel_columns())
        let places = input.height * input.width
        let most = max(28, 65536 / inner)
        var arguments = akin_product_arguments()
        arguments.aRow = inner
        arguments.aStep = 1
        arguments.bStep = panel
        arguments.cRow = outer
        arguments.runs = 1
        arguments.length = Int32(inner)
        arguments.relu = bias == nil ? 0 : rectifier.rawValue
        for place in Swift.stride(from: 0, to: places, by: most) {
            arguments.a = x + place * inner
            arguments.rows = Int32(min(most, places - place))
            for first in Swift.stride(from: 0, to: outer, by: panel) {
                arguments.columns = Int32(min(panel, outer - first))
                arguments.bias = bias.map { $0 + first }
                arguments.b = packed + first * inner
                arguments.c = y + place * outer + first
                akin_product(&arguments)
            }
        }
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        let (inputs, outputs) = (input.channels, output.channels)
        let biasGradient = workspace.gradient + area * inputs * outputs
        let row = output.width * outputs
        if let fastWeightGradient {
            fastWeightGradient.add(
                x: x, dy: dy, y: relu ? y : nil, biasGradient: biasGradient,
                to: workspace.scratch + paddedCount + frameCount,
                scratch: fastScratch(workspace, training: true))
        } else {
            for v in 0..<output.height {
                akin_gradient_rows(
                    dy + v * row, outputs, dy + v * row, relu ? y + v * row : nil, output.width, outputs,
                    biasGradient)
            }
            addWeightGradient(x: paddedImage(x, workspace.scratch), dy: dy, to: workspace.gradient)
        }
        guard let dx else { return }
        if let fastInputGradient {
            fastInputGradient.run(
                dy, dx, packed: workspace.packed + forwardPackedCount + turnedCount, bias: nil,
                rectifier: .none,
                scratch: fastScratch(workspace, training: true))
        } else if isPointwise {
            multiply(
                dy, columns: outputs, by: workspace.packed + forwardPackedCount, into: dx, columns: inputs,
                bias: nil)
        } else {
            let framed = workspace.scratch + paddedCount
            let first = framed + ((kernel.height - 1) * frame.width + kernel.width - 1) * outputs
            for v in 0..<output.height {
                let to = first + v * stride.height * frame.width * outputs
                if stride.width == 1 {
                    to.update(from: dy + v * row, count: row)
                } else {
                    for u in 0..<output.width {
                        (to + u * stride.width * outputs).update(
                            from: dy + v * row + u * outputs, count: outputs)
                    }
                }
            }
            writeInputGradient(framed: framed, to: dx, workspace)
        }
    }

    package func finishGradient(_ workspace: LayerWorkspace) {
        fastWeightGradient?.finish(workspace.scratch + paddedCount + frameCount, into: workspace.gradient)
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
        arguments.bStep = outputs
        arguments.bRun = output.width * outputs
        arguments.bPanel = Int(akin_panel_columns())
        arguments.cRow = outputs
        arguments.rows = Int32(kernel.width * inputs)
        arguments.columns = Int32(outputs)
        arguments.length = Int32(output.width)
        arguments.accumulate = 1
        for i in 0..<kernel.height {
            // Rows of the output for which this row of the kernel lies on the image.
            let begin = max(0, (top - i + stride.height - 1) / stride.height)
            let end = min(output.height, (input.height + top - i + stride.height - 1) / stride.height)
            guard begin < end else { continue }
            arguments.runs = Int32(end - begin)
            arguments.a = x + i * padded.width * inputs + begin * arguments.aRun
            arguments.b = dy + begin * arguments.bRun
            arguments.c = gradient + i * kernel.width * inputs * outputs
            akin_product(&arguments)
        }
    }

    private func writeInputGradient(
        framed: UnsafePointer<Float>, to dx: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace
    ) {
        let panel = Int(akin_panel_columns())
        let (inputs, outputs) = (input.channels, output.channels)
        var arguments = akin_product_arguments()
        arguments.aRow = outputs
        arguments.aStep = 1
        arguments.aRun = frame.width * outputs
        arguments.bStep = panel
        arguments.bRun = kernel.width * outputs * panel
        arguments.cRow = inputs
        arguments.rows = Int32(input.width)
        arguments.length = Int32(kernel.width * outputs)
        let height = (output.height - 1) * stride.height + 1
        for first in Swift.stride(from: 0, to: inputs, by: panel) {
            arguments.columns = Int32(min(panel, inputs - first))
            for v in 0..<input.height {
                let rows = kernelRows(meeting: height, from: v + top - (kernel.height - 1))
                arguments.runs = Int32(rows.count)
                arguments.a =
                    framed + ((v + top + rows.lowerBound) * frame.width + left) * outputs
                arguments.b =
                    UnsafePointer(workspace.packed) + forwardPackedCount + first * area * outputs
                    + rows.lowerBound * arguments.bRun
                arguments.c = dx + v * input.width * inputs + first
                akin_product(&arguments)
            }
        }
    }
}
