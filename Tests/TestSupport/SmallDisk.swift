import Foundation

/// A file system of a few megabytes in memory, for tests that fill it. Only root can mount one.
///
/// It goes with the value, which has to be kept alive to the end of the test: `defer { extendLifetime(disk) }`.
package final class SmallDisk {
    package let path: String

    package static let available = {
        #if os(Linux)
        guard geteuid() == 0, let disk = try? SmallDisk(megabytes: 1) else { return false }
        return FileManager.default.createFile(atPath: disk.path + "/a", contents: Data([0]))
        #else
        return false
        #endif
    }()
    package static let advice = "mounting a small disk needs root on Linux"

    package init(megabytes: Int) throws {
        path = NSTemporaryDirectory() + "/akin-disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path)
    }

    deinit {
        // Lazily: the database on it may be closed a little later.
        try? Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    package func makeReadOnly() throws { try Self.run("mount", "-o", "remount,ro", path) }

    /// Writes a file until nothing more fits.
    package func fill() { Self.fill(path) }

    /// As the above, from another process.
    ///
    /// What was removed but is still open somewhere, as in a process that another test is about to start, takes room
    /// until it is closed, and then something fits again: goes on until all that takes room can be seen, for ten seconds
    /// at most.
    package static func fill(_ path: String) {
        let file = open(path + "/filler", O_WRONLY | O_CREAT, 0o600)
        defer { close(file) }
        let chunk = [UInt8](repeating: 1, count: 4096)
        for _ in 0..<1000 {
            while write(file, chunk, chunk.count) > 0 {}
            if visible(path) == capacity(path) { return }
            usleep(10_000)
        }
    }

    /// Bytes.
    private static func capacity(_ path: String) -> Int {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { return 0 }
        return Int(system.f_blocks) * Int(system.f_frsize)
    }

    /// Bytes that the files take which have a name.
    private static func visible(_ path: String) -> Int {
        let files = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return files.reduce(0) { sum, name in
            var file = stat()
            return lstat(path + "/" + name, &file) == 0 ? sum + Int(file.st_blocks) * 512 : sum
        }
    }

    package func empty() throws { try FileManager.default.removeItem(atPath: path + "/filler") }

    private static func run(_ words: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
