import AkinNetworks
import AkinTensors
import Testing

/// How parameters begin, and what their size costs.
@Suite struct ParameterTests {
    typealias Settings = LayerSpecification.ParameterSettings

    private static func network(_ settings: Settings?, units: Int = 300) throws -> Network {
        try Network(
            [.flatten, .dense(units: units, activation: .linear, parameters: settings)],
            input: Shape(height: 10, width: 10, channels: 1))
    }

    /// Mean and variance, and the fourth moment over the square of the variance: 3 for a normal distribution, 1.8
    /// for a uniform one.
    private func moments(_ values: some Collection<Float>) -> (
        mean: Double, variance: Double, kurtosis: Double
    ) {
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + Double($1) } / count
        func moment(_ power: Int) -> Double {
            values.reduce(0) { sum, value in
                sum + (0..<power).reduce(1.0) { product, _ in product * (Double(value) - mean) }
            } / count
        }
        return (mean, moment(2), moment(4) / (moment(2) * moment(2)))
    }

    // A dense layer from 100 to 300 units.
    @Test(
        arguments: [
            (.glorotUniform, 0, 2.0 / 400, 1.8), (.glorotNormal, 0, 2.0 / 400, 3),
            (.heUniform, 0, 2.0 / 100, 1.8), (.heNormal, 0, 2.0 / 100, 3),
            (.lecunUniform, 0, 1.0 / 100, 1.8), (.lecunNormal, 0, 1.0 / 100, 3),
            (.normal(mean: 0.5, deviation: 0.01), 0.5, 1e-4, 3),
            (.normal(mean: 0, deviation: 0.2), 0, 0.04, 3),
        ] as [(Initializer, Double, Double, Double)])
    func moments(_ initializer: Initializer, mean: Double, variance: Double, kurtosis: Double) throws {
        let network = try Self.network(Settings(kernelInitializer: initializer))
        network.initialize(seed: 77)
        let weights = network.values.values.prefix(30_000)
        let found = moments(weights)
        // Five standard errors of 30000 numbers.
        #expect(abs(found.mean - mean) < 5 * (variance / 30_000).squareRoot())
        #expect(abs(found.variance / variance - 1) < 5 * ((kurtosis - 1) / 30_000).squareRoot())
        #expect(abs(found.kurtosis - kurtosis) < 0.15)
        // No two neighbours depend on one another, though they come in pairs.
        let product = zip(weights, weights.dropFirst()).reduce(0) {
            $0 + (Double($1.0) - mean) * (Double($1.1) - mean)
        }
        #expect(abs(product / 30_000) < 5 * variance / 30_000.0.squareRoot())
        #expect(network.values.values.suffix(300).allSatisfy { $0 == 0 }, "biases are zero where not said")

        let first = Array(network.values.values)
        network.initialize(seed: 77)
        #expect(Array(network.values.values) == first)
        network.initialize(seed: 78)
        #expect(Array(network.values.values) != first)
    }

    @Test func constantsAndBiases() throws {
        let network = try Self.network(
            Settings(kernelInitializer: .constant(0.25), biasInitializer: .normal(mean: 0.5, deviation: 0.01))
        )
        network.initialize(seed: 1)
        #expect(network.values.values.prefix(30_000).allSatisfy { $0 == 0.25 })
        let found = moments(network.values.values.suffix(300))
        #expect(abs(found.mean - 0.5) < 5e-3 && abs(found.variance - 1e-4) < 5e-5)
        let zeros = try Self.network(Settings(kernelInitializer: .zeros, biasInitializer: .constant(-1)))
        zeros.values.base.update(repeating: 9, count: zeros.values.count)
        zeros.initialize(seed: 1)
        #expect(zeros.values.values.prefix(30_000).allSatisfy { $0 == 0 })
        #expect(zeros.values.values.suffix(300).allSatisfy { $0 == -1 })
    }

    /// Runs repeat from one version of Akin to the next: each parameter has its own stream, by its position.
    @Test func theStreamOfGlorotStaysAsItIs() throws {
        let network = try Network(
            [GradientTests.conv(4, 3), .flatten, .dense(units: 5, activation: .sigmoid)],
            input: Shape(height: 5, width: 5, channels: 2))
        network.initialize(seed: 42)
        for (position, fans) in [(0, 9 * 2 + 9 * 4), (2, 36 + 5)] {
            var generator = SeededGenerator(seed: 42, 0x1417, UInt64(position))
            let limit = (6 / Float(fans)).squareRoot()
            for i in network.parameters[position].range {
                #expect(network.values.base[i] == (2 * generator.uniform() - 1) * limit)
            }
        }
    }

    /// From the same formulas in Python, with its own logarithm.
    @Test func normalNumbersStayAsTheyAre() {
        var generator = SeededGenerator(seed: 2024)
        #expect(generator.normals() == (1.00002635, 1.94930375))
        #expect(generator.normals() == (0.333263576, 0.560818851))
        #expect(generator.normals() == (-1.51622665, 0.184112251))
    }

    @Test func settingsThatCannotBeMet() {
        func error(_ settings: Settings) -> String? {
            do throws(NetworkError) {
                _ = try Network(
                    [.flatten, .dense(units: 2, activation: .linear, parameters: settings)],
                    input: Shape(height: 2, width: 2, channels: 1))
                return nil
            } catch { return error.description }
        }
        #expect(error(Settings(kernelL2: -1))?.contains("dense_1: kernel-l2 is -1.0; give 0 or more") == true)
        #expect(error(Settings(biasL1: .nan))?.contains("bias-l1 is nan") == true)
        #expect(error(Settings(biasInitializer: .heNormal))?.contains("bias-initializer is heNormal") == true)
        #expect(
            error(Settings(kernelInitializer: .normal(mean: 0, deviation: -1)))?.contains("deviation") == true
        )
        #expect(error(Settings(kernelInitializer: .constant(.infinity)))?.contains("inf") == true)
        #expect(error(Settings(kernelInitializer: .heNormal, biasInitializer: .zeros, kernelL1: 0)) == nil)
    }

    @Test func weightsDecayAndBiasesDoNot() throws {
        let network = try Network(
            [
                GradientTests.conv(4, 3), .batchNormalization(momentum: 0.9, epsilon: 1e-3), .flatten,
                .dense(units: 5, activation: .sigmoid),
            ], input: Shape(height: 5, width: 5, channels: 2),
            head: [
                Parameter(
                    name: "head.weight", dimensions: [5, 3], fanIn: 5, fanOut: 3, initializer: .heNormal),
                Parameter(name: "head.bias", dimensions: [3], initializer: .zeros),
            ])
        let names = network.decayed.map { range in network.parameters.first { $0.range == range }!.name }
        #expect(names == ["conv2d_1.weight", "dense_1.weight", "head.weight"])
    }

    @Test func penaltyAndItsGradient() throws {
        let network = try Network(
            [
                .conv2d(
                    filters: 3, kernel: .init(height: 2, width: 2), stride: .init(height: 1, width: 1),
                    padding: .valid, activation: .relu, parameters: Settings(kernelL2: 0.02)), .flatten,
                .dense(units: 2000, activation: .linear),
                .dense(
                    units: 37, activation: .linear,
                    parameters: Settings(
                        biasInitializer: .normal(mean: 0, deviation: 1), kernelL1: 0.1, kernelL2: 0.3,
                        biasL1: 0.7)),
            ], input: Shape(height: 3, width: 3, channels: 1))
        network.initialize(seed: 6)
        network.values.base[network.parameters[4].offset + 5] = 0
        let (kernel, weight, bias) = (
            network.parameters[0].range, network.parameters[4].range, network.parameters[5].range
        )
        func naive(_ values: [Double]) -> Double {
            kernel.reduce(0) { $0 + 0.02 * values[$1] * values[$1] }
                + weight.reduce(0) { $0 + 0.1 * abs(values[$1]) + 0.3 * values[$1] * values[$1] }
                + bias.reduce(0) { $0 + 0.7 * abs(values[$1]) }
        }
        let count = network.values.count
        let gradient = FloatBuffer(count: count)
        gradient.base.update(repeating: 0.5, count: count)
        let penalty = network.addPenalty(to: gradient.base)
        var values = network.values.values.map(Double.init)
        let expected = naive(values)
        #expect(abs(Double(penalty) - expected) < 1e-5 * expected)

        var generator = SeededGenerator(seed: 3)
        let sampled =
            Array(kernel) + Array(bias) + [weight.lowerBound + 5, weight.upperBound - 1]
            + (0..<100).map { _ in Int.random(in: weight, using: &generator) }
        for i in sampled {
            let value = values[i]
            values[i] = value + 1e-6
            let above = naive(values)
            values[i] = value - 1e-6
            let below = naive(values)
            values[i] = value
            #expect(abs(Double(gradient.base[i]) - 0.5 - (above - below) / 2e-6) < 1e-4)
        }
        let penalised = Set(kernel).union(weight).union(bias)
        for i in 0..<count where !penalised.contains(i) { #expect(gradient.base[i] == 0.5) }

        for threads in [1, 3] {
            let other = FloatBuffer(count: count)
            other.base.update(repeating: 0.5, count: count)
            #expect(network.addPenalty(to: other.base, pool: ThreadPool(threads: threads)) == penalty)
            #expect(other.values.elementsEqual(gradient.values))
        }
    }
}
