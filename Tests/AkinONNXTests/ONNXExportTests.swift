import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinONNX
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

/// Networks of Akin's own, written as ONNX models and taken in again.
@Suite(.enabled(if: ForeignNetworks.canRun, Comment(rawValue: ForeignNetworks.advice)))
struct ONNXExportTests {
    private static let small = Preprocessing(trusted: 13, width: 11, channels: .rgb, placement: .stretch)

    /// All kinds of layers, between maps, vectors and what is both.
    private static let networks: [(String, [LayerSpecification])] = [
        (
            "convolutions",
            [
                .conv2d(filters: 6, kernel: .init(height: 3, width: 2), padding: .same, activation: .relu),
                .conv2d(filters: 5, kernel: 3, stride: 2, padding: .same, activation: .gelu),
                .conv2d(
                    filters: 4, kernel: 3, padding: .pixels(.init(height: 1, width: 2)),
                    activation: .leakyReLU),
                .depthwiseConv2d(
                    kernel: 3, stride: .init(height: 1, width: 2), padding: .same, activation: .hardSwish),
                .conv2d(filters: 7, kernel: .init(height: 1, width: 3), activation: .selu), .flatten,
                .dense(units: 9, activation: .tanh), .dense(units: 4),
            ]
        ),
        (
            "pooling",
            [
                .conv2d(filters: 6, kernel: 3, padding: .same), .maxPooling2d(window: 3, stride: 2),
                .averagePooling2d(window: 2, stride: 1), .activation(.sigmoid), .dropout(rate: 0.5),
                .globalAveragePooling2d, .l2Normalization,
            ]
        ),
        (
            "residual",
            [
                .conv2d(filters: 6, kernel: 3, stride: 2, padding: .same), .batchNormalization(),
                .activation(.relu6),
                .residual(layers: [
                    .depthwiseConv2d(kernel: 5, padding: .same), .batchNormalization(epsilon: 1e-5),
                    .squeezeExcitation(units: 3, activation: .hardSwish, gate: .hardSigmoid),
                ]), .activation(.relu),
                .residual(
                    layers: [.conv2d(filters: 8, kernel: 1), .batchNormalization()],
                    shortcut: [.conv2d(filters: 8, kernel: 1)]),
                .squeezeExcitation(units: 4), .globalAveragePooling2d, .dense(units: 5, activation: .softmax),
            ]
        ),
        (
            "vectors",
            [
                .conv2d(filters: 3, kernel: 5, stride: 3), .flatten, .dense(units: 8), .batchNormalization(),
                .residual(
                    layers: [.dense(units: 8, activation: .hardSigmoid)],
                    shortcut: [.conv2d(filters: 8, kernel: 1)]),
                .conv2d(filters: 6, kernel: 1, activation: .relu),
            ]
        ),
        (
            "a map at the end",
            [.conv2d(filters: 4, kernel: .init(height: 13, width: 11)), .activation(.linear)]
        ),
    ]

    private func checkpoint(
        _ layers: [LayerSpecification], _ preprocessing: Preprocessing = small,
        details: Checkpoint.Details? = nil
    ) throws -> Checkpoint {
        let network = try Network(layers, input: Shape(preprocessing))
        network.initialize(seed: 3)
        var generator = SeededGenerator(seed: 4)
        // Biases and statistics that count.
        for placed in network.parameters where placed.parameter.dimensions.count == 1 {
            for i in placed.range { network.values.base[i] += .random(in: -0.3...0.3, using: &generator) }
        }
        for i in 0..<network.statistics.count {
            network.statistics.base[i] += .random(in: 0...0.5, using: &generator)
        }
        return Checkpoint(
            network, preprocessing: preprocessing,
            details: details ?? .init(name: "own", seed: 3, epochs: 0, data: "none", labels: []))
    }

    /// Takes it in again without being told how.
    private func again(_ checkpoint: Checkpoint) throws -> ONNXBackbone {
        let folder = try TemporaryFolder()
        let path = try folder.write("own.onnx", checkpoint.onnxModel)
        let runtime = try ONNXRuntime.found()
        return try ONNXBackbone(
            ONNXImport(named: "again").checkpoint(of: path, by: runtime), runtime: runtime)
    }

    private func pictures(_ channels: Int) -> [Image] {
        var generator = SeededGenerator(seed: 6)
        return (0..<4).map { Image.noise(width: 20 + $0, height: 17, channels: channels, using: &generator) }
    }

    @Test(arguments: networks.indices)
    func embedsAsItDid(position: Int) throws {
        let own = try checkpoint(Self.networks[position].1)
        let back = try again(own)
        let (a, b) = (
            Embedder(own).embeddings(of: pictures(3)), Embedder(back).embeddings(of: pictures(3))
        )
        let distance = ForeignNetworks.distance(Array(a.values), Array(b.values))
        #expect(distance < 1e-5, "\(Self.networks[position].0): \(distance)")
        // What comes out must not be the same whatever goes in.
        #expect(ForeignNetworks.distance(Array(a[0]), Array(a[1])) > 1e-4)
        #expect(back.checkpoint.use.parameters >= own.parameterCount)
    }

    /// The preprocessing comes along, whatever it is, and what is said of the network.
    @Test func whatIsSaidOfItComesAlong() throws {
        let preprocessing = Preprocessing(
            trusted: 12, width: 12, invert: true, scaling: .paper, interpolation: .bicubic)
        var details = Checkpoint.Details(name: "own", seed: 3, epochs: 0, data: "none", labels: [])
        (details.metric, details.licence, details.source) = (.l1, "MIT", "somewhere")
        let own = try checkpoint(
            [.conv2d(filters: 4, kernel: 3), .flatten, .dense(units: 3)], preprocessing, details: details)
        let back = try again(own)
        #expect(back.checkpoint.preprocessing == preprocessing && back.metric == .l1)
        #expect(back.checkpoint.details.licence == "MIT" && back.checkpoint.details.source == "somewhere")
        let (a, b) = (
            Embedder(own).embeddings(of: pictures(1)), Embedder(back).embeddings(of: pictures(1))
        )
        #expect(ForeignNetworks.distance(Array(a.values), Array(b.values)) < 1e-5)
    }

    @Test func theSameNetworkGivesTheSameBytes() throws {
        let own = try checkpoint(Self.networks[2].1)
        #expect(own.onnxModel == own.onnxModel)
    }

    /// The network that comes with Akin.
    @Test func theShippedOne() throws {
        let path = try #require(BackboneFolders.standard.files["shapes"])
        let own = try Checkpoint(contentsOf: path)
        let back = try again(own)
        let pictures = pictures(1)
        let (a, b) = (Embedder(own).embeddings(of: pictures), Embedder(back).embeddings(of: pictures))
        // Its numbers are not scaled to anything.
        let largest = a.values.reduce(1) { max($0, abs($1)) }
        #expect(ForeignNetworks.distance(Array(a.values), Array(b.values)) < 1e-5 * largest)
    }
}
