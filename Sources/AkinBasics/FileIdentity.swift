#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What tells one file or folder from all others, whatever path leads to it.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    package init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// Nil where there is nothing.
    package init?(path: String) {
        var status = stat()
        guard stat(PathText.system(path), &status) == 0 else { return nil }
        self.init(status)
    }

    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }
}
