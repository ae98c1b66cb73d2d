import AkinTensors
import Testing
import TestSupport

@Suite struct AllocationTests {
    @Test func buffersAreCounted() {
        guard let count = allocations(of: { _ = FloatBuffer(count: 1000) }) else { return }
        #expect(count >= 1)
        #expect(allocations(of: {}) == 0)
    }

    @Test(arguments: [1, 2]) func loopsDoNotAllocate(threads: Int) {
        let pool = ThreadPool(threads: threads)
        let sums = FloatBuffer(count: 64)
        func loop() { pool.forEach(64) { index, _ in sums.base[index] += 1 } }
        loop()
        guard let count = allocations(of: loop) else { return }
        #expect(count == 0)
    }
}
