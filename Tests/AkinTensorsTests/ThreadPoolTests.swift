import AkinTensors
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 7]) func callsEachIndexOnce(threads: Int) {
        let pool = ThreadPool(threads: threads)
        for count in [0, 1, 2, 5, 100, 1000] {
            let calls = FloatBuffer(count: count)
            pool.forEach(count) { index, thread in
                precondition(thread < threads)
                calls.base[index] += 1
            }
            #expect(calls.values.allSatisfy { $0 == 1 }, "\(threads) threads, \(count) calls")
        }
    }

    @Test func manyShortLoops() {
        let pool = ThreadPool(threads: 4)
        let total = Atomic<Int>(0)
        for _ in 0..<20_000 { pool.forEach(3) { _, _ in total.wrappingAdd(1, ordering: .relaxed) } }
        #expect(total.load(ordering: .relaxed) == 60_000)
    }

    @Test func loopInsideALoop() {
        let pool = ThreadPool(threads: 3)
        let total = Atomic<Int>(0)
        pool.forEach(10) { _, _ in
            pool.forEach(10) { _, thread in
                precondition(thread == 0)
                total.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(total.load(ordering: .relaxed) == 100)
    }

    @Test func partitionCoversEverythingOnce() {
        for count in 0..<40 {
            for parts in 1..<9 {
                let runs = (0..<parts).map { run($0, of: parts, in: count) }
                #expect(runs.flatMap { Array($0) } == Array(0..<count))
                #expect(runs.map(\.count).max()! - runs.map(\.count).min()! <= 1)
            }
        }
    }
}
