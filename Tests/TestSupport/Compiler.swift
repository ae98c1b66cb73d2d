import Foundation

/// The C compiler that comes with Swift, for libraries that only a test needs.
package enum Compiler {
    package static let isThere =
        (try? library("int akin_test(void) { return 1; }", in: TemporaryFolder())) != nil

    /// The path of a shared library.
    package static func library(_ source: String, in folder: TemporaryFolder) throws -> String {
        let name = UUID().uuidString
        let file = try folder.write(name + ".c", source)
        let library = folder.path + "/lib\(name).so"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["clang", "-shared", "-fPIC", "-o", library, file]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
        return library
    }

    /// What answers like an ONNX Runtime of that version that has no functions.
    package static func runtime(version: String, in folder: TemporaryFolder) throws -> String {
        try library(
            """
            static const void *api(unsigned version) { (void)version; return 0; }
            static const char *version(void) { return "\(version)"; }
            static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = {api, version};
            const void *OrtGetApiBase(void) { return &base; }
            """, in: folder)
    }
}
