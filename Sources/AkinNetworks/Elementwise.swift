import CAkinKernels

/// Inverted dropout (Srivastava et al. 2014): in training each value is zero with probability `rate`, else divided
/// by `1 - rate`; otherwise nothing happens. Which values fall follows from the seed, so nothing is stored.
package struct Dropout: ImageLayer {
    package let input: Shape
    let rate: Float
    package var output: Shape { input }
    package var worksInPlace: Bool { true }
    package var toleratesDropoutInPlace: Bool { true }
    package var backwardReadsInput: Bool { false }
    package var backwardReadsOutput: Bool { false }

    private func apply(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ seed: UInt32) {
        akin_dropout(x, y, input.count, seed, UInt32(Double(rate) * 0x1p32), 1 / (1 - rate))
    }

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        if training {
            apply(x, y, workspace.seed)
        } else if x != UnsafePointer(y) {
            y.update(from: x, count: input.count)
        }
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        if let dx { apply(dy, dx, workspace.seed) }
    }
}

/// An activation function as a layer of its own.
package struct ActivationLayer: ImageLayer {
    package let input: Shape
    let function: LayerSpecification.Activation
    package var output: Shape { input }
    /// Of a value that dropout has set to zero the gradient is zero too. What is kept is scaled: a slope that
    /// follows from the output's sign, or from the input, is right all the same.
    package var toleratesDropoutInPlace: Bool {
        switch function {
        case .linear, .relu, .leakyReLU, .gelu, .hardSwish: true
        case .relu6, .selu, .tanh, .sigmoid, .hardSigmoid, .softmax: false
        }
    }

    package var backwardReadsInput: Bool { function == .gelu || function == .hardSwish }
    package var backwardReadsOutput: Bool { !backwardReadsInput && function != .linear }

    package func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workspace: LayerWorkspace,
        training: Bool
    ) {
        switch function {
        case .linear: y.update(from: x, count: input.count)
        case .relu: akin_relu(x, y, input.count)
        case .relu6: akin_relu6(x, y, input.count)
        case .sigmoid: akin_sigmoid(x, y, input.count)
        case .softmax: akin_softmax(x, y, input.count)
        case .leakyReLU: akin_leaky_relu(x, y, input.count)
        case .selu: akin_selu(x, y, input.count)
        case .gelu: akin_gelu(x, y, input.count)
        case .tanh: akin_tanh(x, y, input.count)
        case .hardSigmoid: akin_hard_sigmoid(x, y, input.count)
        case .hardSwish: akin_hard_swish(x, y, input.count)
        }
    }

    package func backward(
        x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>?, _ workspace: LayerWorkspace
    ) {
        guard let dx else { return }
        switch function {
        case .linear: dx.update(from: dy, count: input.count)
        case .relu: akin_relu_gradient(y, dy, dx, input.count)
        case .relu6: akin_relu6_gradient(y, dy, dx, input.count)
        case .sigmoid: akin_sigmoid_gradient(y, dy, dx, input.count)
        case .leakyReLU: akin_leaky_relu_gradient(y, dy, dx, input.count)
        case .selu: akin_selu_gradient(y, dy, dx, input.count)
        case .gelu: akin_gelu_gradient(x, dy, dx, input.count)
        case .tanh: akin_tanh_gradient(y, dy, dx, input.count)
        case .hardSigmoid: akin_hard_sigmoid_gradient(y, dy, dx, input.count)
        case .hardSwish: akin_hard_swish_gradient(x, dy, dx, input.count)
        case .softmax:
            // dx = y * (dy - <dy, y>)
            var mean: Float = 0
            akin_dot(dy, y, 0, 1, input.count, &mean)
            for i in 0..<input.count { dx[i] = y[i] * (dy[i] - mean) }
        }
    }
}
