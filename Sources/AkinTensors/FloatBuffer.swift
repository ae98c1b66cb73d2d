#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A run of floats at a fixed, 64-byte aligned address, zero at first, freed with its last reference.
///
/// Not synchronised: whoever shares one sees to it that no two threads write the same part.
package final class FloatBuffer: @unchecked Sendable {
    package let count: Int
    package let base: UnsafeMutablePointer<Float>

    package init(count: Int) {
        self.count = count
        // One vector of slack, so that a kernel may read (never write) a whole vector at the end.
        let bytes = (max(count, 1) * 4 + 127) & ~63
        guard let raw = aligned_alloc(64, bytes) else {
            fatalError("out of memory: \(bytes) bytes asked for")
        }
        memset(raw, 0, bytes)
        base = raw.assumingMemoryBound(to: Float.self)
    }

    deinit { free(base) }

    package var values: UnsafeMutableBufferPointer<Float> { .init(start: base, count: count) }
}
