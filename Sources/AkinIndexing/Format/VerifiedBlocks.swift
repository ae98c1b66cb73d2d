import AkinBasics
import AkinTensors
import Synchronization

/// The checksums of those blocks of a table that have been found to be right, so that each is computed only once.
final class VerifiedBlocks: Sendable {
    private let checksums = Mutex<[Int: ContentHash]>([:])

    /// The first of a table's blocks that is not what was written, if there is one.
    func firstDamaged(of blocks: [UnsafeRawBufferPointer]) -> Int? {
        let known = checksums.withLock { $0 }
        nonisolated(unsafe) let unknown = blocks.enumerated().filter {
            known[$0.offset] != SealedBlock.checksum($0.element)
        }
        guard !unknown.isEmpty else { return nil }
        let damaged = Mutex<Set<Int>>([])
        ThreadPool.shared.forEach(unknown.count) { index, _ in
            let (number, bytes) = unknown[index]
            if !SealedBlock.isIntact(bytes) { _ = damaged.withLock { $0.insert(number) } }
        }
        if let first = damaged.withLock({ $0.min() }) { return first }
        checksums.withLock { checksums in
            for (number, bytes) in unknown { checksums[number] = SealedBlock.checksum(bytes) }
        }
        return nil
    }

    /// All are compared again.
    func forget() { checksums.withLock { $0 = [:] } }
}
