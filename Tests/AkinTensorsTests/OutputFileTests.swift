import AkinBasics
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct OutputFileTests {
    @Test func writesReadsAndReplaces() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a file"
        try OutputFile(path, replacing: true).write([1, 2, 3])
        try OutputFile(path, replacing: true).write([4, 5])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([4, 5]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a file"])
    }

    @Test func linksStayAndPipesAreWrittenTo() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try OutputFile(folder + "/file", replacing: true).write([1])
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link", withDestinationPath: folder + "/file")
        try OutputFile(folder + "/link", replacing: true).write([2, 3])
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/file")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/file")) == Data([2, 3]))
        try OutputFile("/dev/null", replacing: true).write([4])
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == ["file", "link"])
    }

    /// Beforehand, and nothing is written.
    @Test func whatCannotBeWrittenIsKnownBefore() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("file", "old")
        try OutputFile(file, replacing: true).check()
        try OutputFile(folder.path + "/new", replacing: true).check()
        try OutputFile("/dev/stdout", replacing: true).check()
        // Opened for writing, it would wait for a reader.
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        try OutputFile(folder.path + "/pipe", replacing: true).check()
        for path in [folder.path, "/nowhere/at all", file + "/below"] {
            #expect(throws: WriteError.self, "\(path)") { try OutputFile(path, replacing: true).check() }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["file", "pipe"])
    }

    /// Neither a file that is there nor one that comes while the work is done, nor the name of a link that leads nowhere.
    @Test func nothingIsReplacedUnasked() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("file", "old")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "file")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/loose", withDestinationPath: "none")
        for name in ["file", "link", "loose"] {
            let output = OutputFile("\(folder.path)/\(name)")
            for act in [{ try output.check() }, { try output.write([1]) }] as [() throws -> Void] {
                let error = #expect(throws: WriteError.self) { try act() }
                #expect(error?.isInTheWay == true)
            }
        }
        let output: OutputFile = "\(folder.path)/new"
        try output.check()
        try folder.write("new", "of another")
        #expect(throws: WriteError.self) { try output.write([1]) }
        for name in ["file", "new"] {
            #expect(try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8).hasPrefix("o"))
        }
        try OutputFile("/dev/null").check()
        try OutputFile("/dev/null").write([1])
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == [
                "file", "link", "loose", "new",
            ])
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
    }

    /// It lies below /dev as a terminal does, and is a disk like others.
    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "there is no /dev/shm"))
    func aFileInSharedMemoryIsAFile() throws {
        let path = "/dev/shm/akin-\(UUID())"
        defer { unlink(path) }
        try OutputFile(path).write([1, 2])
        #expect(throws: WriteError.self) { try OutputFile(path).write([3]) }
        try OutputFile(path, replacing: true).write([4])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([4]))
    }

    @Test func failuresNameThePathAndTheReason() {
        let error = #expect(throws: WriteError.self) {
            try OutputFile("/nowhere/at all", replacing: true).write([1])
        }
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
