import Akin
import AkinBasics
import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Paths that come line by line, from a file or from another program: each as soon as it is there.
final class InputLines: @unchecked Sendable {
    // Used by the one thread that reads.
    private let descriptor: CInt
    private let separator: UInt8
    private var bytes: [UInt8] = []
    /// So many of them end no line.
    private var looked = 0
    private var isAtEnd = false
    /// Before which programs of Windows put a mark.
    private var isFirst = true
    /// Why there may be more that could not be read.
    private(set) var failure: FileError?

    /// - Parameter file: `-` for standard input.
    /// - Throws: `DatasetError` where there is no such file.
    init(_ file: String, separatedByNull: Bool) throws {
        separator = separatedByNull ? 0 : 0x0A
        if file == "-" {
            descriptor = STDIN_FILENO
            return
        }
        descriptor = open(PathText.system(file), O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0 else {
            throw DatasetError.file(
                path: file, errno == ENOENT ? .missing : .unreadable(reason: String(cString: strerror(errno)))
            )
        }
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw DatasetError.file(path: file, .notAFile(kind: "a folder"))
        }
    }

    deinit { if descriptor > STDIN_FILENO { close(descriptor) } }

    /// Those that are there, at most so many; waits for one. None at the end.
    func next(_ most: Int) -> [String] {
        while true {
            let lines = take(most)
            if !lines.isEmpty || isAtEnd { return lines }
            fill()
        }
    }

    /// A name need not be UTF-8.
    private func take(_ most: Int) -> [String] {
        var lines: [String] = []
        var start = 0
        while lines.count < most, let end = bytes[max(start, looked)...].firstIndex(of: separator) {
            lines.append(Self.path(bytes[start..<end], isLine: separator != 0))
            start = end + 1
            looked = start
        }
        if lines.count < most { looked = bytes.count }
        // The last need not have an end.
        if isAtEnd, lines.count < most, start < bytes.count {
            lines.append(Self.path(bytes[start...], isLine: separator != 0))
            start = bytes.count
        }
        bytes.removeFirst(start)
        looked -= start
        return lines
    }

    private static func path(_ bytes: ArraySlice<UInt8>, isLine: Bool) -> String {
        var bytes = bytes
        if isLine, bytes.last == 0x0D { bytes.removeLast() }
        // As a text of C it would end there.
        if bytes.contains(0) { return PathText.text(of: bytes) }
        return (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
            PathText.text(ofArgument: $0.baseAddress!)
        }
    }

    private func fill() {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &part, part.count)
            if count >= 0 {
                isAtEnd = count == 0
                bytes += part.prefix(count)
                if isFirst, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
                isFirst = false
                return
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Whoever gave it will not wait; this program will.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&waiting, 1, -1)
            case let code:
                failure = .unreadable(reason: String(cString: strerror(code)))
                isAtEnd = true
                return
            }
        }
    }
}
