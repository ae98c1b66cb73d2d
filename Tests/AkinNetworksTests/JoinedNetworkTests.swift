import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors
import Testing

/// A network on top of another one.
@Suite struct JoinedNetworkTests {
    private let preprocessing = Preprocessing(trusted: 10, width: 9, channels: .rgb)
    /// With everything that has parameters or statistics, and branches.
    private let low: [LayerSpecification] = [
        .conv2d(filters: 4, kernel: 3, activation: .relu), .batchNormalization(),
        .residual(layers: [.conv2d(filters: 4, kernel: 3, padding: .same), .batchNormalization()]),
        .globalAveragePooling2d, .dense(units: 7),
    ]
    private let high: [LayerSpecification] = [
        .batchNormalization(), .dense(units: 6, activation: .relu), .dropout(rate: 0.5),
        .residual(layers: [.dense(units: 6)]), .dense(units: 3), .l2Normalization,
    ]

    private func filled(_ layers: [LayerSpecification], _ input: Shape, head: Int, seed: UInt64) throws
        -> Network
    {
        let network = try Network(
            layers, input: input,
            head: [Parameter(name: "head.weight", dimensions: [head])])
        var generator = SeededGenerator(seed: seed)
        for values in [network.values, network.statistics] {
            for i in 0..<values.count { values.base[i] = 0.1 + generator.uniform() }
        }
        return network
    }

    @Test func isTheOneAndThenTheOther() throws {
        let lower = try filled(low, Shape(preprocessing), head: 5, seed: 1)
        let upper = try filled(high, Shape(vector: 7), head: 4, seed: 2)
        let joined = try Network(lower, followedBy: upper)
        #expect(joined.specification == low + high && joined.dimension == 3)
        #expect(joined.values.count == lower.backboneCount + upper.backboneCount)
        #expect(joined.statistics.count == lower.statistics.count + upper.statistics.count)

        var generator = SeededGenerator(seed: 3)
        let count = 11
        let inputs = (0..<count * preprocessing.inputCount).map { _ in generator.uniform() }
        func embeddings(_ network: Network, _ inputs: [Float], capacity: Int) -> Matrix {
            let buffer = FloatBuffer(count: inputs.count)
            buffer.base.update(from: inputs, count: inputs.count)
            return EmbeddingPass(network, capacity: capacity).embeddings(of: buffer.base, count: count)
        }
        let vectors = embeddings(lower, inputs, capacity: 4)
        #expect(vectors == embeddings(lower, inputs, capacity: 20))
        let apart = embeddings(upper, vectors.values, capacity: 4)
        let together = embeddings(joined, inputs, capacity: 4)
        for (a, b) in zip(apart.values, together.values) { #expect(abs(a - b) < 1e-5) }
        #expect(apart[0] != apart[1])

        // And taken apart again.
        let details = Checkpoint.Details(name: "x", seed: 1, epochs: 0, data: "none", labels: [])
        let bottom = Checkpoint(lower, preprocessing: preprocessing, details: details)
        let whole = try Checkpoint(
            bytes: Checkpoint(joined, preprocessing: preprocessing, details: details).bytes)
        let top = whole.network(above: bottom)
        #expect(top.specification == high)
        #expect(embeddings(top, vectors.values, capacity: 4) == apart)
        #expect(try Embedder(whole).embeddings(of: inputs, count: count) == together)
    }
}
