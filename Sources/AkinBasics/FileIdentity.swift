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

    /// As the above; where there is nothing of that name, and it is that of a page, or of a picture of several in a file (`scan.tif#2`), of
    /// the file.
    package init?(source: String) {
        if let own = FileIdentity(path: source) {
            self = own
        } else if let mark = source.utf8.lastIndex(of: UInt8(ascii: "#")) {
            self.init(path: String(source[..<mark]))
        } else {
            return nil
        }
    }

    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }
}
