#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is read a part at a time, because the whole may not fit into memory. Only a regular one, as with
/// `FileBytes`.
package final class FileParts: Sendable {
    /// Bytes in it when it was opened.
    package let size: Int
    private let path: String
    private let descriptor: CInt

    package init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = open(PathText.system(path), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            size = 0
            throw FileBytes.problem(at: path, errno)
        }
        var status = stat()
        let code = fstat(descriptor, &status) == 0 ? 0 : errno
        size = Int(status.st_size)
        // From here on `deinit` closes it.
        if code != 0 { throw FileBytes.problem(at: path, code) }
        if let kind = FileBytes.kindUnlessFile(status) { throw .notAFile(kind: kind) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Fills `buffer` with what begins at `offset`; how many bytes that were, fewer only where the file ends.
    package func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let got = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw FileBytes.problem(at: path, errno)
            }
            done += got
        }
        return done
    }
}
