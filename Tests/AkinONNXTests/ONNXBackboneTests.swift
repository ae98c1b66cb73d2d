import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinONNX
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

/// Foreign networks that can be backbones, compared with the reference implementation of the format.
@Suite(.enabled(if: ForeignNetworks.canRun, Comment(rawValue: ForeignNetworks.advice)))
struct ONNXBackboneTests {
    private let runtime: ONNXRuntime

    init() throws { runtime = try ONNXRuntime.found() }

    private func checkpoint(_ name: String, _ wishes: ONNXImport = ONNXImport(named: "small")) throws
        -> ONNXCheckpoint
    {
        try wishes.checkpoint(of: ForeignNetworks.path(name), by: runtime)
    }

    private func embedding(_ checkpoint: ONNXCheckpoint) throws -> [Float] {
        let backbone = try ONNXBackbone(checkpoint, runtime: runtime)
        return Array(Embedder(backbone).embeddings(of: [try ForeignNetworks.picture()])[0])
    }

    @Test(arguments: [
        ("vector", ONNXPooling.none, 1e-6), ("map", .mean, 1e-6), ("tokens", .none, 1e-6),
        ("batch-of-1", .none, 1e-6), ("batch-of-2", .none, 1e-6), ("half", .none, 2e-3),
        ("half-inside", .none, 2e-3),
        ("channels-last", .mean, 1e-6),
    ]) func embedsAsTheReference(name: String, pooling: ONNXPooling, tolerance: Float) throws {
        let checkpoint = try checkpoint(name)
        #expect(checkpoint.use.dimension == 5 && checkpoint.use.pooling == pooling)
        #expect(checkpoint.use.parameters == 140)
        let expected = try #require(try ForeignNetworks.embeddings()[name])
        #expect(ForeignNetworks.distance(try embedding(checkpoint), expected) < tolerance)
    }

    @Test func ofTokensTheFirstOrTheMean() throws {
        for (pooling, name) in [(nil, "first"), (.first, "first"), (.mean, "mean")]
            as [(ONNXPooling?, String)]
        {
            let made = try checkpoint("tokens", ONNXImport(named: "t", output: "tokens", pooling: pooling))
            let expected = try #require(try ForeignNetworks.embeddings()["tokens-\(name)"])
            #expect(ForeignNetworks.distance(try embedding(made), expected) < 1e-6, "\(name)")
        }
        // A vector is one whatever is wished of tokens.
        #expect(try checkpoint("vector", ONNXImport(named: "v", pooling: .mean)).use.pooling == .none)
    }

    @Test func aModelOfAnySizeTakesTheOneThatIsSaid() throws {
        #expect(throws: ONNXError.noSize(path: ForeignNetworks.path("grey"))) { try checkpoint("grey") }
        let wishes = ONNXImport(named: "g", preprocessing: .init(size: PictureSize(height: 8, width: 8)))
        let made = try checkpoint("grey", wishes)
        #expect(made.preprocessing.channels == .grey && made.preprocessing.normalisation == nil)
        let backbone = try ONNXBackbone(made, runtime: runtime)
        let red = try ForeignNetworks.picture().pixels.enumerated().filter { $0.offset % 3 == 0 }.map(
            \.element)
        let picture = Image(width: 8, height: 8, channels: 1, trusted: red)
        let expected = try #require(try ForeignNetworks.embeddings()["grey"])
        #expect(
            ForeignNetworks.distance(Array(Embedder(backbone).embeddings(of: [picture])[0]), expected) < 1e-6)
        let other = ONNXImport(named: "v", preprocessing: .init(size: PictureSize(height: 9, width: 8)))
        #expect(throws: ONNXError.self) { try checkpoint("vector", other) }
    }

    /// To the last bit: alone, among others, whatever the batch, and from several threads at once.
    @Test(arguments: ["vector", "map", "batch-of-2", "half"])
    func anEmbeddingDependsOnItsPictureAlone(name: String) throws {
        let backbone = try ONNXBackbone(checkpoint(name), runtime: runtime)
        var generator = SeededGenerator(seed: 5)
        let images = (0..<37).map { _ in Image.noise(width: 8, height: 8, channels: 3, using: &generator) }
        let together = Embedder(backbone).embeddings(of: images)
        let others = try Embedder(backbone, batch: 5).embeddings(of: images)
        #expect(together == others)
        ThreadPool.shared.alone { #expect(Embedder(backbone).embeddings(of: images) == together) }
        for position in [0, 20, 36] {
            #expect(
                Array(Embedder(backbone).embeddings(of: [images[position]])[0]) == Array(together[position]))
        }
        let embedder = try Embedder(backbone, batch: 3)
        ThreadPool.shared.forEach(6) { _, _ in #expect(embedder.embeddings(of: images) == together) }
    }

    @Test func isRevivedFromItsBytes() throws {
        let backbone = try ONNXBackbone(checkpoint("map"), runtime: runtime)
        let kinds = BackboneRegistry([Checkpoint.self, ONNXBackbone.self, CombinedBackbone.self])
        let revived = try kinds.backbone(format: ONNXBackbone.format, bytes: backbone.bytes)
        #expect(revived.identity == backbone.identity && revived.dimension == 5 && revived.metric == .cosine)
        let pictures = [try ForeignNetworks.picture()]
        #expect(Embedder(revived).embeddings(of: pictures) == Embedder(backbone).embeddings(of: pictures))
        let both = try CombinedBackbone([backbone, ONNXBackbone(checkpoint("half"), runtime: runtime)])
        let again = try kinds.backbone(format: CombinedBackbone.format, bytes: both.bytes)
        #expect(Embedder(again).embeddings(of: pictures) == Embedder(both).embeddings(of: pictures))
    }

    @Test func whatItEmbedsBySetsItsHash() throws {
        let plain = try checkpoint("tokens")
        var wishes = ONNXImport(named: "other", metric: .l2, licence: "MIT", source: "elsewhere")
        #expect(try checkpoint("tokens", wishes).hash == plain.hash)
        wishes.output = "tokens"
        let tokens = try checkpoint("tokens", wishes)
        wishes.pooling = .mean
        let mean = try checkpoint("tokens", wishes)
        wishes.preprocessing = .init(interpolation: .bicubic)
        let bicubic = try checkpoint("tokens", wishes)
        #expect(Set([plain, tokens, mean, bicubic].map(\.hash)).count == 4)
    }

    /// A file that does not say what its model is like must not be believed.
    @Test func aFileThatLiesIsRefused() throws {
        let text = String(decoding: try checkpoint("vector").bytes, as: Unicode.ASCII.self)
        func read(_ old: String, _ new: String) throws -> ONNXBackbone {
            #expect(text.contains(old) && old.utf8.count == new.utf8.count)
            var bytes = try checkpoint("vector").bytes
            let place = try #require(bytes.firstRange(of: Array(old.utf8)))
            bytes.replaceSubrange(place, with: Array(new.utf8))
            return try ONNXBackbone(ONNXCheckpoint(bytes: bytes, path: "it"), runtime: runtime)
        }
        #expect(throws: ONNXError.self) { try read("\\\"height\\\":8", "\\\"height\\\":9") }
        #expect(throws: ONNXError.self) {
            try read("\\\"output\\\":\\\"pooled\\\"", "\\\"output\\\":\\\"poured\\\"")
        }
        // Told only when it is run.
        let lying = try read("\\\"dimension\\\":5", "\\\"dimension\\\":7")
        let embedding = Embedder(lying).embeddings(of: [try ForeignNetworks.picture()])
        #expect(embedding.columns == 7 && embedding.values.allSatisfy(\.isNaN))
    }
}
