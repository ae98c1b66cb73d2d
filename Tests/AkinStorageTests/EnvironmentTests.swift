import AkinStorage
import Foundation
import TestSupport
import Testing

func numbers(_ environment: Environment) throws -> Numbers {
    try #require(try environment.table("numbers", creating: true))
}

@Suite struct EnvironmentTests {
    @Test func aReaderSeesWhatWasThereWhenItBegan() throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        try environment.write { try table.set([1], for: 1, in: $0) }
        try environment.read { transaction in
            try environment.write { try table.set([2], for: 1, in: $0) }
            #expect(try table.value(of: 1, in: transaction) == [1])
            #expect(try environment.read { try table.value(of: 1, in: $0) } == [2])
        }
    }

    @Test func openedTwiceItIsTheSame() throws {
        let folder = try TemporaryFolder()
        var first: Environment? = try Environment(at: folder.path)
        let link = folder.path + "-link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path)
        defer { try? FileManager.default.removeItem(atPath: link) }
        let second = try Environment(at: link)
        let table = try numbers(second)
        try first!.write { try table.set([5], for: 1, in: $0) }
        first = nil
        #expect(try second.read { try table.value(of: 1, in: $0) } == [5])
        var options = Environment.Options()
        options.readOnly = true
        let third = try Environment(at: folder.path, options: options)
        #expect(try third.read { try table.value(of: 1, in: $0) } == [5])
    }

    @Test func openForReadingItCannotBeChanged() throws {
        let folder = try TemporaryFolder()
        do {
            let environment = try Environment(at: folder.path)
            let table = try numbers(environment)
            try environment.write { try table.set([5], for: 1, in: $0) }
        }
        var options = Environment.Options()
        options.readOnly = true
        let environment = try Environment(at: folder.path, options: options)
        let table: Numbers = try #require(try environment.table("numbers"))
        #expect(try environment.read { try table.value(of: 1, in: $0) } == [5])
        let none: Numbers? = try environment.table("none")
        #expect(none == nil)
        #expect(throws: StorageError.openForReading(path: folder.path)) { try environment.write { _ in } }
        #expect(throws: StorageError.openForReading(path: folder.path)) {
            _ = try Environment(at: folder.path)
        }
    }

    @Test func manyThreadsReadWhileOneWrites() async throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        try environment.write { transaction in
            for key in 0..<100 as Range<UInt64> { try table.set([0], for: key, in: transaction) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 1...50 as ClosedRange<UInt8> {
                    try environment.write { transaction in
                        for key in 0..<100 as Range<UInt64> {
                            try table.set([round], for: key, in: transaction)
                        }
                    }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<200 {
                        try environment.read { transaction in
                            var seen: Set<[UInt8]> = []
                            try table.forEach(in: transaction) { _, value in
                                seen.insert(Array(value))
                                return true
                            }
                            #expect(seen.count == 1)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aFullMapLeavesEverythingAsItWas() throws {
        let folder = try TemporaryFolder()
        var options = Environment.Options()
        options.mapSize = 1 << 20
        do {
            let environment = try Environment(at: folder.path, options: options)
            let table = try numbers(environment)
            try environment.write { try table.set([9], for: 0, in: $0) }
            let error = #expect(throws: StorageError.self) {
                try environment.write { transaction in
                    for key in 1..<100 as Range<UInt64> {
                        try table.set([UInt8](repeating: 1, count: 50_000), for: key, in: transaction)
                    }
                }
            }
            #expect(error == .failed(.mapFull, doing: "writing table 'numbers'", path: folder.path))
            #expect(try environment.read { try table.count(in: $0) } == 1)
            try environment.write { try table.set([1], for: 1, in: $0) }
        }
        options.mapSize = 64 << 20
        let environment = try Environment(at: folder.path, options: options)
        let table = try numbers(environment)
        try environment.write { try table.set([UInt8](repeating: 1, count: 5_000_000), for: 2, in: $0) }
        #expect(try environment.read { try table.count(in: $0) } == 3)
    }

    @Test func allReadersTaken() throws {
        let folder = try TemporaryFolder()
        var options = Environment.Options()
        options.readers = 4
        let environment = try Environment(at: folder.path, options: options)
        func nest(_ depth: Int) throws {
            try environment.read { _ in if depth > 1 { try nest(depth - 1) } }
        }
        try nest(4)
        let error = #expect(throws: StorageError.self) { try nest(5) }
        #expect(error == .failed(.readersFull, doing: "reading", path: folder.path))
        try nest(4)
    }

    @Test func whatIsNoDatabase() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/none"
        #expect(throws: StorageError.failed(.noSuchFile, doing: "opening the lock file", path: missing)) {
            _ = try Environment(at: missing)
        }
        let other = folder.path + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try Data(repeating: 65, count: 100_000).write(to: URL(fileURLWithPath: other + "/data.mdb"))
        #expect(throws: StorageError.failed(.invalid, doing: "opening the database", path: other)) {
            _ = try Environment(at: other)
        }
    }

    /// Pages that a change took and gave back are never written: a file that ends before them is whole, and one that
    /// ends before that is not.
    @Test(arguments: [10_000, 10_000_000])
    func aFileThatEndsBeforeItsLastPages(bytes: Int) throws {
        let folder = try TemporaryFolder()
        do {
            let environment = try Environment(at: folder.path)
            let table = try numbers(environment)
            func set(_ bytes: Int, for keys: Range<UInt64>) throws {
                try environment.write { transaction in
                    for key in keys {
                        try table.set([UInt8](repeating: 1, count: bytes), for: key, in: transaction)
                    }
                }
            }
            try set(bytes, for: 0..<1)
            for _ in 0..<3 { try set(1000, for: 1..<100) }
            try environment.write { transaction in
                try table.set([UInt8](repeating: 1, count: 1_000_000), for: 100, in: transaction)
                try table.remove(100, in: transaction)
            }
        }
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        // Where the first pages say which is the last.
        let places = [136, 4096 + 136]
        let file = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data.mdb"))
        let last = file.withUnsafeBytes { file in places.map { file.load(fromByteOffset: $0, as: Int.self) } }
        #expect(environment.bytes <= 4096 * last.max()!)
        #expect(try environment.read { try table.count(in: $0) } == 100)
        #expect(try environment.pageFault() == nil)
    }

    @Test func aFileThatWasCutOff() throws {
        let folder = try TemporaryFolder()
        do {
            let environment = try Environment(at: folder.path)
            let table = try numbers(environment)
            try environment.write { try table.set([UInt8](repeating: 1, count: 1_000_000), for: 1, in: $0) }
        }
        let file = folder.path + "/data.mdb"
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.prefix(500_000).write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: StorageError.self) { _ = try Environment(at: folder.path) }
        guard case .damaged? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try whole.write(to: URL(fileURLWithPath: file))
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        #expect(try environment.read { try table.count(in: $0) } == 1)
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aFullDisk() throws {
        let disk = try SmallDisk(megabytes: 2)
        defer { extendLifetime(disk) }
        let folder = disk.path + "/database"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        disk.fill()
        #expect(throws: StorageError.failed(.diskFull, doing: "making the lock file", path: folder)) {
            _ = try Environment(at: folder)
        }
        try disk.empty()
        let environment = try Environment(at: folder)
        let table = try numbers(environment)
        try environment.write { try table.set([1], for: 1, in: $0) }
        for _ in 0..<3 {
            let error = #expect(throws: StorageError.self) {
                try environment.write {
                    try table.set([UInt8](repeating: 1, count: 3_000_000), for: 2, in: $0)
                }
            }
            #expect(error == .failed(.diskFull, doing: "committing a change", path: folder))
            #expect(try environment.read { try table.count(in: $0) } == 1)
        }
        try environment.write { try table.set([2], for: 2, in: $0) }
        #expect(try environment.read { try table.value(of: 2, in: $0) } == [2])
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aReadOnlyFileSystem() throws {
        let disk = try SmallDisk(megabytes: 2)
        defer { extendLifetime(disk) }
        do {
            let environment = try Environment(at: disk.path)
            let table = try numbers(environment)
            try environment.write { try table.set([1], for: 1, in: $0) }
        }
        try disk.makeReadOnly()
        #expect(
            throws: StorageError.failed(.readOnlyFileSystem, doing: "opening the lock file", path: disk.path)
        ) {
            _ = try Environment(at: disk.path)
        }
        var options = Environment.Options()
        options.readOnly = true
        let environment = try Environment(at: disk.path, options: options)
        let table: Numbers = try #require(try environment.table("numbers"))
        #expect(try environment.read { try table.value(of: 1, in: $0) } == [1])
    }

    @Test func messagesSayWhatAndWhatToDo() {
        let full = StorageError.failed(.diskFull, doing: "committing a change", path: "/a")
        #expect(
            "\(full)"
                == "committing a change failed in '/a': No space left on device; this change was not made; free some space and try again"
        )
        let unknown = StorageError.failed(LMDBCode(rawValue: -30788), doing: "reading", path: "/a")
        #expect("\(unknown)".hasPrefix("reading failed in '/a': MDB_TXN_FULL"))
    }
}
