import AkinBasics

/// The lines of a large text file, some megabytes of them at a time. Blank ones are left out, but counted.
struct LineChunks {
    /// A line, without its end.
    struct Line {
        /// From 1.
        let number: Int
        let range: Range<Int>
    }

    private let file: FileParts
    private let path: String
    private var offset = 0
    private var number = 1
    /// Where the bytes that were not given yet begin.
    private var rest = 0
    /// What the lines' ranges are in.
    private(set) var bytes: [UInt8] = []

    private static let size = 8 << 20
    /// The longest line: a vector of a million numbers, each with all its digits, has less.
    private static let longest = 64 << 20

    init(_ file: FileParts, path: String) {
        self.file = file
        self.path = path
    }

    /// The next lines; nil at the end.
    mutating func next() throws(ExchangeError) -> [Line]? {
        while true {
            bytes.removeFirst(rest)
            rest = 0
            let kept = bytes.count
            guard kept <= Self.longest else {
                throw .lineTooLong(path: path, line: number, limit: Self.longest)
            }
            try read()
            let isEnd = bytes.count == kept
            guard !bytes.isEmpty else { return nil }
            guard isEnd || bytes[kept...].contains(UInt8(ascii: "\n")) else { continue }
            let lines = try split(isEnd: isEnd)
            if !lines.isEmpty { return lines }
            if isEnd { return nil }
        }
    }

    /// Appends what comes next in the file.
    private mutating func read() throws(ExchangeError) {
        let kept = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: max(0, min(Self.size, file.size - offset))))
        var count = 0
        do throws(FileError) {
            count = try bytes.withUnsafeMutableBufferPointer { bytes throws(FileError) in
                try file.read(UnsafeMutableRawBufferPointer(.init(rebasing: bytes[kept...])), at: offset)
            }
        } catch {
            throw .file(path: path, error)
        }
        bytes.removeLast(bytes.count - kept - count)
        if offset == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { rest = 3 }
        offset += count
    }

    private mutating func split(isEnd: Bool) throws(ExchangeError) -> [Line] {
        var lines: [Line] = []
        let number = number
        var next = number
        var start = rest
        let damaged = bytes.withUnsafeBufferPointer { bytes -> Int? in
            while start < bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
                if end == bytes.count, !isEnd { break }
                let following = min(end + 1, bytes.count)
                if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
                guard Text.isSound(UnsafeBufferPointer(rebasing: bytes[start..<end])) else { return next }
                if start < end { lines.append(Line(number: next, range: start..<end)) }
                next += 1
                start = following
            }
            return nil
        }
        if let damaged { throw .notText(path: path, line: damaged) }
        self.number = next
        rest = start
        return lines
    }
}
