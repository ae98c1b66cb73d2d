import AkinImages
import AkinNetworks
import AkinTensors
import Foundation
import Testing

@Suite struct CheckpointTests {
    private func checkpoint(seed: UInt64 = 1) throws -> Checkpoint {
        let preprocessing = Preprocessing(height: 8, width: 8)
        let network = try Network(
            [GradientTests.conv(3, 3), .flatten, .dense(units: 5, activation: .sigmoid)], input: Shape(preprocessing),
            classes: 2)
        network.initialize(seed: seed)
        return Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "small", seed: seed, epochs: 3, data: "drawn", labels: ["a", "ü"]))
    }

    @Test func survivesTheFile() throws {
        let written = try checkpoint()
        let read = try Checkpoint(bytes: written.bytes)
        #expect(read.identity == written.identity && read.details == written.details)
        #expect(read.layers == written.layers && read.preprocessing == written.preprocessing && read.dimension == 5)
        #expect(read.bytes == written.bytes)
        let inputs = (0..<3 * 64).map { Float($0 % 17) / 17 }
        #expect(Embedder(read).embeddings(of: inputs, count: 3) == Embedder(written).embeddings(of: inputs, count: 3))
        #expect(try checkpoint(seed: 2).identity != written.identity)
        #expect(!read.bytes.isEmpty && Safetensors_hasNoHead(read.bytes))
    }

    private func Safetensors_hasNoHead(_ bytes: [UInt8]) -> Bool {
        (try? Safetensors(bytes: bytes))?.tensors.map(\.name) == [
            "conv2d_1.weight", "conv2d_1.bias", "dense_1.weight", "dense_1.bias",
        ]
    }

    @Test(arguments: [5, 16, 40, 300]) func anEmbeddingDoesNotDependOnItsBatch(units: Int) throws {
        let preprocessing = Preprocessing(height: 28, width: 28)
        let network = try Network(
            [GradientTests.conv(3, 3), .flatten, .dense(units: units, activation: .sigmoid), .dense(units: 7, activation: .linear)],
            input: Shape(preprocessing))
        network.initialize(seed: 3)
        let checkpoint = Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "small", seed: 3, epochs: 0, data: "drawn", labels: []))
        let embedder = Embedder(checkpoint, batch: 32)
        let inputs = (0..<70 * 784).map { Float(($0 * 7919) % 101) / 101 }
        let together = embedder.embeddings(of: inputs, count: 70)
        for image in 0..<70 {
            let alone = embedder.embeddings(of: Array(inputs[image * 784..<(image + 1) * 784]), count: 1)
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
        let good = try checkpoint().bytes
        var generator = SeededGenerator(seed: 99)
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                // Mostly the header: that is where a parser can go wrong.
                let limit = Bool.random(using: &generator) ? min(700, bytes.count) : bytes.count
                bytes[Int.random(in: 0..<limit, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            }
            _ = try? Checkpoint(bytes: bytes)
        }
    }

    @Test func readsInPythonAsItIs() throws {
        // The layout by hand: 8 bytes of length, JSON, values in order.
        let bytes = Safetensors(tensors: [.init(name: "a", shape: [1, 2], values: [1, 2])], metadata: ["k": "v"]).bytes
        let length = Int(bytes[0])
        #expect(
            String(decoding: bytes[8..<8 + length], as: UTF8.self).trimmingCharacters(in: .whitespaces)
                == #"{"__metadata__":{"k":"v"},"a":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]}}"#)
        #expect(Array(bytes.suffix(8)) == [0, 0, 128, 63, 0, 0, 0, 64])
    }
}
