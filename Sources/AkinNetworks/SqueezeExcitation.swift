import AkinTensors
import CAkinKernels

/// Each channel times a factor of its own that follows from the means of all (Hu et al. 2018, section 3):
///
///     factor = gate(expand(activation(reduce(means)))), y[v, u, c] = x[v, u, c] * factor[c]
///
/// `reduce` and `expand` are fully connected, with weights `[channels, units]` and `[units, channels]`, and biases.
package struct SqueezeExcitation: ImageLayer {
    package let input: Shape
    let units: Int
    private let activation: ActivationLayer
    private let gate: ActivationLayer
    package var output: Shape { input }

    init(
        input: Shape, units: Int, activation: LayerSpecification.Activation,
        gate: LayerSpecification.Activation
    ) {
        self.input = input
        self.units = units
        self.activation = ActivationLayer(input: Shape(vector: units), function: activation)
        self.gate = ActivationLayer(input: Shape(vector: input.channels), function: gate)
    }

    private var channels: Int { input.channels }
    private var places: Int { input.height * input.width }

    package var parameters: [Parameter] {
        func named(_ part: String, _ dimensions: [Int]) -> [Parameter] {
            Parameter.weightAndBias(dimensions).map { $0.named("\(part).\($0.name)") }
        }
        return named("reduce", [channels, units]) + named("expand", [units, channels])
    }

    package var backwardReadsOutput: Bool { false }
    package var toleratesDropoutInPlace: Bool { true }

    /// What `forward` leaves to `backward`, and in the scratch space their gradients and what the kernels want besides.
    private struct Values {
        /// `[channels]`
        let means: UnsafeMutablePointer<Float>
        let sums: UnsafeMutablePointer<Float>
        let factors: UnsafeMutablePointer<Float>
        /// `[units]`
        let hidden: UnsafeMutablePointer<Float>
        let activated: UnsafeMutablePointer<Float>

        static func count(_ channels: Int, _ units: Int) -> Int { 3 * channels + 2 * units }

        init(_ base: UnsafeMutablePointer<Float>, _ channels: Int, _ units: Int) {
            means = base
            sums = base + channels
            factors = base + 2 * channels
            hidden = base + 3 * channels
            activated = hidden + units
        }
    }

    package var keptBytes: Int { Values.count(channels, units) * MemoryLayout<Float>.stride }

    /// Zeros `[channels]`; in training two sums `[channels]` in double precision, and the gradients of the values.
    package func scratchCount(training: Bool) -> Int {
        roundedChannels + (training ? 4 * roundedChannels + Values.count(channels, units) : 0)
    }

    private var roundedChannels: Int { (channels + 15) & ~15 }

    private func kept(_ workspace: LayerWorkspace) -> Values {
        let base = UnsafeMutableRawPointer(workspace.kept)
            .bindMemory(to: Float.self, capacity: Values.count(channels, units))
        return Values(base, channels, units)
    }

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        let values = kept(workspace)
        let reduce = workspace.parameters
        let expand = reduce + channels * units + units
        akin_average_pool(
            x, input.width, channels, input.height, input.width, 1, 1, 1, values.means)
        values.hidden.update(from: reduce + channels * units, count: units)
        BLAS.multiply(
            values.means, stride: channels, by: reduce, stride: units, into: values.hidden, stride: units,
            rows: 1, columns: units, inner: channels, beta: 1)
        activation.forward(values.hidden, values.activated, workspace, training: training)
        values.sums.update(from: expand + units * channels, count: channels)
        BLAS.multiply(
            values.activated, stride: units, by: expand, stride: channels, into: values.sums,
            stride: channels,
            rows: 1, columns: channels, inner: units, beta: 1)
        gate.forward(values.sums, values.factors, workspace, training: training)
        let zeros = workspace.scratch
        akin_normalize(x, places, channels, zeros, values.factors, zeros, 0, y)
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        let values = kept(workspace)
        let zeros = workspace.scratch
        let products = UnsafeMutableRawPointer(zeros + roundedChannels)
            .bindMemory(to: Double.self, capacity: 2 * roundedChannels)
        products.update(repeating: 0, count: 2 * roundedChannels)
        let gradients = Values(zeros + 5 * roundedChannels, channels, units)
        // The factors': the sums over the places of dy * x; the other sums that the kernel takes nobody needs.
        akin_normalize_sums(
            x, dy, places, channels, zeros, zeros, zeros, 0, products + roundedChannels, products)
        for c in 0..<channels { gradients.factors[c] = Float(products[c]) }
        gate.backward(
            x: values.sums, y: values.factors, dy: gradients.factors, dx: gradients.sums, workspace)
        let reduce = (values: workspace.parameters, gradient: workspace.gradient)
        let size = channels * units + units
        let expand = (values: reduce.values + size, gradient: reduce.gradient + size)
        pass(
            gradients.sums, count: channels, to: gradients.activated, from: values.activated, count: units,
            expand)
        activation.backward(
            x: values.hidden, y: values.activated, dy: gradients.activated, dx: gradients.hidden, workspace)
        pass(
            gradients.hidden, count: units, to: gradients.means, from: values.means, count: channels, reduce)
        guard let dx else { return }
        for c in 0..<channels { gradients.means[c] /= Float(places) }
        akin_normalize(dy, places, channels, zeros, values.factors, gradients.means, 0, dx)
    }

    /// The gradient `dy` at a fully connected layer's output to `dx` at its input, and to its parameters.
    private func pass(
        _ dy: UnsafePointer<Float>, count outputs: Int, to dx: UnsafeMutablePointer<Float>,
        from x: UnsafePointer<Float>, count inputs: Int,
        _ parameters: (values: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>)
    ) {
        BLAS.multiply(
            dy, stride: outputs, by: parameters.values, stride: outputs, bTransposed: true, into: dx,
            stride: inputs, rows: 1, columns: inputs, inner: outputs)
        BLAS.multiply(
            x, stride: 1, by: dy, stride: outputs, into: parameters.gradient, stride: outputs, rows: inputs,
            columns: outputs, inner: 1, beta: 1)
        akin_add(parameters.gradient + inputs * outputs, dy, outputs)
    }
}
