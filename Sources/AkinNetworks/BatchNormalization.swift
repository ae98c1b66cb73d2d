import CAkinKernels

/// Each channel less its mean, divided by its standard deviation, times `weight`, plus `bias` (Ioffe and Szegedy 2015,
/// algorithm 1), and a ReLU or ReLU6 if asked for:
///
///     y = (x - mean) * weight / sqrt(variance + epsilon) + bias
///
/// In training, mean and (biased) variance are those of all places of all images of the batch, and the running values
/// become momentum * running + (1 - momentum) * batch, of the biased variance too, as in Keras 3 (PyTorch's running
/// variance is the unbiased one, and its momentum is 1 less ours). After training the running values are taken.
struct BatchNormalization: Sendable {
    let input: Shape
    let momentum: Float
    let epsilon: Float
    var rectifier = Rectifier.none

    var channels: Int { input.channels }
    var places: Int { input.height * input.width }

    var parameters: [Parameter] {
        [
            Parameter(name: "weight", dimensions: [channels], initializer: .constant(1)),
            Parameter(name: "bias", dimensions: [channels], initializer: .zeros),
        ]
    }

    /// What training only keeps count of.
    var statistics: [Parameter] {
        [
            Parameter(name: "moving_mean", dimensions: [channels], initializer: .zeros),
            Parameter(name: "moving_variance", dimensions: [channels], initializer: .constant(1)),
        ]
    }

    /// What the kernels want to know, `[channels]` each.
    struct Coefficients {
        let mean: UnsafeMutablePointer<Float>
        /// weight / sqrt(variance + epsilon)
        let scale: UnsafeMutablePointer<Float>
        /// The mean over the batch of the gradient at the output, and of its product with x - mean, the latter divided
        /// by variance + epsilon: for the backward pass.
        let meanGradient: UnsafeMutablePointer<Float>
        let slope: UnsafeMutablePointer<Float>
        /// 1 / sqrt(variance + epsilon)
        let inverse: UnsafeMutablePointer<Float>

        static func count(_ channels: Int) -> Int { 5 * channels }

        init(_ base: UnsafeMutablePointer<Float>, channels: Int) {
            mean = base
            scale = base + channels
            meanGradient = base + 2 * channels
            slope = base + 3 * channels
            inverse = base + 4 * channels
        }
    }

    /// One image.
    func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ coefficients: Coefficients,
        parameters: UnsafePointer<Float>
    ) {
        akin_normalize(
            x, places, channels, coefficients.mean, coefficients.scale, parameters + channels,
            rectifier.rawValue, y)
    }

    /// Coefficients for what is not training.
    func prepare(
        _ coefficients: Coefficients, parameters: UnsafePointer<Float>, statistics: UnsafePointer<Float>
    ) {
        for channel in 0..<channels {
            coefficients.mean[channel] = statistics[channel]
            coefficients.scale[channel] = Float(
                Double(parameters[channel]) * inverseDeviation(Double(statistics[channels + channel])))
        }
    }

    /// A file's running variance may be negative.
    private func inverseDeviation(_ variance: Double) -> Double {
        1 / (max(variance, 0) + Double(epsilon)).squareRoot()
    }

    /// Folds it into the layer before it: `values` holds that layer's weights `[..., channels]` and its bias.
    func fold(
        into values: UnsafeMutablePointer<Float>, weights: Int, parameters: UnsafePointer<Float>,
        statistics: UnsafePointer<Float>
    ) {
        for channel in 0..<channels {
            let factor =
                Double(parameters[channel]) * inverseDeviation(Double(statistics[channels + channel]))
            for i in stride(from: channel, to: weights, by: channels) {
                values[i] = Float(Double(values[i]) * factor)
            }
            let bias = Double(values[weights + channel]) - Double(statistics[channel])
            values[weights + channel] = Float(bias * factor + Double(parameters[channels + channel]))
        }
    }
}

// MARK: Sums over the batch

extension BatchNormalization {
    /// What one share of the batch has summed up: `[2, channels]`, in double precision. Forward: the mean and the sum
    /// of squared deviations from it. Backward: the sums of the gradient at the output (behind the ReLU) and of its
    /// product with x - mean.
    typealias Sums = UnsafeMutablePointer<Double>

    func clear(_ sums: Sums) { sums.update(repeating: 0, count: 2 * channels) }

    /// Takes one image more into a share's moments; it is the share's `number`-th, from 0.
    func addMoments(of x: UnsafePointer<Float>, number: Int, to sums: Sums) {
        akin_moments(x, places, channels, Double(number * places), sums, sums + channels)
    }

    /// Adds one image to a share's sums for the backward pass.
    func addGradients(
        x: UnsafePointer<Float>, dy: UnsafePointer<Float>, _ coefficients: Coefficients,
        parameters: UnsafePointer<Float>, to sums: Sums
    ) {
        akin_normalize_sums(
            x, dy, places, channels, coefficients.mean, coefficients.scale, parameters + channels,
            rectifier.rawValue, sums, sums + channels)
    }

    /// The gradient at the input, for one image.
    func backward(
        x: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>,
        _ coefficients: Coefficients, parameters: UnsafePointer<Float>
    ) {
        akin_normalize_gradient(
            x, dy, places, channels, coefficients.mean, coefficients.scale, parameters + channels,
            coefficients.meanGradient, coefficients.slope, rectifier.rawValue, dx)
    }

    /// From the shares' moments, share after share `[shares][2, channels]` of `count` images, the coefficients; moves
    /// the running statistics.
    func finishMoments(
        _ sums: Sums, shares: Int, count: Int, _ coefficients: Coefficients, parameters: UnsafePointer<Float>,
        statistics: UnsafeMutablePointer<Float>
    ) {
        let keep = Double(momentum)
        for channel in 0..<channels {
            // Chan, Golub and LeVeque (1979): moments of the parts to those of the whole.
            var (mean, squares, seen) = (0.0, 0.0, 0.0)
            for share in 0..<shares {
                let images = Double(((share + 1) * count / shares - share * count / shares) * places)
                let part = sums + share * 2 * channels
                let difference = part[channel] - mean
                mean += difference * images / (seen + images)
                squares +=
                    part[channels + channel] + difference * difference * seen * images / (seen + images)
                seen += images
            }
            let variance = squares / seen
            let inverse = inverseDeviation(variance)
            coefficients.mean[channel] = Float(mean)
            coefficients.inverse[channel] = Float(inverse)
            coefficients.scale[channel] = Float(Double(parameters[channel]) * inverse)
            statistics[channel] = Float(keep * Double(statistics[channel]) + (1 - keep) * mean)
            statistics[channels + channel] = Float(
                keep * Double(statistics[channels + channel]) + (1 - keep) * variance)
        }
    }

    /// From the shares' sums the parameters' gradient, and what `backward` needs.
    func finishGradients(
        _ sums: Sums, shares: Int, count: Int, _ coefficients: Coefficients,
        gradient: UnsafeMutablePointer<Float>
    ) {
        let values = Double(count * places)
        for channel in 0..<channels {
            var (total, product) = (0.0, 0.0)
            for share in 0..<shares {
                total += sums[share * 2 * channels + channel]
                product += sums[share * 2 * channels + channels + channel]
            }
            let inverse = Double(coefficients.inverse[channel])
            gradient[channel] = Float(product * inverse)
            gradient[channels + channel] = Float(total)
            coefficients.meanGradient[channel] = Float(total / values)
            coefficients.slope[channel] = Float(product * inverse * inverse / values)
        }
    }
}
