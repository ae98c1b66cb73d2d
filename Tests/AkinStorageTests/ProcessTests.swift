import AkinStorage
import Foundation
import TestSupport
import Testing

/// What only two processes can show. The child's body is run by the test library in a process of its own.
@Suite struct ProcessTests {
    @Test func readersThatDiedLeaveTheirSlots() async throws {
        let folder = try TemporaryFolder()
        var options = Environment.Options()
        options.readers = 4
        let environment = try Environment(at: folder.path, options: options)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let environment = try Environment(at: path)
            func nest(_ depth: Int) throws {
                try environment.read { _ in
                    if depth == 1 { kill(getpid(), SIGKILL) }
                    try nest(depth - 1)
                }
            }
            try nest(4)
        }
        #expect(try environment.read { _ in 1 } == 1)
    }

    /// The file would grow with every change.
    @Test func aReaderThatDiedKeepsNothing() async throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        let value = [UInt8](repeating: 7, count: 100_000)
        try environment.write { try table.set(value, for: 1, in: $0) }
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            try Environment(at: path).read { _ in _ = kill(getpid(), SIGKILL) }
        }
        for _ in 0..<30 { try environment.write { try table.set(value, for: 1, in: $0) } }
        #expect(environment.bytes < 10 * value.count)
    }

    /// One that cannot write the lock file is not heeded by writers: it reads again what was changed meanwhile, but not for
    /// ever.
    @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
    func aReaderWithoutALock() async throws {
        let (folder, signals) = (try TemporaryFolder(), try TemporaryFolder())
        chmod(signals.path, 0o777)
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        try environment.write { try table.set([0], for: 1, in: $0) }
        // Writes whenever the reader asks it to.
        let writer = Task.detached {
            var written: UInt8 = 0
            while !Task.isCancelled {
                if FileManager.default.fileExists(atPath: signals.path + "/read-\(written)") {
                    written += 1
                    try environment.write { try table.set([written], for: 1, in: $0) }
                    try signals.write("written-\(written)", "")
                }
                usleep(200)
            }
        }
        await #expect(processExitsWith: .success) {
            [path = folder.path as String, signals = signals.path as String] in
            try #require(setuid(65534) == 0)
            var options = Environment.Options()
            options.readOnly = true
            let environment = try Environment(at: path, options: options)
            let table: Numbers = try #require(try environment.table("numbers"))
            func read(disturbed times: Int) throws -> (value: [UInt8]?, reads: Int) {
                var reads = 0
                let value = try environment.read { (transaction) -> [UInt8]? in
                    let value = try table.value(of: 1, in: transaction)
                    reads += 1
                    guard reads <= times, let number = value?.first else { return value }
                    #expect(
                        FileManager.default.createFile(atPath: "\(signals)/read-\(number)", contents: nil))
                    while !FileManager.default.fileExists(atPath: "\(signals)/written-\(number + 1)") {
                        usleep(200)
                    }
                    return value
                }
                return (value, reads)
            }
            let (first, second) = (try read(disturbed: 0), try read(disturbed: 3))
            #expect(first.value == [0] && first.reads == 1)
            #expect(second.value == [3] && second.reads == 4)
            #expect(throws: StorageError.changedWhileRead(path: path)) { try read(disturbed: .max) }
            #expect(try read(disturbed: 0).reads == 1)
        }
        writer.cancel()
        try await writer.value
    }

    @Test func aMapThatAnotherProcessHasOutgrown() async throws {
        let folder = try TemporaryFolder()
        var options = Environment.Options()
        options.mapSize = 1 << 20
        let environment = try Environment(at: folder.path, options: options)
        let table = try numbers(environment)
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            let environment = try Environment(at: path)
            let table = try numbers(environment)
            try environment.write { try table.set([UInt8](repeating: 3, count: 8 << 20), for: 1, in: $0) }
        }
        #expect(try environment.read { try table.value(of: 1, in: $0)?.count } == 8 << 20)
        try environment.write { try table.set([1], for: 2, in: $0) }
    }

    @Test func aWriterThatDiedLeavesNothingAndKeepsNobodyWaiting() async throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        try environment.write { try table.set([1], for: 1, in: $0) }
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let environment = try Environment(at: path)
            let table = try numbers(environment)
            try environment.write { transaction in
                try table.set([2], for: 1, in: transaction)
                kill(getpid(), SIGKILL)
            }
        }
        #expect(try environment.read { try table.value(of: 1, in: $0) } == [1])
        try environment.write { try table.set([3], for: 1, in: $0) }
    }

    /// Root may write anywhere, so the child becomes nobody.
    @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
    func aFolderThatMayOnlyBeRead() async throws {
        let folder = try TemporaryFolder()
        do {
            let environment = try Environment(at: folder.path)
            let table = try numbers(environment)
            try environment.write { try table.set([1], for: 1, in: $0) }
        }
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try #require(setuid(65534) == 0)
            let error = #expect(throws: StorageError.self) { _ = try Environment(at: path) }
            #expect(error == .failed(.accessDenied, doing: "opening the lock file", path: path))
            var options = Environment.Options()
            options.readOnly = true
            let environment = try Environment(at: path, options: options)
            let table: Numbers = try #require(try environment.table("numbers"))
            #expect(try environment.read { try table.value(of: 1, in: $0) } == [1])
        }
    }

    /// Little address space: a smaller map is taken.
    @Test func limitedAddressSpace() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            var limit = rlimit(rlim_cur: 64 << 30, rlim_max: 64 << 30)
            try #require(setrlimit(__rlimit_resource_t(9), &limit) == 0)
            let environment = try Environment(at: path)
            let table = try numbers(environment)
            try environment.write { try table.set([1], for: 1, in: $0) }
        }
    }
}
