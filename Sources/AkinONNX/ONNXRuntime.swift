import AkinBasics
import CAkinONNX
import Foundation
import Synchronization

/// ONNX Runtime, the library that runs foreign networks: looked for when it is first needed, never to build.
///
/// It is looked for where `AKIN_ONNX_RUNTIME` in the environment says; else where the system looks for libraries, where Homebrew lays
/// it, and in PyPI's package `onnxruntime` of the Python installations that `PATH` leads to.
public final class ONNXRuntime: Sendable {
    /// The file of the library, or the name by which the system found it.
    public let path: String
    /// Its version: `1.21.0`.
    public let version: String
    /// Never closed, and used by all threads.
    nonisolated(unsafe) private let library: OpaquePointer

    /// What in the environment names its file.
    public static let variable = "AKIN_ONNX_RUNTIME"

    /// Those that were opened, by their paths.
    private static let opened = Mutex<[String: ONNXRuntime]>([:])

    private init(path: String, library: OpaquePointer) {
        self.path = path
        self.library = library
        version = String(cString: akin_onnx_version(library))
    }

    /// Opens the library, unless it is open.
    ///
    /// - Parameter path: Its file; nil to look for it.
    /// - Throws: `ONNXError.noRuntime`, `.unusableRuntime`, `.oldRuntime`. Of several that cannot be used the first is told of.
    public static func found(at path: String? = nil) throws(ONNXError) -> ONNXRuntime {
        let named = path ?? ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        if let named {
            // What has no slash the system would look for elsewhere.
            let file = named.contains("/") ? named : "./" + named
            guard let runtime = try open(file) else {
                throw .unusableRuntime(path: named, reason: "there is no such file")
            }
            return runtime
        }
        var first: ONNXError?
        for place in RuntimePlaces().all {
            do { if let runtime = try open(place) { return runtime } } catch { first = first ?? error }
        }
        throw first ?? .noRuntime
    }

    /// Nil where nothing is there.
    private static func open(_ path: String) throws(ONNXError) -> ONNXRuntime? {
        try opened.withLock { (opened) throws(ONNXError) in
            if let runtime = opened[path] { return runtime }
            var library: OpaquePointer?
            var problem = akin_onnx_problem()
            switch akin_onnx_open(path, &library, &problem) {
            case CInt(AKIN_ONNX_OK.rawValue): break
            case CInt(AKIN_ONNX_ABSENT.rawValue): return nil
            case CInt(AKIN_ONNX_TOO_OLD.rawValue):
                throw .oldRuntime(path: path, version: problem.text, needed: Int(AKIN_ONNX_OLDEST))
            default: throw .unusableRuntime(path: path, reason: problem.text)
            }
            let runtime = ONNXRuntime(path: path, library: library!)
            opened[path] = runtime
            return runtime
        }
    }

    /// A model from the bytes of its file; `path` is for error messages.
    func session(_ model: ArraySlice<UInt8>, path: String) throws(ONNXError) -> ONNXSession {
        var session: OpaquePointer?
        var problem = akin_onnx_problem()
        let code = model.withUnsafeBytes {
            akin_onnx_load(library, $0.baseAddress, $0.count, &session, &problem)
        }
        guard code == 0 else { throw .refused(path: path, reason: problem.text) }
        return try ONNXSession(session!, path: path)
    }
}

extension akin_onnx_problem {
    /// The words, in one line that steers no terminal.
    var text: String {
        let text = withUnsafeBytes(of: words) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return printable(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }
}
