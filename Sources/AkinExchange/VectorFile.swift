import AkinBasics
import AkinEmbedding
import AkinItems
import AkinTensors
import Synchronization

/// A file of vectors that is read a piece at a time, whatever its format.
final class VectorFile {
    /// Some vectors of the file, one row after the other.
    struct Piece {
        /// In the file, from 0.
        let firstRow: Int
        let count: Int
        /// `[count, dimension]`; every one can be stored and compared.
        let vectors: UnsafePointer<Float>
        /// What JSON lines say of the items.
        let items: ItemList?
        /// Where the rows stand, in a file of text.
        let lines: [Int]

        func place(_ row: Int) -> ExchangeError.Place {
            lines.isEmpty ? .row(firstRow + row) : .line(lines[row])
        }
    }

    let path: String
    /// Length of a vector.
    let dimension: Int
    /// How many there are; nil in a file of text.
    let rows: Int?
    private let file: FileParts
    private let content: Content
    private let rules: ItemRules

    private enum Content {
        case numPy(NumPyHeader)
        case tabs
        case json
    }

    init(_ path: String, _ rules: ItemRules) throws(ExchangeError) {
        self.path = path
        self.rules = rules
        do throws(FileError) { file = try FileParts(path) } catch {
            throw .file(path: path, error)
        }
        switch ExchangeFiles.vectorFormat(path) {
        case .numPy:
            let header = try NumPyHeader(of: file, path: path)
            content = .numPy(header)
            dimension = header.columns
            rows = header.rows
        case .tabs:
            content = .tabs
            dimension = try Self.firstDimension(file, path) { line, none throws(ExchangeError) in
                try Self.readTabs(line.bytes, into: none, path: path, line: line.number)
            }
            rows = nil
        case .json:
            content = .json
            dimension = try Self.firstDimension(file, path) { line, none throws(ExchangeError) in
                try Self.readJSON(line.bytes, into: none, readingIDs: false, path: path, line: line.number)
                    .dimension
            }
            rows = nil
        case nil: throw .unknownFormat(path: path)
        }
        guard (1...largestDimension).contains(dimension) else {
            throw .unsupportedDimension(dimension, limit: largestDimension)
        }
    }

    private typealias NumberedLine = (bytes: UnsafeBufferPointer<UInt8>, number: Int)

    private static func firstDimension(
        _ file: FileParts, _ path: String,
        _ count: (NumberedLine, UnsafeMutableBufferPointer<Float>) throws(ExchangeError) -> Int
    ) throws(ExchangeError) -> Int {
        var chunks = LineChunks(file, path: path)
        guard let line = try chunks.next()?.first else { throw .empty(path: path) }
        return try chunks.bytes.withUnsafeBufferPointer { bytes throws(ExchangeError) in
            try count(
                (UnsafeBufferPointer(rebasing: bytes[line.range]), line.number),
                UnsafeMutableBufferPointer(start: nil, count: 0))
        }
    }

    /// How many vectors a piece has: 64 MB of them, and not so many that their items need much more.
    var rowsOfPiece: Int { min(1 << 17, max(1, (64 << 20) / (4 * dimension))) }

    /// Calls `body` with all pieces in order, until it gives false. JSON lines' backbone, which all of them have,
    /// is in `backbone` after the first.
    func forEachPiece(_ body: (Piece) throws(ExchangeError) -> Bool) throws(ExchangeError) {
        let checked = { (piece: Piece) throws(ExchangeError) -> Bool in
            try self.check(piece)
            return try body(piece)
        }
        if case .numPy(let header) = content {
            try forEachPiece(header, checked)
        } else {
            try forEachTextPiece(checked)
        }
    }

    /// Which backbone JSON lines say that they are of, once a piece was read.
    private(set) var backbone: BackboneIdentity?

    private func check(_ piece: Piece) throws(ExchangeError) {
        let step = 1024
        let parts = (piece.count + step - 1) / step
        let unusable = Mutex<Int?>(nil)
        nonisolated(unsafe) let vectors = piece.vectors
        ThreadPool.shared.forEach(parts) { part, _ in
            for row in part * step..<min((part + 1) * step, piece.count)
            where !isUsableEmbedding(
                UnsafeBufferPointer(start: vectors + row * dimension, count: dimension))
            {
                unusable.withLock { $0 = min($0 ?? row, row) }
                return
            }
        }
        if let row = unusable.withLock({ $0 }) {
            throw .notFinite(path: path, place: piece.place(row))
        }
    }

