import AkinStorage
import Foundation
import TestSupport
import Testing

@Suite struct ExchangeTests {
    @Test func tablesOutliveAnExchange() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/database"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let environment = try Environment(at: path)
        // In another order than the second one opens them.
        let last: Numbers = try #require(try environment.table("z", creating: true))
        let table = try numbers(environment)
        try environment.write { transaction in
            for key in 0..<2000 as Range<UInt64> {
                try table.set([UInt8](repeating: 7, count: 500), for: key, in: transaction)
            }
            try last.set([1], for: 1, in: transaction)
        }
        try environment.write { transaction in
            for key in 1..<2000 as Range<UInt64> { try table.remove(key, in: transaction) }
        }
        let other = try Environment(at: path)
        let before = environment.bytes
        try other.compact()
        #expect(try environment.read { try table.count(in: $0) } == 1)
        #expect(environment.bytes < before / 10)
        try environment.write { try table.set([2], for: 2, in: $0) }
        #expect(try other.read { try table.value(of: 2, in: $0) } == [2])
        #expect(try other.read { try last.value(of: 1, in: $0) } == [1])
    }

    @Test func aTableThatIsNotThereYet() throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table: Numbers = try environment.possibleTable("later")
        #expect(try environment.read { try table.count(in: $0) } == 0)
        #expect(try environment.read { try table.value(of: 1, in: $0) } == nil)
        #expect(try environment.read { try table.last(in: $0)?.key } == nil)
        #expect(throws: StorageError.failed(.notFound, doing: "writing table 'later'", path: folder.path)) {
            try environment.write { try table.set([1], for: 1, in: $0) }
        }
        let other = try Environment(at: folder.path)
        try other.create([table.name])
        try other.write { transaction in
            for key in 1...3 as ClosedRange<UInt64> { try table.set([1], for: key, in: transaction) }
        }
        #expect(try environment.read { try table.last(in: $0)?.key } == 3)
        try environment.write { try table.removeAll(in: $0) }
        #expect(try other.read { try table.count(in: $0) } == 0)
    }

    /// Made by another process, it is found by those that have looked for it in vain.
    @Test func aTableThatAnotherProcessMakes() async throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table: Numbers = try environment.possibleTable("numbers")
        #expect(try environment.read { try table.count(in: $0) } == 0)
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            let environment = try Environment(at: path)
            let table = try numbers(environment)
            try environment.write { try table.set([5], for: 1, in: $0) }
        }
        #expect(try environment.read { try table.value(of: 1, in: $0) } == [5])
    }

    @Test func aFolderThatIsGoneIsNotWrittenTo() throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table = try numbers(environment)
        try environment.write { try table.set([5], for: 1, in: $0) }
        try FileManager.default.moveItem(atPath: folder.path, toPath: folder.path + "-moved")
        defer { try? FileManager.default.removeItem(atPath: folder.path + "-moved") }
        #expect(try environment.read { try table.value(of: 1, in: $0) } == [5])
        #expect(
            throws: StorageError.failed(.noSuchFile, doing: "beginning a change", path: folder.path)
        ) { try environment.write { try table.set([6], for: 1, in: $0) } }
        let moved = try Environment(at: folder.path + "-moved")
        #expect(try moved.read { try table.value(of: 1, in: $0) } == [5])
        try moved.write { try table.set([6], for: 1, in: $0) }
    }
}
