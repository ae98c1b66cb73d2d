import AkinBasics
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct CheckpointTests {
    private func checkpoint(
        seed: UInt64 = 1, _ layers: [LayerSpecification] = plain, head: [Safetensors.Tensor] = [],
        statistic: Float = 0.5
    ) throws -> Checkpoint {
        let preprocessing = Preprocessing(trusted: 8, width: 8)
        let network = try Network(
            layers, input: Shape(preprocessing), head: GradientTests.head(dimension: 5, classes: 2))
        // Not by the initialisers: the hashes below are to outlive a change of theirs.
        var generator = SeededGenerator(seed: seed)
        for i in 0..<network.values.count { network.values.base[i] = generator.uniform() - 0.5 }
        network.statistics.base.update(repeating: statistic, count: network.statistics.count)
        return Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "small", seed: seed, epochs: 3, data: "drawn", labels: ["a", "ü"]),
            head: head)
    }

    static let plain: [LayerSpecification] = [
        GradientTests.conv(3, 3), .flatten, .dense(units: 5, activation: .sigmoid),
    ]

    static let normalised: [LayerSpecification] = [
        GradientTests.conv(3, 3, .valid, .linear), GradientTests.normalization, .activation(.relu),
        .residual(
            layers: [GradientTests.conv(4, 3, .same)],
            shortcut: [GradientTests.conv(4, 1, .valid, .linear), GradientTests.normalization]), .flatten,
        .dense(units: 5, activation: .linear),
    ]

    @Test func statisticsAndTheHeadAreInTheFile() throws {
        let head = [Safetensors.Tensor(name: "head.weight", shape: [5, 2], values: (0..<10).map(Float.init))]
        let written = try checkpoint(Self.normalised, head: head)
        let read = try Checkpoint(bytes: written.bytes)
        #expect(read.hash == written.hash && read.bytes == written.bytes)
        #expect(read.layers == Self.normalised)
        #expect(read.head.map(\.name) == ["head.weight"] && read.head[0].values == head[0].values)
        #expect(read.head[0].shape == [5, 2])
        #expect(
            try Safetensors(bytes: read.bytes).tensors.map(\.name) == [
                "conv2d_1.weight", "conv2d_1.bias", "batch_normalization_1.weight",
                "batch_normalization_1.bias",
                "conv2d_2.weight", "conv2d_2.bias", "conv2d_3.weight", "conv2d_3.bias",
                "batch_normalization_2.weight", "batch_normalization_2.bias", "dense_1.weight",
                "dense_1.bias",
                "batch_normalization_1.moving_mean", "batch_normalization_1.moving_variance",
                "batch_normalization_2.moving_mean", "batch_normalization_2.moving_variance", "head.weight",
            ])
        let inputs = (0..<64).map { Float($0 % 17) / 17 }
        let embedding = try Embedder(written).embeddings(of: inputs, count: 1)
        #expect(try Embedder(read).embeddings(of: inputs, count: 1) == embedding)
        #expect(embedding.values.allSatisfy { $0.isFinite })

        #expect(
            try checkpoint(Self.normalised).hash == written.hash, "the head is beside the backbone")
        let other = try checkpoint(Self.normalised, statistic: 0.25)
        #expect(other.hash != written.hash, "statistics change what it computes")
        #expect(try Embedder(other).embeddings(of: inputs, count: 1) != embedding)
        var file = try Safetensors(bytes: written.bytes)
        file.tensors.removeAll { $0.name == "batch_normalization_2.moving_variance" }
        #expect(
            throws: CheckpointError.tensor(
                path: "x", name: "batch_normalization_2.moving_variance", expected: [4], found: nil)
        ) { try Checkpoint(bytes: file.bytes, path: "x") }
        // Never so from training.
        let negative = try checkpoint(Self.normalised, statistic: -1)
        #expect(
            try Embedder(Checkpoint(bytes: negative.bytes)).embeddings(of: inputs, count: 1).values.allSatisfy
            {
                $0.isFinite
            })
    }

    /// The description as it was written before there was anything but chains, and the identity that went with it.
    @Test func oldFilesAreReadAsTheyWere() throws {
        let preprocessing = Preprocessing(trusted: 8, width: 8)
        let fresh = try checkpoint()
        let file = try Safetensors(bytes: fresh.bytes)
        let layers =
            #""layers":[{"conv2d":{"activation":"relu","filters":3,"kernel":{"height":3,"width":3},"padding":"valid","stride":{"height":1,"width":1}}},{"flatten":{}},{"dense":{"activation":"sigmoid","units":5}}]"#
        #expect(file.metadata["akin"]!.contains(layers))
        #expect(fresh.preprocessing == preprocessing)
        #expect(fresh.hash.description == "aa0c7cb6762a47703221ec41c1da7aad")
    }

    @Test func hostileDescriptionsReserveNothing() throws {
        let good = try checkpoint(Self.normalised).bytes
        for (from, to) in [
            (#""filters":4"#, #""filters":65536"#), (#""units":5"#, #""units":60000"#),
            (#""width":8"#, #""width":4096"#),
            (#""layers":[{"conv2d":{"activation":"relu""#, #""layers":[{"conv2d":{""#),
            (#""momentum":0.9"#, #""momentum":9"#),
            (#""shortcut":["#, #""shortcut":[{"flatten":{}},"#),
        ] {
            var file = try Safetensors(bytes: good)
            let changed = file.metadata["akin"]!.replacing(from, with: to)
            #expect(changed != file.metadata["akin"], "\(from)")
            file.metadata["akin"] = changed
            #expect(throws: CheckpointError.self) { try Checkpoint(bytes: file.bytes) }
        }
        var file = try Safetensors(bytes: good)
        let deep = String(repeating: #"{"residual":{"shortcut":[],"layers":["#, count: 5000)
        file.metadata["akin"] = file.metadata["akin"]!.replacing(#""layers":["#, with: #""layers":["# + deep)
        #expect(throws: CheckpointError.self) { try Checkpoint(bytes: file.bytes) }
    }

    @Test func survivesTheFile() throws {
        let written = try checkpoint()
        let read = try Checkpoint(bytes: written.bytes)
        #expect(read.hash == written.hash && read.details == written.details)
        #expect(
            read.layers == written.layers && read.preprocessing == written.preprocessing
                && read.dimension == 5)
        #expect(read.bytes == written.bytes)
        let inputs = (0..<3 * 64).map { Float($0 % 17) / 17 }
        #expect(
            try Embedder(read).embeddings(of: inputs, count: 3)
                == Embedder(written).embeddings(of: inputs, count: 3))
        #expect(try checkpoint(seed: 2).hash != written.hash)
        #expect(!read.bytes.isEmpty && Safetensors_hasNoHead(read.bytes))
    }

    private func Safetensors_hasNoHead(_ bytes: [UInt8]) -> Bool {
        (try? Safetensors(bytes: bytes))?.tensors.map(\.name) == [
            "conv2d_1.weight", "conv2d_1.bias", "dense_1.weight", "dense_1.bias",
        ]
    }

    @Test func isABackboneAmongOthers() throws {
        let kept = try checkpoint()
        #expect(kept.identity == BackboneIdentity(name: kept.name, hash: kept.hash))
        let registry = BackboneRegistry([PixelBackbone.self, Checkpoint.self])
        let revived = try registry.backbone(format: "akin-checkpoint", bytes: kept.bytes)
        #expect(revived is Checkpoint && revived.identity == kept.identity)
        let pixels = PixelBackbone()
        let other = try registry.backbone(format: PixelBackbone.format, bytes: pixels.bytes)
        #expect(other as? PixelBackbone == pixels)
        #expect(throws: CheckpointError.self) {
            try registry.backbone(format: "akin-checkpoint", bytes: pixels.bytes)
        }
    }

    /// While one thread has the pool, the others' loops run on their own: the bits must not show it.
    @Test func severalThreadsMayEmbedAtOnce() throws {
        let checkpoint = try checkpoint(Self.normalised)
        let embedder = try Embedder(checkpoint, batch: 8)
        let size = checkpoint.preprocessing.inputCount
        var generator = SeededGenerator(seed: 12)
        let inputs = (0..<4).map { _ in (0..<20 * size).map { _ in generator.uniform() } }
        let expected = try inputs.map { try Embedder(checkpoint).embeddings(of: $0, count: 20) }
        let threads = inputs.map { part in
            Background { () throws(any Error) in
                try (0..<50).map { _ in try embedder.embeddings(of: part, count: 20) }
            }
        }
        for (thread, expected) in zip(threads, expected) {
            #expect(try thread.result().allSatisfy { $0 == expected })
        }
    }

    @Test(arguments: [5, 16, 40, 300], [false, true])
    func anEmbeddingDoesNotDependOnItsBatch(units: Int, normalised: Bool) throws {
        let preprocessing = Preprocessing(trusted: 28, width: 28)
        let layers: [LayerSpecification] =
            normalised
            ? [
                GradientTests.conv(3, 3), GradientTests.normalization, .flatten,
                .dense(units: units, activation: .linear), GradientTests.normalization, .activation(.relu),
                .residual(layers: [.dense(units: units, activation: .linear)], shortcut: []),
            ]
            : [
                GradientTests.conv(3, 3), .flatten, .dense(units: units, activation: .sigmoid),
                .dense(units: 7, activation: .linear),
            ]
        let network = try Network(layers, input: Shape(preprocessing))
        network.initialize(seed: 3)
        let checkpoint = Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "small", seed: 3, epochs: 0, data: "drawn", labels: []))
        let embedder = try Embedder(checkpoint, batch: 32)
        let inputs = (0..<70 * 784).map { Float(($0 * 7919) % 101) / 101 }
        let together = try embedder.embeddings(of: inputs, count: 70)
        for image in 0..<70 {
            let alone = try embedder.embeddings(of: Array(inputs[image * 784..<(image + 1) * 784]), count: 1)
            #expect(Array(alone[0]) == Array(together[image]))
        }
    }

    @Test func refusesWhatIsNone() throws {
        let good = try checkpoint().bytes
        #expect(throws: CheckpointError.self) { try Checkpoint(bytes: []) }
        #expect(throws: CheckpointError.self) { try Checkpoint(bytes: Array("hello, I am a text file".utf8)) }
        #expect(throws: CheckpointError.self) { try Checkpoint(bytes: Array(good.dropLast())) }
        #expect(throws: CheckpointError.self) { try Checkpoint(bytes: good + [0]) }
        let foreign = Safetensors(tensors: [.init(name: "w", shape: [2], values: [1, 2])]).bytes
        #expect(throws: CheckpointError.notAkin(path: "x")) { try Checkpoint(bytes: foreign, path: "x") }
        #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: "/nowhere") }
        var file = try Safetensors(bytes: good)
        file.metadata["akin"] = file.metadata["akin"]!.replacing("\"format\":1", with: "\"format\":9")
        #expect(throws: CheckpointError.newerFormat(path: "x", found: 9, known: 1)) {
            try Checkpoint(bytes: file.bytes, path: "x")
        }
        file = try Safetensors(bytes: good)
        file.tensors[0].values[0] = .nan
        #expect(throws: CheckpointError.notFinite(path: "x", name: "conv2d_1.weight")) {
            try Checkpoint(bytes: file.bytes, path: "x")
        }
        file = try Safetensors(bytes: good)
        file.metadata["akin"] = file.metadata["akin"]!.replacing("\"units\":5", with: "\"units\":60000")
        #expect(throws: CheckpointError.self) { try Checkpoint(bytes: file.bytes) }
    }

    @Test func hostileBytesNeverTrap() throws {
        let good = [try checkpoint().bytes, try checkpoint(Self.normalised).bytes]
        var generator = SeededGenerator(seed: 99)
        for round in 0..<6000 {
            var bytes = good[round % 2]
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                // Mostly the header: that is where a parser can go wrong.
                let limit = Bool.random(using: &generator) ? min(2000, bytes.count) : bytes.count
                bytes[Int.random(in: 0..<limit, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            }
            _ = try? Checkpoint(bytes: bytes)
        }
    }

    @Test func tensorsWithoutValuesAreRead() throws {
        let tensors = ["z", "b", "y"].map { Safetensors.Tensor(name: $0, shape: [0], values: []) }
        let file = Safetensors(
            tensors: tensors + [.init(name: "a", shape: [1], values: [1])]
                + tensors.map {
                    .init(name: $0.name + "2", shape: [0], values: [])
                })
        #expect(
            Set(try Safetensors(bytes: file.bytes).tensors.map(\.name)) == [
                "z", "b", "y", "a", "z2", "b2", "y2",
            ])
    }

    @Test func tensorsOfBytesLieBehindTheOthers() throws {
        let file = Safetensors(
            tensors: [.init(name: "w", shape: [2], values: [1, 2])],
            blobs: [.init(name: "b", bytes: [7, 8, 9]), .init(name: "a", bytes: [])], metadata: ["k": "v"])
        let read = try Safetensors(bytes: file.bytes)
        #expect(read.tensors.map(\.values) == [[1, 2]] && read.metadata == ["k": "v"])
        #expect(
            Dictionary(uniqueKeysWithValues: read.blobs.map { ($0.name, Array($0.bytes)) }) == [
                "a": [], "b": [7, 8, 9],
            ])
        #expect(Safetensors.mentions("b", file.bytes) && !Safetensors.mentions("c", file.bytes))
        #expect(!Safetensors.mentions("b", []))
        // With two sides nobody writes them.
        let text = String(decoding: file.bytes, as: Unicode.ASCII.self)
        #expect(text.contains("\"shape\":[3]"))
        let place = try #require(file.bytes.firstRange(of: Array("\"shape\":[3]".utf8)))
        var flat = file.bytes
        flat.replaceSubrange(place, with: Array("\"shape\":[]3".utf8))
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: flat) }
    }

    @Test func readsInPythonAsItIs() throws {
        // The layout by hand: 8 bytes of length, JSON, values in order.
        let bytes = Safetensors(
            tensors: [.init(name: "a", shape: [1, 2], values: [1, 2])], metadata: ["k": "v"]
        ).bytes
        let length = Int(bytes[0])
        #expect(
            String(decoding: bytes[8..<8 + length], as: UTF8.self).trimmingCharacters(in: .whitespaces)
                == #"{"__metadata__":{"k":"v"},"a":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]}}"#)
        #expect(Array(bytes.suffix(8)) == [0, 0, 128, 63, 0, 0, 0, 64])
    }
}
