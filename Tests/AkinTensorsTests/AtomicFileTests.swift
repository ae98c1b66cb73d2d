import AkinBasics
import AkinTensors
import Foundation
import TestSupport
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

    @Test func linksStayAndPipesAreWrittenTo() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try AtomicFile.write([1], to: folder + "/file")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link", withDestinationPath: folder + "/file")
        try AtomicFile.write([2, 3], to: folder + "/link")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/file")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/file")) == Data([2, 3]))
        try AtomicFile.write([4], to: "/dev/null")
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == ["file", "link"])
    }

    /// Beforehand, and nothing is written.
    @Test func whatCannotBeWrittenIsKnownBefore() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("file", "old")
        try AtomicFile.check(file)
        try AtomicFile.check(folder.path + "/new")
        try AtomicFile.check("/dev/stdout")
        // Opened for writing, it would wait for a reader.
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        try AtomicFile.check(folder.path + "/pipe")
        for path in [folder.path, "/nowhere/at all", file + "/below"] {
            #expect(throws: WriteError.self, "\(path)") { try AtomicFile.check(path) }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["file", "pipe"])
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
