import AkinTensors
import Testing

@Suite struct SeededGeneratorTests {
    @Test func sameSeedSameNumbers() {
        var (a, b) = (SeededGenerator(seed: 7, 1, 2), SeededGenerator(seed: 7, 1, 2))
        #expect((0..<100).allSatisfy { _ in a.next() == b.next() })
    }

    @Test func purposesAndSeedsDiffer() {
        var firsts: Set<UInt64> = []
        for seed in 0..<20 as Range<UInt64> {
            for purpose in 0..<20 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed, purpose)
                firsts.insert(generator.next())
            }
        }
        #expect(firsts.count == 400)
    }

    @Test func uniformFillsTheInterval() {
        var generator = SeededGenerator(seed: 1)
        let values = (0..<100_000).map { _ in generator.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = values.reduce(0, +) / 100_000
        #expect(abs(mean - 0.5) < 0.01)
    }
}
