#if canImport(Glibc)
import AkinBasics
import Glibc
#else
import Darwin
#endif

/// Who wants to write locks the file of data first (`flock`), and then begins LMDB's write transaction, which no
/// one else waits for then. LMDB's own lock cannot be tried; this one can, so that a program that has to wait is
/// able to say so. Where the file system knows no such locks LMDB's is enough.
struct WriterLock {
    private let descriptor: Int32
    /// The file that is locked.
    let file: FileIdentity?

    /// Waits for the lock of a file, calling `waiting` before it does. Nil if the file cannot be opened.
    init?(_ path: String, waiting: () -> Void) {
        descriptor = open(PathText.system(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        file = FileIdentity(descriptor: descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        waiting()
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    /// To be called once.
    func release() { close(descriptor) }
}
