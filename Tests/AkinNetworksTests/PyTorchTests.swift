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
        (
            "conv4",
            (0..<4).flatMap { _ in normalised(5) + [.maxPooling2d(window: 2, stride: 2)] }
                + [.flatten, .dense(units: 8, activation: .sigmoid)]
        ),
        (
            "residual",
            normalised(4) + [
                .residual(layers: normalised(4) + normalised(4).dropLast(), shortcut: []), .activation(.relu),
                .residual(
                    layers: normalised(6, stride: 2) + normalised(6).dropLast(),
                    shortcut: [Conv.conv(6, 1, stride: 2, .valid, .linear), normalization]),
                .activation(.relu),
                .maxPooling2d(window: 2, stride: 2), .flatten, .dense(units: 8, activation: .sigmoid),
            ]
        ),
        (
            "mobile",
            [
                Conv.conv(4, 3, stride: 2, onePixel, .linear), normalization, .activation(.relu6),
                .residual(layers: inverted(4, 12, 4, kernel: 3, stride: 1, same: false, squeezed: false)),
            ] + inverted(4, 8, 6, kernel: 5, stride: 2, same: true, squeezed: true) + [
                .residual(layers: inverted(6, 12, 6, kernel: 3, stride: 1, same: true, squeezed: true))
            ] + inverted(6, 6, 6, kernel: 3, stride: 2, same: false, squeezed: false) + [
                .flatten, .dense(units: 8, activation: .sigmoid),
            ]
        ),
    ]

    static let onePixel = LayerSpecification.Padding.pixels(.init(height: 1, width: 1))

    /// `InvertedResidual` of `Tools/peers/backbones.py`, without its sum: `wide` channels inside.
    static func inverted(
        _ channels: Int, _ wide: Int, _ filters: Int, kernel: Int, stride: Int, same: Bool, squeezed: Bool
    ) -> [LayerSpecification] {
        let activation = LayerSpecification.activation(squeezed ? .hardSwish : .relu6)
        let expansion =
            wide > channels ? [Conv.conv(wide, 1, .valid, .linear), normalization, activation] : []
        let depthwise = LayerSpecification.depthwiseConv2d(
            kernel: .init(height: kernel, width: kernel), stride: .init(height: stride, width: stride),
            padding: same ? .same : .pixels(.init(height: kernel / 2, width: kernel / 2)))
        let squeeze: [LayerSpecification] =
            squeezed ? [.squeezeExcitation(units: 4, activation: .relu, gate: .hardSigmoid)] : []
        return expansion + [depthwise, normalization, activation] + squeeze
            + [Conv.conv(filters, 1, .valid, .linear), normalization]
    }

    static let normalization = LayerSpecification.batchNormalization(momentum: 0.9, epsilon: 1e-5)

    /// PyTorch's padding of 1 on all sides, which with a stride is not `same`.
    static func normalised(_ filters: Int, stride: Int = 1) -> [LayerSpecification] {
        let padding = LayerSpecification.Padding.pixels(.init(height: 1, width: 1))
        return [Conv.conv(filters, 3, stride: stride, padding, .linear), normalization, .activation(.relu)]
    }

    @Test(arguments: backbones.indices) func oneStep(_ which: Int) throws {
        let (name, layers) = Self.backbones[which]
        let fixture = try Safetensors(bytes: Fixtures.bytes("networks/\(name).safetensors"))
        func tensor(_ name: String) throws -> Safetensors.Tensor { try #require(fixture[name]) }
        let input = try tensor("input")
        let network = try Network(
            layers, input: Shape(height: input.shape[1], width: input.shape[2], channels: input.shape[3]),
            head: GradientTests.head(dimension: 8, classes: 3))
        network.initialize(seed: 0)
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
        let loss = LossFunction(
            LossSpecification(.contrastive, classification: 0.125), dimension: network.dimension, classes: 3,
            capacity: count, maximumPairs: pairs.count, maximumTriplets: 0)
        let labels = try tensor("labels").values.map { Int32($0) }
        let embeddings = input.values.withUnsafeBufferPointer { inputs in
            let embeddings = pass.forward(inputs.baseAddress!, count: count, seed: 0)
            let result = labels.withUnsafeBufferPointer { labels in
                pairs.withUnsafeBufferPointer { pairs in
                    loss.evaluate(
                        embeddings, LossBatch(count: count, classes: labels.baseAddress!, pairs: pairs),
                        head: network.values.base + network.backboneCount, gradient: pass.embeddingGradient,
                        headGradient: pass.gradient.base + network.backboneCount)
                }
            }
            for (found, expected) in zip(
                [result.embedding, result.crossEntropy, result.total], try! tensor("losses").values)
            {
                #expect(abs(found - expected) < 1e-5)
            }
            pass.backward()
            return Array(UnsafeBufferPointer(start: embeddings, count: count * network.dimension))
        }
        #expect(largestDifference(embeddings, try tensor("embeddings").values) < 1e-5)
        for placed in network.placedStatistics {
            let running = Array(network.statistics.values[placed.range])
            #expect(
                largestDifference(running, try tensor("running/\(placed.name)").values) < 1e-5,
                "\(placed.name)")
        }
        if network.statistics.count > 0 {
            let embedding = EmbeddingPass(network, capacity: count)
            input.values.withUnsafeBufferPointer { inputs in
                let found = embedding.run(inputs.baseAddress!, count: count)
                let values = Array(UnsafeBufferPointer(start: found, count: count * network.dimension))
                #expect(largestDifference(values, try! tensor("inference").values) < 1e-5)
            }
        }
        let optimizer = Optimizer(.adam(), count: network.values.count)
        optimizer.step(network.values, gradient: pass.gradient, rate: 1e-3)
        for placed in network.parameters {
            let gradient = Array(pass.gradient.values[placed.range])
            let expected = try tensor("gradient/\(placed.name)").values
            #expect(largestDifference(gradient, expected) < 1e-5, "\(placed.name)")
            let after = try tensor("after/\(placed.name)").values
            // A bias before a batch normalisation has no gradient; Adam makes whole steps of the rounding errors.
            for (i, step) in zip(placed.range, zip(expected, after)) where abs(step.0) > 1e-6 {
                #expect(abs(network.values.base[i] - step.1) < 1e-4, "\(placed.name)")
            }
        }
    }

    /// `Tools/peers/loss_fixtures.py` wrote the numbers.
    @Test(arguments: [
        LossSpecification(.triplet), LossSpecification(.prototypical),
        LossSpecification(.supervisedContrastive, temperature: 0.2), LossSpecification(.multiSimilarity),
        LossSpecification(.normalisedSoftmax),
    ])
    func loss(_ specification: LossSpecification) throws {
        let fixture = try Safetensors(bytes: Fixtures.bytes("losses/losses.safetensors"))
        func tensor(_ name: String) throws -> Safetensors.Tensor { try #require(fixture[name]) }
        let embeddings = try tensor("embeddings")
        var batch = DrawnBatch(
            classes: try tensor("labels").values.map { Int32($0) }, width: 6, dimension: embeddings.shape[1],
            seed: 1)
        batch.embeddings = embeddings.values
        batch.shots = 2
        let rows = try tensor("triplets").values.map { Int($0) }
        batch.triplets = stride(from: 0, to: rows.count, by: 3).map {
            Triplet(rows[$0], rows[$0 + 1], rows[$0 + 2])
        }
        let proxies = specification.kind == .normalisedSoftmax ? try tensor("proxies").values : []
        let (loss, found) = batch.evaluate(batch.function(specification), head: proxies)
        let name = specification.kind.rawValue
        let value = try tensor("\(name)/value").values[0]
        #expect(abs(loss.total - value) < 1e-5 * (1 + value))
        #expect(largestDifference(found.gradient, try tensor("\(name)/gradient").values) < 1e-5)
        if !proxies.isEmpty {
            #expect(largestDifference(found.headGradient, try tensor("\(name)/proxies").values) < 1e-5)
        }
    }

    private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max()! : .infinity
    }
}
