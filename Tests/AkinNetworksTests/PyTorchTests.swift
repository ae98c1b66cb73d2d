import AkinNetworks
import AkinTensors
import TestSupport
import Testing

/// One training step with the same weights and the same batch as PyTorch (`Tools/peers/step_fixtures.py` wrote the
/// numbers).
@Suite struct PyTorchTests {
    typealias Conv = GradientTests

    static let backbones: [(String, [LayerSpecification])] = [
        (
            "mnist",
            [
                Conv.conv(4, 3), Conv.conv(6, 3), .maxPooling2d(window: 2, stride: 2), .flatten,
                .dense(units: 8, activation: .sigmoid),
            ]
        ),
        (
            "fashion-mnist",
            [
                Conv.conv(6, 2, .same), .maxPooling2d(window: 2, stride: 2), Conv.conv(4, 2, .same),
                .maxPooling2d(window: 2, stride: 2), .flatten, .dense(units: 8, activation: .sigmoid),
            ]
        ),
        (
            "cifar10",
            [
                Conv.conv(4, 3, .same), Conv.conv(4, 3), .maxPooling2d(window: 2, stride: 2),
                Conv.conv(6, 3, .same),
                Conv.conv(6, 3), .maxPooling2d(window: 2, stride: 2), .flatten,
                .dense(units: 8, activation: .sigmoid),
            ]
        ),
    ]

    @Test(arguments: backbones.indices) func oneStep(_ which: Int) throws {
        let (name, layers) = Self.backbones[which]
        let fixture = try Safetensors(bytes: Fixtures.bytes("networks/\(name).safetensors"))
        func tensor(_ name: String) throws -> Safetensors.Tensor { try #require(fixture[name]) }
        let input = try tensor("input")
        let network = try Network(
            layers, input: Shape(height: input.shape[1], width: input.shape[2], channels: input.shape[3]),
            classes: 3)
        for placed in network.parameters {
            let before = try tensor("before/\(placed.name)")
            #expect(before.shape == placed.parameter.dimensions)
            for (i, value) in zip(placed.range, before.values) { network.values.base[i] = value }
        }
        let count = input.shape[0]
        let rows = try tensor("pairs").values
        let pairs = stride(from: 0, to: rows.count, by: 3).map {
            Pair(Int(rows[$0]), Int(rows[$0 + 1]), different: rows[$0 + 2] == 1)
        }
        let pass = TrainingPass(network, capacity: count)
        let loss = PairLoss(
            network, margin: 1, contribution: 0.125, capacity: count, maximumPairs: pairs.count)
        let embeddings = input.values.withUnsafeBufferPointer { inputs in
            let embeddings = pass.forward(inputs.baseAddress!, count: count, seed: 0)
            let result = loss.evaluate(
                embeddings, classes: try! tensor("labels").values.map { Int32($0) }, pairs: pairs,
                gradient: pass.embeddingGradient, parameterGradient: pass.gradient.base)
            for (found, expected) in zip(
                [result.contrastive, result.crossEntropy, result.total], try! tensor("losses").values)
            {
                #expect(abs(found - expected) < 1e-5)
            }
            pass.backward()
            return Array(UnsafeBufferPointer(start: embeddings, count: count * network.dimension))
        }
        #expect(largestDifference(embeddings, try tensor("embeddings").values) < 1e-5)
        let optimizer = Adam(count: network.values.count, rate: 1e-3)
        optimizer.step(network.values, gradient: pass.gradient)
        for placed in network.parameters {
            let gradient = Array(pass.gradient.values[placed.range])
            #expect(
                largestDifference(gradient, try tensor("gradient/\(placed.name)").values) < 1e-5,
                "\(placed.name)")
            let after = Array(network.values.values[placed.range])
            #expect(
                largestDifference(after, try tensor("after/\(placed.name)").values) < 1e-4, "\(placed.name)")
        }
    }

    private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max()! : .infinity
    }
}
