import AkinBasics
import AkinEmbedding
import AkinONNX
import AkinTensors
import Foundation
import TestSupport
import Testing

/// What is no backbone, and why.
@Suite(.enabled(if: ForeignNetworks.canRun, Comment(rawValue: ForeignNetworks.advice)))
struct ONNXImportTests {
    private let runtime: ONNXRuntime
    private let folder: TemporaryFolder

    init() throws {
        runtime = try ONNXRuntime.found()
        folder = try TemporaryFolder()
    }

    private func error(_ path: String, _ wishes: ONNXImport = ONNXImport(named: "small")) throws -> ONNXError
    {
        try #require(
            #expect(throws: ONNXError.self) { try wishes.checkpoint(of: path, by: runtime) })
    }

    @Test func inputsThatAreNoPicture() throws {
        let path = ForeignNetworks.path
        #expect(
            try error(path("two-inputs"))
                == .notOneInput(path: path("two-inputs"), names: ["pixels", "more"]))
        #expect(
            try error(path("words"))
                == .notAPicture(path: path("words"), input: "words", found: "float32 [n, 16]"))
        #expect(
            try error(path("bytes"))
                == .notAPicture(path: path("bytes"), input: "pixels", found: "uint8 [n, 3, 8, 8]"))
    }

    @Test func outputsThatAreNoEmbedding() throws {
        let path = ForeignNetworks.path
        #expect(
            try error(path("labels"))
                == .unusableOutput(path: path("labels"), output: "label", found: "int64 [1, 1]", others: []))
        #expect(
            try error(path("boxes"))
                == .unusableOutput(
                    path: path("boxes"), output: "boxes", found: "float32 [1, 1, 3, 8, 8]", others: []))
        #expect(
            try error(path("no-numbers"))
                == .unusableOutput(
                    path: path("no-numbers"), output: "nothing", found: "values that are not numbers",
                    others: []))
        #expect(
            try error(path("tokens"), ONNXImport(named: "t", output: "token"))
                == .noOutput(path: path("tokens"), name: "token", known: ["tokens", "pooled"]))
    }

    @Test func statisticsThatDoNotFit() throws {
        func error(_ preprocessing: ForeignPreprocessing) throws -> ONNXError {
            try self.error(
                ForeignNetworks.path("vector"), ONNXImport(named: "v", preprocessing: preprocessing))
        }
        #expect(try error(.init(mean: [0, 0])) == .wrongStatistics(found: 2, channels: 3))
        #expect(try error(.init(deviation: [0])) == .badStatistics)
        #expect(try error(.init(mean: [.nan])) == .badStatistics)
        #expect(
            try error(.init(isCropped: true, shorterSide: 7)) == .badSize(PictureSize(height: 8, width: 8)))
        #expect(
            try error(.init(size: PictureSize(height: 8, width: 9)))
                == .otherSize(
                    path: ForeignNetworks.path("vector"), asked: PictureSize(height: 8, width: 9),
                    found: PictureSize(height: 8, width: 8)))
    }

    @Test func whatIsNoModel() throws {
        let garbage = try folder.write("garbage.onnx", (0..<999).map { UInt8(truncatingIfNeeded: $0 * 37) })
        #expect(try error(garbage) == .notONNX(path: garbage))
        let empty = try folder.write("empty.onnx", "")
        #expect(try error(empty) == .notONNX(path: empty))
        #expect(
            try error("\(folder.path)/none.onnx") == .unreadable(path: "\(folder.path)/none.onnx", .missing))
        // A graph, and nothing else.
        let hollow = try folder.write("hollow.onnx", [UInt8]([0x08, 0x07, 0x3A, 0x00]))
        guard case .refused(hollow, let reason) = try error(hollow) else {
            Issue.record("not refused")
            return
        }
        #expect(!reason.isEmpty && !reason.contains("\n"))
    }

    /// Cut off or damaged anywhere it is an error, or a model that can be used; never more.
    @Test func damagedModels() throws {
        let whole = try Fixtures.bytes("onnx/tokens.onnx")
        var generator = SeededGenerator(seed: 11)
        var refused = 0
        for round in 0..<150 {
            var bytes = whole
            if round % 3 == 0 {
                bytes.removeLast(Int.random(in: 1..<whole.count, using: &generator))
            } else {
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                        in: 0 ... .max, using: &generator)
                }
            }
            let path = try folder.write("damaged.onnx", bytes)
            do throws(ONNXError) {
                _ = try ONNXImport(named: "d").checkpoint(of: path, by: runtime)
            } catch {
                refused += 1
                #expect("\(error)".split(separator: "\n").count == 1)
            }
        }
        #expect(refused > 75)
    }

    @Test func weightsBesideTheModelBecomePartOfIt() throws {
        for name in ["elsewhere.onnx", "elsewhere.data"] {
            try folder.write(name, Fixtures.bytes("onnx/" + name))
        }
        let path = folder.path + "/elsewhere.onnx"
        let made = try ONNXImport(named: "e").checkpoint(of: path, by: runtime)
        try FileManager.default.removeItem(atPath: folder.path + "/elsewhere.data")
        let backbone = try ONNXBackbone(ONNXCheckpoint(bytes: made.bytes, path: "it"), runtime: runtime)
        let pass = backbone.pass(capacity: 1)
        let input = backbone.input.values(of: try ForeignNetworks.picture())
        let expected = try #require(try ForeignNetworks.embeddings()["vector"])
        let embedding = Array(UnsafeBufferPointer(start: pass.run(input, count: 1), count: 5))
        #expect(ForeignNetworks.distance(embedding, expected) < 1e-6)
        #expect(try error(path) == .unreadable(path: folder.path + "/elsewhere.data", .missing))
        try folder.write("elsewhere.data", "too short")
        guard case .unreadable = try error(path) else {
            Issue.record("not unreadable")
            return
        }
    }

    @Test func weightsAnywhereElseAreNotLookedFor() throws {
        for place in ["../elsewher.da", "/lsewhere.data"] {
            var bytes = try Fixtures.bytes("onnx/elsewhere.onnx")
            while let range = bytes.firstRange(of: Array("elsewhere.data".utf8)) {
                bytes.replaceSubrange(range, with: Array(place.utf8))
            }
            let path = try folder.write("hostile.onnx", bytes)
            #expect(try error(path) == .otherFile(path: path, name: place))
        }
    }
}
