#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file without a name, for what need not fit into memory: a kill leaves nothing of it.
package final class NamelessFile {
    private let name: String
    private let file: CInt
    /// Bytes written.
    package private(set) var size = 0

    /// On the disk of this folder. Errors call it `name`, where it is for something that has one.
    package init(in folder: String, for name: String? = nil) throws(WriteError) {
        self.name = name ?? folder
        #if canImport(Glibc)
        // O_TMPFILE, a macro that does not come through to Swift: it is never seen under a name.
        let unnamed = open(PathText.system(folder), 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600)
        if unnamed >= 0 {
            file = unnamed
            return
        }
        #endif
        var path = PathText.system("\(folder)/akin.XXXXXX")
        file = mkstemp(&path)
        guard file >= 0 else { throw WriteError(path: self.name, code: errno) }
        unlink(path)
    }

    deinit { if file >= 0 { close(file) } }

    /// Writes at the end.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(WriteError) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let written = pwrite(file, base + done, bytes.count - done, off_t(size + done))
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw WriteError(path: name, code: written < 0 ? errno : EIO) }
            done += written
        }
        size += done
    }

    /// Fills `bytes` with what was written at `offset`.
    package func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(WriteError) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = pread(file, base + done, bytes.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw WriteError(path: name, code: count < 0 ? errno : EIO) }
            done += count
        }
    }
}
