import AkinBasics
import AkinImages
import AkinNetworks
import AkinONNX
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Files with foreign networks, as they are read where ONNX Runtime need not be.
@Suite struct ONNXCheckpointTests {
    private static let document = """
        {"details":{"licence":"MIT","metric":"cosine","name":"small"},"format":1,"onnx":{"dimension":5,"order":\
        "channels-first","output":"pooled","parameters":140,"pooling":"none"},"preprocessing":{"background":255,\
        "channels":"rgb","decoding":"whole","height":8,"invert":false,"placement":"stretch","scaling":"unit","width":8}}
        """

    private func file(_ document: String? = document, blob: String = "onnx.model") throws -> [UInt8] {
        Safetensors(
            tensors: [], blobs: [.init(name: blob, bytes: try Fixtures.bytes("onnx/vector.onnx")[...])],
            metadata: document.map { ["akin": $0] } ?? [:]
        ).bytes
    }

    @Test func isRead() throws {
        let bytes = try file()
        let checkpoint = try ONNXCheckpoint(bytes: bytes, path: "it")
        #expect(checkpoint.details == .init(name: "small", licence: "MIT") && checkpoint.bytes == bytes)
        #expect(checkpoint.use.output == "pooled" && checkpoint.preprocessing.decoding == .whole)
        #expect(checkpoint.preprocessing.decodingTarget == nil)
        #expect(Array(checkpoint.model) == (try Fixtures.bytes("onnx/vector.onnx")))
        let own = try Workshop.checkpoint().bytes
        #expect(ONNXCheckpoint.isOne(bytes) && !ONNXCheckpoint.isOne(own))
        let folder = try TemporaryFolder()
        try checkpoint.write(to: OutputFile(folder.path + "/small.safetensors", replacing: true))
        #expect(try ONNXCheckpoint(contentsOf: folder.path + "/small.safetensors").hash == checkpoint.hash)
        #expect(throws: CheckpointError.self) {
            try checkpoint.write(to: OutputFile(folder.path + "/none/small.safetensors", replacing: true))
        }
    }

    @Test func isNoNetworkThatCanBeTrained() throws {
        #expect(throws: CheckpointError.foreign(path: "it")) { try Checkpoint(bytes: file(), path: "it") }
    }

    @Test func whatIsNone() throws {
        #expect(throws: CheckpointError.notAkin(path: "it")) {
            try ONNXCheckpoint(bytes: file(nil), path: "it")
        }
        #expect(throws: CheckpointError.description(path: "it", reason: "no onnx.model")) {
            try ONNXCheckpoint(bytes: file(blob: "model"), path: "it")
        }
        for (old, new) in [
            ("\"format\":1", "\"format\":2"), ("\"dimension\":5", "\"dimension\":0"),
            ("\"dimension\":5", "\"dimension\":99999999"), ("\"height\":8", "\"height\":0"),
            ("\"width\":8", "\"width\":99999999"), ("\"pooling\":\"none\"", "\"pooling\":\"most\""),
            ("\"name\":\"small\"", "\"nama\":\"small\""),
        ] {
            let text = Self.document.replacing(old, with: new)
            #expect(text != Self.document)
            #expect(throws: CheckpointError.self, "\(new)") {
                try ONNXCheckpoint(bytes: file(text), path: "it")
            }
        }
        for count in [0, 7, 8, 100, try file().count - 1] {
            #expect(throws: CheckpointError.self) {
                try ONNXCheckpoint(bytes: Array(file().prefix(count)), path: "it")
            }
        }
    }

    @Test func damagedFiles() throws {
        let whole = try file()
        let header = whole.count - (try Fixtures.bytes("onnx/vector.onnx")).count
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<header, using: &generator)] = .random(
                    in: 0 ... .max, using: &generator)
            }
            _ = try? ONNXCheckpoint(bytes: bytes, path: "it")
        }
    }
}
