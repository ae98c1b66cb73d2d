import AkinONNX
import Foundation
import TestSupport
import Testing

@Suite struct ONNXRuntimeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatIsNotThere() throws {
        let path = folder.path + "/libonnxruntime.so"
        #expect(throws: ONNXError.unusableRuntime(path: path, reason: "there is no such file")) {
            try ONNXRuntime.found(at: path)
        }
    }

    @Test func whatIsNoLibrary() throws {
        let path = try folder.write("libonnxruntime.so", "not a library")
        let error = try #require(
            #expect(throws: ONNXError.self) { try ONNXRuntime.found(at: path) })
        guard case .unusableRuntime(path, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(.enabled(if: ForeignNetworks.canRun, Comment(rawValue: ForeignNetworks.advice)))
    func isOpenedOnce() throws {
        let runtime = try ONNXRuntime.found()
        #expect(try ONNXRuntime.found() === runtime)
        #expect(runtime.version.split(separator: ".").count >= 2)
    }

    /// Libraries that answer as an old one does, or as none does.
    @Test(.enabled(if: Compiler.isThere, "no clang to compile a library with"))
    func onesThatAreTooOld() throws {
        let old = try Compiler.runtime(version: "1.10.3", in: folder)
        #expect(throws: ONNXError.oldRuntime(path: old, version: "1.10.3", needed: 11)) {
            try ONNXRuntime.found(at: old)
        }
        // It says that it is new, and has not what is needed.
        let odd = try Compiler.runtime(version: "1.99.0", in: folder)
        #expect(throws: ONNXError.oldRuntime(path: odd, version: "1.99.0", needed: 11)) {
            try ONNXRuntime.found(at: odd)
        }
        let other = try Compiler.library("int akin_test(void) { return 1; }", in: folder)
        #expect(throws: ONNXError.unusableRuntime(path: other, reason: "it has no OrtGetApiBase")) {
            try ONNXRuntime.found(at: other)
        }
    }
}
