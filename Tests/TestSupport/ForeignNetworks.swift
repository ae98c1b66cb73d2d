import AkinImages
import AkinONNX
import Foundation

/// The small foreign networks of `Tests/Fixtures/onnx`, and what tests need to run them.
package enum ForeignNetworks {
    /// Whether ONNX Runtime is there.
    package static let canRun = (try? ONNXRuntime.found()) != nil
    package static let advice = "ONNX Runtime is not installed: pip install onnxruntime"

    /// An ONNX model's file.
    package static func path(_ name: String) -> String { Fixtures.path("onnx/\(name).onnx") }

    private struct Expected: Decodable {
        var pixels: [UInt8]
        var embeddings: [String: [Float]]
    }

    private static func expected() throws -> Expected {
        try JSONDecoder().decode(Expected.self, from: Data(Fixtures.bytes("onnx/expected.json")))
    }

    /// The picture that `embeddings` are of.
    package static func picture() throws -> Image {
        Image(width: 8, height: 8, channels: 3, trusted: try expected().pixels)
    }

    /// By the reference implementation of the format.
    package static func embeddings() throws -> [String: [Float]] { try expected().embeddings }

    /// The largest difference of two lists as long as each other; infinite where they are not.
    package static func distance(_ a: [Float], _ b: [Float]) -> Float {
        guard a.count == b.count else { return .infinity }
        return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
