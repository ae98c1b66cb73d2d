import AkinStorage
import Foundation
import AkinTensors
import TestSupport
import Testing

typealias Numbers = Table<UInt64, [UInt8]>

@Suite struct TableTests {
    @Test(arguments: 0..<10) func tablesAgreeWithADictionary(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        var environment = try Environment(at: folder.path)
        var table: Numbers = try #require(try environment.table("numbers", creating: true))
        var model: [UInt64: [UInt8]] = [:]
        for round in 0..<60 {
            var next = model
            let fails = Int.random(in: 0..<5, using: &generator) == 0
            do {
                try environment.write { transaction in
                    for _ in 0..<Int.random(in: 0..<20, using: &generator) {
                        let key = UInt64.random(in: 0..<50, using: &generator) << (generator.next() % 57)
                        if Bool.random(using: &generator) {
                            let count = [0, 1, 10, 3000, 70_000][Int.random(in: 0..<5, using: &generator)]
                            let value = [UInt8](
                                repeating: UInt8.random(in: 0...255, using: &generator), count: count)
                            try table.set(value, for: key, in: transaction)
                            next[key] = value
                        } else {
                            #expect(
                                try table.remove(key, in: transaction)
                                    == (next.removeValue(forKey: key) != nil))
                        }
                        #expect(try table.value(of: key, in: transaction) == next[key])
                    }
                    if fails { throw Failure() }
                }
                model = next
            } catch is Failure {}
            if round % 20 == 19 {
                table = try #require(try environment.table("numbers"))
                environment = try Environment(at: folder.path)
            }
            try environment.read { transaction in
                #expect(try table.count(in: transaction) == model.count)
                var found: [UInt64] = []
                try table.forEach(in: transaction) { key, value in
                    #expect(model[key] == Array(value), "seed \(seed), round \(round)")
                    found.append(key)
                    return true
                }
                #expect(found == model.keys.sorted(), "seed \(seed), round \(round)")
                let middle = UInt64.random(in: 0..<100, using: &generator)
                var first: UInt64?
                try table.forEach(from: middle, in: transaction) { key, _ in
                    first = key
                    return false
                }
                #expect(first == model.keys.filter { $0 >= middle }.min())
            }
        }
    }

    struct Failure: Error {}

    @Test(arguments: 0..<5) func setTablesAgreeWithADictionaryOfSets(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table: SetTable<String> = try #require(try environment.setTable("sets", creating: true))
        var model: [String: Set<UInt64>] = [:]
        for _ in 0..<50 {
            try environment.write { transaction in
                for _ in 0..<30 {
                    let key = ["a", "b", "ü", "a longer key"][Int.random(in: 0..<4, using: &generator)]
                    let number = UInt64.random(in: 0..<20, using: &generator)
                    if Int.random(in: 0..<3, using: &generator) > 0 {
                        let isNew = model[key, default: []].insert(number).inserted
                        let inserted = try table.insert(number, for: key, in: transaction)
                        #expect(inserted == isNew)
                    } else {
                        let wasThere = model[key]?.remove(number) != nil
                        let removed = try table.remove(number, for: key, in: transaction)
                        #expect(removed == wasThere)
                    }
                }
            }
            model = model.filter { !$0.value.isEmpty }
            try environment.read { transaction in
                let counts = try table.counts(in: transaction)
                #expect(
                    Dictionary(uniqueKeysWithValues: counts.map { ($0.key, $0.count) })
                        == model.mapValues(\.count))
                for key in ["a", "b", "none"] {
                    #expect(try table.numbers(of: key, in: transaction) == model[key, default: []].sorted())
                }
            }
        }
    }

    @Test func keysOfWrongLengthAreRefused() throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table: Table<String, UInt64> = try #require(try environment.table("texts", creating: true))
        for key in ["", String(repeating: "x", count: 512)] {
            let error = #expect(throws: StorageError.self) {
                try environment.write { try table.set(1, for: key, in: $0) }
            }
            #expect(error == .failed(.badValueSize, doing: "writing table 'texts'", path: folder.path))
        }
        let longest = String(repeating: "x", count: 511)
        try environment.write { try table.set(7, for: longest, in: $0) }
        #expect(try environment.read { try table.value(of: longest, in: $0) } == 7)
    }

    @Test func aValueOfAnotherKindIsMalformed() throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let bytes: Table<String, [UInt8]> = try #require(try environment.table("texts", creating: true))
        let numbers: Table<String, UInt64> = try #require(try environment.table("texts"))
        try environment.write { try bytes.set([1, 2, 3], for: "a", in: $0) }
        #expect(throws: StorageError.malformed(table: "texts", path: folder.path)) {
            try environment.read { try numbers.value(of: "a", in: $0) }
        }
    }

    @Test func largeValuesLieWhereTheDocumentationSays() throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let table: Numbers = try #require(try environment.table("numbers", creating: true))
        try environment.write { transaction in
            for key in 0..<40 as Range<UInt64> {
                try table.set([UInt8](repeating: 1, count: 2050 + 997 * Int(key)), for: key, in: transaction)
            }
        }
        try environment.read { transaction in
            try table.forEach(in: transaction) { _, bytes in
                #expect(UInt(bitPattern: bytes.baseAddress!) % 4096 == 16)
                return true
            }
        }
    }

    /// A length that leads out of the file would be a bus error. A large file's pages are not looked at beforehand.
    @Test func aDamagedLengthIsAnError() throws {
        let folder = try TemporaryFolder()
        let value = [UInt8](repeating: 0xA7, count: 100)
        do {
            let environment = try Environment(at: folder.path)
            let table: Table<String, [UInt8]> = try #require(try environment.table("t", creating: true))
            try environment.write { transaction in
                try table.set(value, for: "key", in: transaction)
                try table.set([UInt8](repeating: 0, count: 10_000_000), for: "later", in: transaction)
            }
        }
        // A node begins with its value's length, eight bytes before the key.
        let file = URL(filePath: folder.path + "/data.mdb")
        var bytes = try Data(contentsOf: file)
        let place = try #require(bytes.firstRange(of: Data("key".utf8 + value))).lowerBound - 8
        bytes[place + 2] = 0x19
        try bytes.write(to: file)
        let environment = try Environment(at: folder.path)
        let table: Table<String, [UInt8]> = try #require(try environment.table("t"))
        let error = StorageError.failed(.corrupted, doing: "reading table 't'", path: folder.path)
        try environment.read { transaction in
            #expect(throws: error) { try table.bytes(of: "key", in: transaction) }
            #expect(throws: error) { try table.forEach(in: transaction) { _, _ in true } }
        }
    }
}