    private func forEachPiece(
        _ header: NumPyHeader, _ body: (Piece) throws(ExchangeError) -> Bool
    ) throws(ExchangeError) {
        let size = header.columns * header.number.bytes
        let most = min(rowsOfPiece, header.rows)
        let vectors = UnsafeMutablePointer<Float>.allocate(capacity: most * header.columns)
        defer { vectors.deallocate() }
        let isPlain = header.number == .float32 && !header.isBigEndian
        let raw =
            isPlain
            ? UnsafeMutableRawBufferPointer(start: vectors, count: most * size)
            : .allocate(byteCount: most * size, alignment: 8)
        defer { if !isPlain { raw.deallocate() } }
        for first in stride(from: 0, to: header.rows, by: max(1, most)) {
            let count = min(most, header.rows - first)
            let part = UnsafeMutableRawBufferPointer(rebasing: raw[..<(count * size)])
            let got: Int
            do throws(FileError) { got = try file.read(part, at: header.offset + first * size) } catch {
                throw .file(path: path, error)
            }
            guard got == part.count else {
                throw .wrongLength(
                    path: path, expected: file.size, found: header.offset + first * size + got)
            }
            if !isPlain { header.convert(UnsafeRawBufferPointer(part), into: vectors) }
            let piece = Piece(firstRow: first, count: count, vectors: vectors, items: nil, lines: [])
            guard try body(piece) else { return }
        }
    }

    private func forEachTextPiece(_ body: (Piece) throws(ExchangeError) -> Bool) throws(ExchangeError) {
        var chunks = LineChunks(file, path: path)
        var lines: [Int] = []
        var vectors: [Float] = []
        var items = ItemList()
        var firstRow = 0
        func give() throws(ExchangeError) -> Bool {
            defer {
                firstRow += lines.count
                lines.removeAll(keepingCapacity: true)
                vectors.removeAll(keepingCapacity: true)
                items = ItemList()
            }
            return try vectors.withUnsafeBufferPointer { values throws(ExchangeError) in
                guard let base = values.baseAddress else { return true }
                return try body(
                    Piece(
                        firstRow: firstRow, count: lines.count, vectors: base,
                        items: items.count > 0 ? items : nil, lines: lines))
            }
        }
        while let chunk = try chunks.next() {
            // A part of the chunk at a time, so that pieces are of one size.
            var taken = 0
            while taken < chunk.count {
                let count = min(chunk.count - taken, rowsOfPiece - lines.count)
                let part = Array(chunk[taken..<taken + count])
                let row = firstRow + lines.count
                items.append(try parse(part, of: chunks.bytes, firstRow: row, into: &vectors))
                lines += part.map(\.number)
                taken += count
                if lines.count == rowsOfPiece, try !give() { return }
            }
        }
        if !lines.isEmpty { _ = try give() }
    }

    /// Appends the vectors of some lines; the items that they say.
    private func parse(
        _ lines: [LineChunks.Line], of bytes: [UInt8], firstRow: Int, into vectors: inout [Float]
    ) throws(ExchangeError) -> ItemList {
        let start = vectors.count
        vectors.append(contentsOf: repeatElement(0, count: lines.count * dimension))
        let parts = min(16, lines.count)
        let results = vectors.withUnsafeMutableBufferPointer { vectors in
            bytes.withUnsafeBufferPointer { bytes in
                nonisolated(unsafe) let (vectors, bytes) = (vectors, bytes)
                return ThreadPool.shared.map(parts) { part -> Result<LinePart, ExchangeError> in
                    let range = part * lines.count / parts..<(part + 1) * lines.count / parts
                    do throws(ExchangeError) {
                        var result = LinePart()
                        var rules = rules
                        rules.firstRow = firstRow + range.lowerBound
                        for row in range {
                            try parse(
                                lines[row], of: bytes,
                                into: .init(
                                    rebasing: vectors[start + row * dimension..<start + (row + 1) * dimension]
                                ),
                                rules: rules, &result)
                        }
                        return .success(result)
                    } catch {
                        return .failure(error)
                    }
                }
            }
        }
        var items = ItemList()
        for result in results {
            let part = try result.get()
            if case .json = content {
                let isFirst = firstRow == 0 && items.count == 0
                if isFirst { backbone = part.backbone }
                guard part.backbone?.hash == backbone?.hash else {
                    throw .backbonesDiffer(path: path, line: part.firstLine)
                }
                guard part.items.ids.isEmpty == items.ids.isEmpty || items.count == 0 else {
                    throw .incomplete(path: path, line: part.firstLine, what: "an id")
                }
                items.append(part.items)
            }
        }
        return items
    }

