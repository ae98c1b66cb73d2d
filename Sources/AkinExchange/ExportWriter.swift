import AkinBasics
import AkinEmbedding
import AkinItems
import AkinTensors
import Foundation

/// The files of an export while they are written.
package final class ExportWriter {
    private let files: ExchangeFiles
    private let vectors: PendingFile
    private let items: PendingFile?
    private let format: ExchangeFiles.VectorFormat
    private let backbone: [UInt8]
    /// `[items, dimension]`, as the beginning of the file says.
    private let announced: (count: Int, dimension: Int)
    private var written = 0
    /// What goes into a pipe once it is known how much that is.
    private let waiting: NamelessFile?

    /// - Parameters:
    ///   - count: How many items there are, or at most.
    ///   - isExact: Whether all of them will come.
    package init(
        _ files: ExchangeFiles, _ maker: BackboneIdentity, dimension: Int, count: Int, isExact: Bool = true
    ) throws(ExchangeError) {
        self.files = files
        format = files.format
        announced = (count, dimension)
        backbone =
            Array(#"{"name":"#.utf8) + Self.quoted(maker.name)
            + Array(#","hash":"\#(maker.hash)"}"#.utf8)
        do throws(WriteError) {
            vectors = try PendingFile(files.vectors)
            items = try files.items.map { path throws(WriteError) in try PendingFile(path) }
            waiting =
                vectors.isStreaming && !isExact && format == .numPy
                ? try NamelessFile(in: NSTemporaryDirectory()) : nil
            if format == .numPy, waiting == nil {
                try vectors.write(NumPyHeader.bytes(rows: count, columns: dimension))
            }
            if let path = files.items {
                let names = ["id", "label", "source", "group"]
                let separator = ExchangeFiles.itemFormat(path) == .tabs ? "\t" : ","
                try items?.write(Array((names.joined(separator: separator) + "\n").utf8))
            }
        } catch {
            throw .unwritable(error)
        }
    }

    /// Whether what is written is out at once: to a pipe or a terminal.
    var isStreaming: Bool { vectors.isStreaming || items?.isStreaming == true }
    /// The first of the files.
    var path: String { files.vectors }

    func write(_ rows: ExportRows) throws(ExchangeError) {
        do throws(WriteError) {
            if format == .numPy {
                for vector in rows.vectors {
                    let bytes = UnsafeRawBufferPointer(vector)
                    if let waiting { try waiting.append(bytes) } else { try vectors.write(bytes) }
                }
            } else {
                // Every float's digits have to be found: on all threads.
                let lines = ThreadPool.shared.map(rows.items.count) { row in
                    self.format == .tabs ? Self.tabs(rows.vectors[row]) : self.json(rows, row)
                }
                for line in lines { try vectors.write(line) }
            }
        } catch {
            throw .unwritable(error)
        }
        written += rows.items.count
        guard let items, let path = files.items else { return }
        for item in rows.items {
            let line =
                ExchangeFiles.itemFormat(path) == .tabs
                ? try tabs(item, path) : try commas(item, path)
            do throws(WriteError) { try items.write(line) } catch { throw .unwritable(error) }
        }
    }

    /// Writes items with their embeddings, `[items.count, dimension]`.
    package func write(_ items: [Item], _ embeddings: Matrix) throws(ExchangeError) {
        try embeddings.values.withUnsafeBufferPointer { values throws(ExchangeError) in
            var rows = ExportRows()
            for (row, item) in items.enumerated() {
                let range = row * embeddings.columns..<(row + 1) * embeddings.columns
                rows.append(item, UnsafeBufferPointer(rebasing: values[range]))
            }
            try write(rows)
        }
    }

    /// Gives the files their names.
    package func finish(overwriting: Bool) throws(ExchangeError) {
        do throws(WriteError) {
            let beginning = NumPyHeader.bytes(rows: written, columns: announced.dimension)
            if let waiting {
                try vectors.write(beginning)
                try copy(waiting)
            } else if format == .numPy, written != announced.count {
                try vectors.replaceBeginning(with: beginning)
            }
            try vectors.close()
            try items?.close()
            try vectors.rename(replacing: overwriting)
            try items?.rename(replacing: overwriting)
        } catch {
            throw .unwritable(error)
        }
    }

    private func copy(_ waiting: NamelessFile) throws(WriteError) {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        for start in stride(from: 0, to: waiting.size, by: bytes.count) {
            let part = min(bytes.count, waiting.size - start)
            try bytes.withUnsafeMutableBufferPointer { bytes throws(WriteError) in
                let part = UnsafeMutableBufferPointer(rebasing: bytes[..<part])
                let bytes = UnsafeMutableRawBufferPointer(part)
                try waiting.read(bytes, at: start)
                try vectors.write(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    private static func tabs(_ vector: UnsafeBufferPointer<Float>) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(12 * vector.count)
        for value in vector {
            if !line.isEmpty { line.append(UInt8(ascii: "\t")) }
            line.append(contentsOf: value.description.utf8)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func json(_ rows: ExportRows, _ row: Int) -> [UInt8] {
        let item = rows.items[row]
        var line = Array(#"{"id":\#(item.id),"label":"#.utf8)
        line.reserveCapacity(12 * rows.vectors[row].count + 400)
        line += Self.quoted(item.label)
        line += Array(#","source":"#.utf8)
        line += Self.quoted(item.source.path)
        if let group = item.group { line += Array(#","group":"#.utf8) + Self.quoted(group) }
        line += Array(#","content":"\#(item.contentHash)","backbone":"#.utf8)
        line += backbone
        line += Array(#","embedding":["#.utf8)
        for (place, value) in rows.vectors[row].enumerated() {
            if place > 0 { line.append(UInt8(ascii: ",")) }
            line.append(contentsOf: value.description.utf8)
        }
        line += Array("]}\n".utf8)
        return line
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> [UInt8] {
        var quoted = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
            case 0x0A: quoted += Array(#"\n"#.utf8)
            case 0x09: quoted += Array(#"\t"#.utf8)
            case 0..<0x20, 0x7F:
                let digits = Array("0123456789abcdef".utf8)
                quoted += Array(#"\u00"#.utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: quoted.append(byte)
            }
        }
        return quoted + [UInt8(ascii: "\"")]
    }

    private func commas(_ item: Item, _ path: String) throws(ExchangeError) -> [UInt8] {
        var line = Array("\(item.id)".utf8)
        for text in [item.label, item.source.path, item.group ?? ""].map(SpreadsheetCell.escaped) {
            line.append(UInt8(ascii: ","))
            if text.utf8.contains(0) {
                throw .inexpressible(path: path, id: item.id, what: "a character 0")
            }
            line.append(contentsOf: text.quotedField.utf8)
        }
        line.append(0x0A)
        return line
    }

    private func tabs(_ item: Item, _ path: String) throws(ExchangeError) -> [UInt8] {
        var line = Array("\(item.id)".utf8)
        for text in [item.label, item.source.path, item.group ?? ""] {
            if text.utf8.contains(where: { [0, 0x09, 0x0A, 0x0D].contains($0) }) {
                throw .inexpressible(path: path, id: item.id, what: "a tab or line break in its texts")
            }
            line.append(0x09)
            line.append(contentsOf: text.utf8)
        }
        line.append(0x0A)
        return line
    }
}
