import AkinNetworks
import AkinONNX
import AkinTensors
import TestSupport
import Testing

/// What Akin reads of a model itself, without ONNX Runtime.
@Suite struct ONNXFileTests {
    @Test func countsTheWeights() throws {
        for (name, count) in [
            ("vector", 140), ("half", 140), ("tokens", 140), ("elsewhere", 140), ("grey", 50), ("labels", 0),
        ] {
            #expect(try ONNXFile(contentsOf: ForeignNetworks.path(name)).parameters == count, "\(name)")
        }
    }

    @Test func takesInWhatLiesBesideTheModel() throws {
        let whole = try ONNXFile(contentsOf: ForeignNetworks.path("vector"))
        #expect(whole.bytes == (try Fixtures.bytes("onnx/vector.onnx")))
        let elsewhere = try ONNXFile(contentsOf: ForeignNetworks.path("elsewhere"))
        // The weights of the convolution.
        #expect(
            elsewhere.bytes.count > 540 && elsewhere.bytes.firstRange(of: Array("elsewhere.data".utf8)) == nil
        )
        let folder = try TemporaryFolder()
        let again = try ONNXFile(contentsOf: folder.write("again.onnx", elsewhere.bytes))
        #expect(again.bytes == elsewhere.bytes && again.parameters == 140)
    }

    @Test func readsWhatAkinHasWritten() throws {
        let folder = try TemporaryFolder()
        let own = try Workshop.checkpoint()
        let file = try ONNXFile(contentsOf: folder.write("own.onnx", own.onnxModel))
        #expect(file.parameters == own.parameterCount)
        let text = try #require(file.metadata["akin"])
        #expect(text.contains("\"name\":\"small\"") && text.contains("\"height\":12"))
    }

    @Test func damagedModels() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 13)
        for name in ["vector", "elsewhere"] {
            let whole = try Fixtures.bytes("onnx/\(name).onnx")
            for count in 0..<whole.count where count % 7 == 0 {
                _ = try? ONNXFile(contentsOf: folder.write("model.onnx", Array(whole.prefix(count))))
            }
            for _ in 0..<1000 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                        in: 0 ... .max, using: &generator)
                }
                _ = try? ONNXFile(contentsOf: folder.write("model.onnx", bytes))
            }
        }
        // Graphs within graphs within ...
        var nested: [UInt8] = []
        for _ in 0..<100 {
            for key in [0x32, 0x2A, 0x0A] as [UInt8] { nested = Self.message(key, nested) }
        }
        let path = try folder.write("nested.onnx", Self.message(0x3A, nested))
        #expect(throws: ONNXError.notONNX(path: path)) { try ONNXFile(contentsOf: path) }
    }

    /// A field that holds a message of at most 16,383 bytes.
    private static func message(_ key: UInt8, _ content: [UInt8]) -> [UInt8] {
        [key, UInt8(content.count & 0x7F) | 0x80, UInt8(content.count >> 7)] + content
    }
}
