import Akin
import Foundation
import TestSupport
import Testing

/// `akin backbone import` where it fails: one line, and nothing half written.
@Suite struct BackboneImportErrorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var output: String { folder.path + "/out.safetensors" }

    private func run(
        _ model: String, _ arguments: String..., environment: [String: String] = [:]
    ) throws -> ProgramResult {
        let outcome = try AkinProgram.run(
            ["backbone", "import", model, "--output", output] + arguments, environment: environment)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!files.contains { $0.hasPrefix("out") || $0.hasPrefix(".out") }, "\(files)")
        return outcome
    }

    @Test(.enabled(if: ForeignNetworks.canRun, Comment(rawValue: ForeignNetworks.advice)))
    func whatIsNoBackbone() throws {
        let path = ForeignNetworks.path
        let garbage = try folder.write("garbage.onnx", "garbage")
        try run(garbage).expectFailure("\(garbage) is no ONNX model, or is damaged")
        try run(folder.path + "/none.onnx").expectFailure(
            "the model \(folder.path)/none.onnx: there is no such file")
        try run(path("words")).expectFailure(
            "the input 'words' of \(path("words")) is no picture but float32 [n, 16]")
        try run(path("two-inputs")).expectFailure("\(path("two-inputs")) takes 2 inputs (pixels, more)")
        try run(path("labels")).expectFailure(
            "the output 'label' of \(path("labels")) is no embedding but int64 [1, 1]")
        let named = try run(path("tokens"), "--output-name", "token")
        named.expectFailure("\(path("tokens")) has no output 'token' (it has tokens, pooled)")
        #expect(named.errors.hasSuffix("name one of these with --output-name\n"))
        let sized = try run(path("grey"))
        sized.expectFailure(
            "\(path("grey")) takes pictures of any size; say which it was trained on (--size)")
        try run(path("vector"), "--size", "9").expectFailure(
            "\(path("vector")) takes pictures of 8 x 8, not of 9 x 9")
        try run(path("vector"), "--mean", "1,2").expectFailure("2 numbers for the mean and the deviation")
        try run(path("vector"), "--std", "0").expectFailure("a mean or deviation can't be used")
        let config = try folder.write("preprocessor_config.json", #"{"size": 8, "resample": 1}"#)
        try run(path("vector"), "--preprocessor", config).expectFailure(
            "\(config) asks for the interpolation 1")
    }

    @Test func wrongUsage() throws {
        try run("model.onnx", "--metric", "learned-l1").expectWrongUsage("no metric learned-l1")
        try run("model.onnx", "--size", "8x").expectWrongUsage("--size")
        try run("model.onnx", "--mean", "half").expectWrongUsage("--mean")
        try run("model.onnx", "--tokens", "last").expectWrongUsage("--tokens")
    }

    @Test func noRuntime() throws {
        let model = ForeignNetworks.path("vector")
        let named = folder.path + "/libonnxruntime.so"
        let advice = "'pip install onnxruntime' brings it"
        let missing = try run(model, "--onnx-runtime", named)
        missing.expectFailure(
            "\(named) is not an ONNX Runtime that can be used (there is no such file); \(advice)")
        try run(model, environment: [ONNXRuntime.variable: named]).expectFailure(
            "\(named) is not an ONNX Runtime")
        // Where the system has no library of that name.
        let nowhere = [
            "PATH": folder.path, "HOME": folder.path, "PYENV_ROOT": folder.path, ONNXRuntime.variable: "",
        ]
        let outcome = try AkinProgram.run(
            ["backbone", "import", model, "--output", folder.path + "/nowhere.safetensors"],
            environment: nowhere)
        if outcome.code != 0 {
            outcome.expectFailure("ONNX Runtime, which runs foreign networks, is not installed; \(advice)")
        }
    }

    @Test(.enabled(if: Compiler.isThere, "no clang to compile a library with"))
    func aRuntimeThatIsTooOld() throws {
        let old = try Compiler.runtime(version: "1.4.0", in: folder)
        try run(ForeignNetworks.path("vector"), "--onnx-runtime", old).expectFailure(
            "\(old) is ONNX Runtime 1.4.0, and at least 1.11 is needed; install a newer one")
    }

    @Test(
        .enabled(if: ForeignNetworks.canRun, Comment(rawValue: ForeignNetworks.advice)),
        .enabled(if: SmallDisk.available, Comment(rawValue: SmallDisk.advice)))
    func aFullDisk() throws {
        let disk = try SmallDisk(megabytes: 1)
        defer { extendLifetime(disk) }
        disk.fill()
        for arguments in [
            ["import", ForeignNetworks.path("vector"), "--output", disk.path + "/out.safetensors"],
            ["export", try workshopBackbone(), "--output", disk.path + "/out.onnx"],
        ] {
            let outcome = try AkinProgram.run(["backbone"] + arguments)
            outcome.expectFailure("can't write \(arguments[3])")
            #expect(outcome.errors.contains("make room on the disk"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["filler"])
    }

    private func workshopBackbone() throws -> String {
        try Workshop.checkpoint().write(to: OutputFile(folder.path + "/small.safetensors", replacing: true))
        return folder.path + "/small.safetensors"
    }
}
