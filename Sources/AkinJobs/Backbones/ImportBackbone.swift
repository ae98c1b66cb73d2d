import AkinBasics
import AkinONNX
import Foundation

/// Makes a backbone of a foreign network, an ONNX model.
public struct ImportBackbone: Job {
    /// The ONNX model.
    public var model: String
    /// The file for the backbone, which holds all of the model.
    public var output: OutputFile
    /// What is wanted of it.
    public var wishes: ONNXImport
    /// The file of ONNX Runtime; nil to look for it.
    public var runtime: String?

    /// What there is now.
    public struct Result: Encodable, Sendable {
        /// What it is.
        public let backbone: BackboneDescription
        /// The version of ONNX Runtime that took it.
        public let runtime: String

        /// The description, and `runtime`.
        public func encode(to encoder: any Encoder) throws {
            try backbone.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(runtime, forKey: .runtime)
        }

        private enum CodingKeys: CodingKey { case runtime }
    }

    /// What is to be imported.
    ///
    /// - Parameter wishes: By default what the model says of itself, or is most usual; named after `output`.
    public init(_ model: String, to output: OutputFile, wishes: ONNXImport? = nil, runtime: String? = nil) {
        self.model = model
        self.output = output
        self.wishes = wishes ?? ONNXImport(named: Self.name(of: output.path))
        self.runtime = runtime
    }

    /// A file's name without its ending.
    public static func name(of path: String) -> String {
        ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    /// Looks at the model, runs it once, and writes the whole file or none.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try OutputFile.check([output]) { [model, self.runtime].compactMap(\.self) }
        let runtime = try ONNXRuntime.found(at: runtime)
        let checkpoint = try wishes.checkpoint(of: model, by: runtime)
        try checkpoint.write(to: output)
        return Result(
            backbone: BackboneDescription(checkpoint, called: checkpoint.details.name, path: output.path),
            runtime: runtime.version)
    }
}
