import CAkinKernels

/// Each channel convolved with a kernel of its own (Howard et al. 2017, section 3.1), with bias:
///
///     y[v, u, c] = bias[c] + sum over i, j of x[v * stride + i - top, u * stride + j - left, c] * weight[i, j, c]
///
/// Weights are `[kernelHeight, kernelWidth, channels]`. The kernels work on one row of the output and the rows of the
/// padded image under it. Of these only as many as the kernel is high are there at once, in a ring: the image is read
/// once, and what is added to it stays in cache.
package struct DepthwiseConvolution: FoldingLayer {
    package let input: Shape
    package let output: Shape
    let kernel: LayerSpecification.Extent
    let stride: LayerSpecification.Extent
    var rectifier = Rectifier.none
    private let window: ConvolutionWindow
    private let settings: LayerSpecification.ParameterSettings

    init(
        input: Shape, kernel: LayerSpecification.Extent, stride: LayerSpecification.Extent,
        padding: LayerSpecification.Padding, settings: LayerSpecification.ParameterSettings = .init()
    ) {
        self.input = input
        self.kernel = kernel
        self.stride = stride
        self.settings = settings
        window = ConvolutionWindow(input: input, kernel: kernel, stride: stride, padding: padding)
        output = Shape(height: window.height, width: window.width, channels: input.channels)
    }

    /// How many values a row of the ring has.
    var paddedRow: Int { window.paddedWidth * input.channels }

    private var channels: Int { input.channels }
    private var area: Int { kernel.height * kernel.width }

    package var parameters: [Parameter] {
        let settings = settings
        return [
            Parameter(
                name: "weight", dimensions: [kernel.height, kernel.width, channels], fanIn: area,
                fanOut: area,
                initializer: settings.kernelInitializer ?? .glorotUniform, l1: settings.kernelL1 ?? 0,
                l2: settings.kernelL2 ?? 0),
            Parameter(
                name: "bias", dimensions: [channels], initializer: settings.biasInitializer ?? .zeros,
                l1: settings.biasL1 ?? 0, l2: settings.biasL2 ?? 0),
        ]
    }

    package var toleratesDropoutInPlace: Bool { true }
    package var backwardReadsOutput: Bool { false }

    // MARK: Memory

    /// The addresses of as many rows as the kernel is high.
    private var addressCount: Int {
        (kernel.height * MemoryLayout<UnsafePointer<Float>>.stride + 63) / 64 * 16
    }

    /// The addresses; the ring, and a row of zeros; in training a ring for the gradient at the input.
    package func scratchCount(training: Bool) -> Int {
        addressCount + (kernel.height + 1 + (training ? kernel.height : 0)) * paddedRow
    }

    private func ring(_ workspace: LayerWorkspace) -> UnsafeMutablePointer<Float> {
        workspace.scratch + addressCount
    }

    private func gradientRing(_ workspace: LayerWorkspace) -> UnsafeMutablePointer<Float> {
        ring(workspace) + (kernel.height + 1) * paddedRow
    }

    private func addresses<Row>(_ workspace: LayerWorkspace, of _: Row.Type) -> UnsafeMutablePointer<Row> {
        UnsafeMutableRawPointer(workspace.scratch).bindMemory(to: Row.self, capacity: kernel.height)
    }

    /// Puts the addresses of the rows of the padded image that lie under row `v` of the output in their place; copies
    /// those that the ring does not have yet, which are those from `ready` on.
    private func lay(
        _ x: UnsafePointer<Float>, under v: Int, ready: inout Int, _ workspace: LayerWorkspace
    ) -> UnsafePointer<UnsafePointer<Float>?> {
        let (ring, row) = (ring(workspace), input.width * channels)
        let zeros = UnsafePointer(ring + kernel.height * paddedRow)
        let rows = addresses(workspace, of: UnsafePointer<Float>?.self)
        let first = v * stride.height
        for i in 0..<kernel.height {
            let line = first + i - window.top
            let slot = ring + (first + i) % kernel.height * paddedRow
            if !(0..<input.height ~= line) {
                rows[i] = zeros
            } else if window.paddedWidth == input.width {
                rows[i] = x + line * row
            } else {
                if first + i >= ready {
                    (slot + window.left * channels).update(from: x + line * row, count: row)
                }
                rows[i] = UnsafePointer(slot)
            }
        }
        ready = first + kernel.height
        return UnsafePointer(rows)
    }

    private var shape: akin_depthwise_row {
        akin_depthwise_row(
            channels: channels, height: kernel.height, width: kernel.width, stride: stride.width,
            outWidth: output.width)
    }

    // MARK: Passes

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        var (shape, ready) = (shape, 0)
        for v in 0..<output.height {
            let rows = lay(x, under: v, ready: &ready, workspace)
            akin_depthwise(
                &shape, rows, workspace.parameters, workspace.parameters + area * channels,
                rectifier.rawValue,
                y + v * output.width * channels)
        }
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        var (shape, ready) = (shape, 0)
        for v in 0..<output.height {
            let rows = lay(x, under: v, ready: &ready, workspace)
            akin_depthwise_weight_gradient(
                &shape, rows, dy + v * output.width * channels, workspace.gradient,
                workspace.gradient + area * channels)
        }
        guard let dx else { return }
        let ring = gradientRing(workspace)
        let rows = addresses(workspace, of: UnsafeMutablePointer<Float>?.self)
        for v in 0..<output.height {
            let first = v * stride.height
            for i in 0..<kernel.height { rows[i] = ring + (first + i) % kernel.height * paddedRow }
            akin_depthwise_input_gradient(
                &shape, dy + v * output.width * channels, workspace.parameters, rows)
            // The rows to which no later one adds.
            let end = v + 1 == output.height ? window.top + input.height : first + stride.height
            for line in first..<max(end, first + kernel.height) where line < end || v + 1 == output.height {
                take(line, isCovered: line < first + kernel.height, from: ring, to: dx)
            }
        }
    }

    /// Moves a row of the gradient at the padded image out of the ring, which is zero there afterwards.
    private func take(
        _ line: Int, isCovered: Bool, from ring: UnsafeMutablePointer<Float>,
        to dx: UnsafeMutablePointer<Float>
    ) {
        let (slot, row) = (ring + line % kernel.height * paddedRow, input.width * channels)
        if 0..<input.height ~= line - window.top {
            let to = dx + (line - window.top) * row
            if isCovered {
                to.update(from: slot + window.left * channels, count: row)
            } else {
                to.update(repeating: 0, count: row)
            }
        }
        if isCovered { slot.update(repeating: 0, count: paddedRow) }
    }
}
