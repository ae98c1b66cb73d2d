import AkinTensors
import Foundation
import Testing

@Suite struct AtomicFileTests {
    @Test func writesReadsAndReplaces() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a file"
        try AtomicFile.write([1, 2, 3], to: path)
        try AtomicFile.write([4, 5], to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([4, 5]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a file"])
    }

    @Test func failuresNameThePathAndTheReason() {
        let error = #expect(throws: WriteError.self) { try AtomicFile.write([1], to: "/nowhere/at all") }
        #expect(
            error?.description
                == "can't write /nowhere/at all: No such file or directory; make the folder first, or correct the path"
        )
    }

    @Test func contentHash() {
        #expect(ContentHash(of: []).description == "99aa06d3014798d86001c324468d497f")
        #expect(ContentHash(of: [1]) != ContentHash(of: [2]))
    }
}
