import AkinStorage
import AkinTensors
import Foundation
import TestSupport
import Testing

/// What LMDB writes is found to be sound, whatever it is; and what it did not write is not.
@Suite struct PageCheckTests {
    private func change(
        _ values: Table<UInt64, [UInt8]>, _ sets: SetTable<UInt64>, of environment: Environment,
        _ generator: inout SeededGenerator
    ) throws {
        try environment.write { transaction in
            for _ in 0..<40 {
                let key = UInt64.random(in: 0..<300, using: &generator)
                let size = [8, 100, 3000, 40_000][Int.random(in: 0..<4, using: &generator)]
                try values.set([UInt8](repeating: 1, count: size), for: key, in: transaction)
                try values.remove(UInt64.random(in: 0..<300, using: &generator), in: transaction)
                // Sets of one, of a part of a page and of trees.
                let set = key % 3 == 0 ? key : key % 2
                for _ in 0..<50 {
                    let number = UInt64.random(in: 0..<5000, using: &generator)
                    try sets.insert(number, for: set, in: transaction)
                }
            }
        }
    }

    @Test func whatIsWrittenIsSound() throws {
        let folder = try TemporaryFolder()
        let environment = try Environment(at: folder.path)
        let values: Table<UInt64, [UInt8]> = try #require(try environment.table("values", creating: true))
        let sets: SetTable<UInt64> = try #require(try environment.setTable("sets", creating: true))
        var generator = SeededGenerator(seed: 4)
        for round in 0..<60 {
            try change(values, sets, of: environment, &generator)
            #expect(try environment.pageFault() == nil, "round \(round)")
            if round % 20 == 19 { try environment.compact() }
        }
        #expect(try environment.pageFault() == nil)
    }

    /// Bytes at the beginning of a small database's pages: what is damaged is told, or harmless.
    @Test func damageIsFound() throws {
        let folder = try TemporaryFolder()
        do {
            let environment = try Environment(at: folder.path)
            let values: Table<UInt64, [UInt8]> = try #require(try environment.table("values", creating: true))
            try environment.write { transaction in
                for key in 0..<200 as Range<UInt64> {
                    try values.set([UInt8](repeating: 9, count: 100), for: key, in: transaction)
                }
            }
            #expect(try environment.pageFault() == nil)
        }
        let file = URL(fileURLWithPath: folder.path + "/data.mdb")
        let bytes = Array(try Data(contentsOf: file))
        var generator = SeededGenerator(seed: 5)
        var found = 0
        for _ in 0..<300 {
            let copy = try TemporaryFolder()
            // In the beginning of a page that is not one of the first two.
            let page = Int.random(in: 2..<bytes.count / 4096, using: &generator)
            let place = 4096 * page + Int.random(in: 0..<60, using: &generator)
            var damaged = bytes
            damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
            try copy.write("data.mdb", damaged)
            // A small file is looked at when it is opened.
            guard let environment = try? Environment(at: copy.path) else {
                found += 1
                continue
            }
            let values: Table<UInt64, [UInt8]> = try #require(try environment.table("values"))
            try environment.read { transaction in
                var keys: [UInt64] = []
                try values.forEach(in: transaction) { key, value in
                    keys.append(key)
                    #expect(value.count == 100)
                    return true
                }
                #expect(keys == Array(0..<200), "byte \(place)")
            }
        }
        #expect(found > 100)
    }
}
