import AkinBasics
import AkinEmbedding
import AkinImages
import Synchronization
import TestSupport
import Testing

@Suite struct InputBatchesTests {
    private let pictures: Pictures
    private let reader: InputReader

    init() throws {
        pictures = try Pictures()
        reader = InputReader(pictures.samples, preprocessing: Preprocessing(trusted: 6, width: 6))
    }

    private enum Problem: Error, Equatable { case at(Int) }

    @Test(arguments: [1, 5, 23, 100])
    func batchesComeInOrder(size: Int) {
        let batches = reader.readingAhead(batch: size)
        defer { batches.stop() }
        var next = 0
        while let batch = batches.next() {
            #expect(batch.range == next..<min(next + size, 23))
            let expected = reader.read(batch.range)
            #expect(batch.hashes == expected.hashes && batch.inputs == expected.inputs)
            #expect(batch.skipped.map(\.skipped) == expected.skipped.map(\.skipped))
            next = batch.range.upperBound
        }
        #expect(next == 23 && batches.next() == nil)
    }

    @Test func nothingToRead() {
        let batches = InputReader([], for: reader.input).readingAhead(batch: 4)
        #expect(batches.next() == nil)
        batches.stop()
    }

    @Test func onlyWhatIsChosenIsDecoded() throws {
        let batches = reader.readingAhead(batch: 5) { (range) throws(Problem) in
            { position, _ in position == range.lowerBound + 1 }
        }
        defer { batches.stop() }
        var decoded: [Int] = []
        while let batch = try batches.next() { decoded += batch.decoded }
        #expect(decoded == [1, 16, 21])
    }

    @Test func stopsHalfWay() throws {
        let asked = Mutex(0)
        let batches = reader.readingAhead(batch: 2, depth: 3) { (_) throws(Never) in
            asked.withLock { $0 += 1 }
            return { _, _ in true }
        }
        #expect(batches.next()?.range == 0..<2)
        batches.stop()
        // One was taken, three could wait, and one was being read.
        let begun = asked.withLock { $0 }
        #expect(1...5 ~= begun)
        var left = 0
        while batches.next() != nil { left += 1 }
        #expect(left <= 3)
        batches.stop()
        #expect(asked.withLock { $0 } == begun && batches.next() == nil)
    }

    @Test func theErrorOfChoosingComesAfterTheBatchesBefore() {
        let batches = reader.readingAhead(batch: 4) { (range) throws(Problem) in
            guard range.lowerBound < 8 else { throw .at(range.lowerBound) }
            return { _, _ in true }
        }
        defer { batches.stop() }
        var ranges: [Range<Int>] = []
        #expect(throws: Problem.at(8)) {
            while let batch = try batches.next() { ranges.append(batch.range) }
        }
        #expect(ranges == [0..<4, 4..<8])
        #expect(throws: Problem.at(8)) { try batches.next() }
    }

    @Test func readingEndsWithItsLastReference() async {
        // The thread holds what `choosing` holds.
        final class Witness: Sendable {}
        weak var weak: Witness?
        do {
            let witness = Witness()
            weak = witness
            let batches = reader.readingAhead(batch: 1, depth: 1) { (_) throws(Never) in
                { _, _ in withExtendedLifetime(witness) { true } }
            }
            #expect(batches.next()?.range == 0..<1)
        }
        for _ in 0..<2000 where weak != nil { try? await Task.sleep(for: .milliseconds(5)) }
        #expect(weak == nil)
    }
}