    /// What a thread has read.
    private struct LinePart {
        var items = ItemList()
        var backbone: BackboneIdentity?
        var firstLine = 0
    }

    private func parse(
        _ line: LineChunks.Line, of bytes: UnsafeBufferPointer<UInt8>,
        into vector: UnsafeMutableBufferPointer<Float>, rules: ItemRules, _ part: inout LinePart
    ) throws(ExchangeError) {
        let text = UnsafeBufferPointer(rebasing: bytes[line.range])
        guard case .json = content else {
            let count = try Self.readTabs(text, into: vector, path: path, line: line.number)
            return try check(count, line)
        }
        let item = try Self.readJSON(
            text, into: vector, readingIDs: rules.readsIDs, path: path, line: line.number)
        try check(item.dimension, line)
        if part.items.count == 0 { (part.backbone, part.firstLine) = (item.backbone, line.number) }
        guard item.backbone?.hash == part.backbone?.hash else {
            throw .backbonesDiffer(path: path, line: line.number)
        }
        guard part.items.count == 0 || (item.id == nil) == part.items.ids.isEmpty else {
            throw .incomplete(path: path, line: line.number, what: "an id")
        }
        try part.items.append(
            label: item.label, source: item.source, group: item.group, rules: rules, path: path,
            line: line.number)
        if let id = item.id { part.items.ids.append(id) }
        part.items.contentHashes.append(item.contentHash)
    }

    private func check(_ found: Int, _ line: LineChunks.Line) throws(ExchangeError) {
        guard found == dimension else {
            throw .wrongDimension(path: path, place: .line(line.number), expected: dimension, found: found)
        }
    }

    private static func readJSON(
        _ text: UnsafeBufferPointer<UInt8>, into vector: UnsafeMutableBufferPointer<Float>,
        readingIDs: Bool, path: String, line: Int
    ) throws(ExchangeError) -> JSONItem {
        do throws(JSONItem.Problem) {
            return try JSONItem(text, vector: vector, readingIDs: readingIDs)
        } catch {
            throw .malformed(path: path, line: line, reason: error.reason)
        }
    }

    /// Numbers with tabs between them: how many there are; those that there is room for are stored.
    private static func readTabs(
        _ text: UnsafeBufferPointer<UInt8>, into vector: UnsafeMutableBufferPointer<Float>, path: String,
        line: Int
    ) throws(ExchangeError) -> Int {
        guard let bytes = text.baseAddress else { return 0 }
        var place = 0
        var count = 0
        while true {
            guard let value = DecimalNumber.read(bytes, &place, end: text.count),
                place == text.count || bytes[place] == UInt8(ascii: "\t")
            else {
                throw .malformed(path: path, line: line, reason: "its value \(count + 1) is no number")
            }
            if count < vector.count { vector[count] = value }
            count += 1
            if place == text.count { return count }
            place += 1
        }
    }
}

extension Matrix {
    /// The vectors of a `.npy`, `.tsv` or `.jsonl` file, `[rows, dimension]`; `ExchangeFormats` has the formats.
    ///
    /// - Throws: `otherBackbone` where the file says (JSON lines can) that another one than `backbone` made them.
    public init(vectorsIn path: String, by backbone: BackboneIdentity? = nil) throws(ExchangeError) {
        let file = try VectorFile(path, ItemRules(label: nil, source: path, readsIDs: false))
        var values: [Float] = []
        var rows = 0
        try file.forEachPiece { piece throws(ExchangeError) in
            values.append(
                contentsOf: UnsafeBufferPointer(start: piece.vectors, count: piece.count * file.dimension))
            rows += piece.count
            return true
        }
        if let backbone, let found = file.backbone, found.hash != backbone.hash {
            throw .otherBackbone(path: path, expected: backbone, found: found)
        }
        self.init(rows: rows, columns: file.dimension, trusted: values)
    }
}
