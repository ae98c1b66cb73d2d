import AkinBasics
import AkinEmbedding
import Foundation

/// The file of an ONNX model (`ModelProto` of onnx.proto, ONNX project), as far as Akin looks into it: which numbers training
/// has set, what it says of itself; and what it keeps in files beside it becomes part of it.
package struct ONNXFile {
    /// The whole model in one piece.
    package let bytes: [UInt8]
    /// How many numbers its tensors hold; whole numbers of 64 bits, which are shapes and positions, are not counted.
    package let parameters: Int
    /// What it says of itself.
    package let metadata: [String: String]

    /// The most that Protocol Buffers allow in a message.
    package static let mostBytes = Int(Int32.max)

    /// Reads a model and what it keeps in other files.
    ///
    /// - Throws: `ONNXError.unreadable`, `.notONNX`, `.otherFile`, `.tooLarge`
    package init(contentsOf path: String) throws(ONNXError) {
        let found: [UInt8]
        do { found = try FileBytes.read(path, limit: Self.mostBytes) } catch {
            throw .unreadable(path: path, error)
        }
        var (isModel, metadata) = (false, [String: String]())
        var parts = ONNXParts(path: path)
        let whole: [UInt8]?
        do throws(ProtobufError) {
            var reader = ProtobufReader(found[...])
            while let field = try reader.next() {
                guard case .bytes(let content) = field.value else { continue }
                if field.number == 7 { isModel = true }
                if field.number == 14 { metadata.merge(try Self.entry(content)) { $1 } }
            }
            whole = try parts.whole(found[...], .model, depth: 0)
        } catch { throw .notONNX(path: path) }
        guard isModel else { throw .notONNX(path: path) }
        if let problem = parts.problem { throw problem }
        bytes = whole ?? found
        parameters = parts.parameters
        self.metadata = metadata
    }

    /// `key` and `value`.
    fileprivate static func entry(_ message: ArraySlice<UInt8>) throws(ProtobufError) -> [String: String] {
        var reader = ProtobufReader(message)
        var texts: [Int: String] = [:]
        while let field = try reader.next() {
            if case .bytes(let text) = field.value {
                texts[field.number] = String(decoding: text, as: UTF8.self)
            }
        }
        return texts[1].map { [$0: texts[2] ?? ""] } ?? [:]
    }
}

/// Looks at all tensors of a model, wherever they lie in it.
private struct ONNXParts {
    let path: String
    var parameters = 0
    /// The first.
    var problem: ONNXError?
    /// Bytes that came from other files.
    private var added = 0

    init(path: String) { self.path = path }

    /// Messages on the way to a tensor.
    enum Kind {
        case model, graph, function, node, attribute, sparseTensor, tensor

        /// Which fields hold messages that are on the way too.
        func child(_ field: Int) -> Kind? {
            switch (self, field) {
            case (.model, 7), (.attribute, 6), (.attribute, 11): .graph
            case (.model, 25): .function
            case (.graph, 1), (.function, 7): .node
            case (.node, 5): .attribute
            case (.graph, 15), (.attribute, 22), (.attribute, 23): .sparseTensor
            case (.graph, 5), (.attribute, 5), (.attribute, 10), (.sparseTensor, 1), (.sparseTensor, 2):
                .tensor
            default: nil
            }
        }
    }

    /// A message with all that lay in other files; nil where nothing did.
    mutating func whole(
        _ message: ArraySlice<UInt8>, _ kind: Kind, depth: Int
    ) throws(ProtobufError) -> [UInt8]? {
        // Graphs within graphs within ... would take the stack.
        guard depth < 64 else { throw ProtobufError() }
        if kind == .tensor { return try wholeTensor(message) }
        var changed: [(record: ArraySlice<UInt8>, field: Int, content: [UInt8])] = []
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            guard case .bytes(let content) = field.value, let child = kind.child(field.number),
                let whole = try whole(content, child, depth: depth + 1)
            else { continue }
            changed.append((field.record, field.number, whole))
        }
        guard !changed.isEmpty else { return nil }
        var writer = ProtobufWriter()
        var place = message.startIndex
        for one in changed {
            writer.record(message[place..<one.record.startIndex])
            writer.bytes(one.field, one.content)
            place = one.record.endIndex
        }
        writer.record(message[place...])
        return writer.bytes
    }

    private mutating func wholeTensor(_ message: ArraySlice<UInt8>) throws(ProtobufError) -> [UInt8]? {
        var (count, type, isElsewhere) = (1, UInt64(0), false)
        var place: [String: String] = [:]
        var kept = ProtobufWriter()
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, let value):
                for side in try ProtobufReader.numbers(value) {
                    let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: side))
                    count = overflow ? Int.max : product
                }
            case (2, .number(let number)): type = number
            case (13, .bytes(let entry)): place.merge(try ONNXFile.entry(entry)) { $1 }
            case (14, .number(let number)): isElsewhere = number == 1
            default: break
            }
        }
        // Int64, bool and texts are no weights.
        if ![7, 8, 9].contains(type) {
            let (sum, overflow) = parameters.addingReportingOverflow(count)
            parameters = overflow ? Int.max : sum
        }
        guard isElsewhere else { return nil }
        reader = ProtobufReader(message)
        while let field = try reader.next() {
            if ![9, 13, 14].contains(field.number) { kept.record(field.record) }
        }
        guard problem == nil else { return nil }
        do throws(ONNXError) { kept.bytes(9, try content(place)) } catch { problem = error }
        return kept.bytes
    }

    /// What lies in another file, which has to lie beside the model.
    private mutating func content(_ place: [String: String]) throws(ONNXError) -> [UInt8] {
        let name = place["location"] ?? ""
        let isBeside = !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
        let (offset, length) = (Int(place["offset"] ?? "0"), place["length"].map { Int($0) })
        guard isBeside, let offset, offset >= 0, length != .some(nil) else {
            throw .otherFile(path: path, name: printable(name))
        }
        let other = (path as NSString).deletingLastPathComponent
        let file = (other.isEmpty ? "" : other + "/") + name
        let bytes: [UInt8]
        do { bytes = try Self.read(file, from: offset, count: length ?? nil) } catch {
            throw .unreadable(path: file, error)
        }
        added += bytes.count
        guard added <= ONNXFile.mostBytes else { throw .tooLarge(path: path, limit: ONNXFile.mostBytes) }
        return bytes
    }

    /// A part of a file, or all that follows.
    private static func read(_ path: String, from offset: Int, count: Int?) throws(FileError) -> [UInt8] {
        let parts = try FileParts(path)
        let count = count ?? max(parts.size - offset, 0)
        guard count <= ONNXFile.mostBytes else { throw .tooLarge(bytes: count, limit: ONNXFile.mostBytes) }
        guard count >= 0, offset <= parts.size, count <= parts.size - offset else {
            throw .unreadable(reason: "it ends too early")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        let failure: FileError? = bytes.withUnsafeMutableBytes { buffer in
            do throws(FileError) { _ = try parts.read(buffer, at: offset) } catch { return error }
            return nil
        }
        if let failure { throw failure }
        return bytes
    }
}
