import AkinBasics
import Foundation

/// What is wrong with a safetensors file.
public enum SafetensorsError: ExplainedError, Equatable, Sendable {
    case truncated(expected: Int, found: Int)
    case header(String)
    case tensor(name: String, reason: String)
}

extension SafetensorsError {
    /// What is wrong with the file.
    public var description: String {
        switch self {
        case .truncated(let expected, let found): "the file ends after \(found) of \(expected) bytes"
        case .header(let reason): "it is not a safetensors file (\(reason))"
        case .tensor(let name, let reason): "its tensor \(name) is damaged (\(reason))"
        }
    }
}

/// The safetensors format (Hugging Face): the header's length in 8 bytes, a JSON header that names the tensors, their
/// values. Tensors of float32, and of bytes with one side.
package struct Safetensors {
    package struct Tensor {
        package var name: String
        package var shape: [Int]
        package var values: [Float]

        package init(name: String, shape: [Int], values: [Float]) {
            precondition(shape.reduce(1, *) == values.count)
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    /// A tensor of bytes, `[bytes.count]`.
    package struct Blob {
        package var name: String
        package var bytes: ArraySlice<UInt8>

        package init(name: String, bytes: ArraySlice<UInt8>) {
            self.name = name
            self.bytes = bytes
        }
    }

    package var tensors: [Tensor]
    /// In a file they lie behind the others.
    package var blobs: [Blob]
    package var metadata: [String: String]

    package init(tensors: [Tensor], blobs: [Blob] = [], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.blobs = blobs
        self.metadata = metadata
    }

    package subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

    private struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]

        /// How many values there are, which cannot be more than the file has bytes.
        func count(_ name: String, most: Int) throws(SafetensorsError) -> Int {
            guard dtype == "F32" || dtype == "U8" && shape.count == 1 else {
                throw .tensor(name: name, reason: "type \(dtype) \(shape), expected F32, or U8 with one side")
            }
            var count = 1
            for size in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: size)
                guard size >= 0, !overflow, product <= most else {
                    throw .tensor(name: name, reason: "impossible shape \(shape)")
                }
                count = product
            }
            return count
        }

        /// Bytes of a value.
        var size: Int { dtype == "F32" ? 4 : 1 }
    }

    private enum HeaderValue: Codable {
        case entry(Entry)
        case metadata([String: String])

        init(from decoder: any Decoder) throws {
            if let entry = try? Entry(from: decoder) {
                self = .entry(entry)
            } else {
                self = .metadata(try [String: String](from: decoder))
            }
        }

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .entry(let entry): try entry.encode(to: encoder)
            case .metadata(let metadata): try metadata.encode(to: encoder)
            }
        }
    }

    package init(bytes: [UInt8]) throws(SafetensorsError) {
        let text = try Self.headerText(bytes)
        let start = text.endIndex
        let header = try Self.header(text)

        metadata = [:]
        var entries: [(name: String, entry: Entry)] = []
        for (name, value) in header {
            switch value {
            case .entry(let entry): entries.append((name, entry))
            case .metadata(let found):
                guard name == "__metadata__" else {
                    throw .tensor(name: name, reason: "no type, shape and offsets")
                }
                metadata = found
            }
        }
        (tensors, blobs) = ([], [])
        var position = 0
        // A tensor without values ends where it begins: before the one that begins there too.
        entries.sort {
            ($0.entry.data_offsets.first ?? 0, $0.entry.data_offsets.last ?? 0, $0.name)
                < ($1.entry.data_offsets.first ?? 0, $1.entry.data_offsets.last ?? 0, $1.name)
        }
        for (name, entry) in entries {
            let count = try entry.count(name, most: bytes.count)
            let end = position + entry.size * count
            guard entry.data_offsets == [position, end] else {
                throw .tensor(
                    name: name, reason: "offsets \(entry.data_offsets) do not fit its shape and place")
            }
            guard start + end <= bytes.count else {
                throw .truncated(expected: start + end, found: bytes.count)
            }
            let range = start + position..<start + end
            position = end
            guard entry.dtype == "F32" else {
                blobs.append(Blob(name: name, bytes: bytes[range]))
                continue
            }
            let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                bytes.withUnsafeBytes { raw in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: raw[range]))
                }
                filled = count
            }
            tensors.append(Tensor(name: name, shape: entry.shape, values: values))
        }
        guard start + position == bytes.count else {
            throw .header("\(bytes.count - start - position) bytes follow the last tensor")
        }
    }

    private static func header(_ text: ArraySlice<UInt8>) throws(SafetensorsError) -> [String: HeaderValue] {
        guard text.first == UInt8(ascii: "{"),
            let header = try? JSONDecoder().decode([String: HeaderValue].self, from: Data(text))
        else { throw .header("its header is not a JSON object of tensors") }
        return header
    }

    /// What a file says of itself, without the tensors; empty where it cannot be read.
    package static func metadata(ofFile path: String) -> [String: String] {
        guard let length = try? FileBytes.beginning(of: path, count: 8), length.count == 8 else { return [:] }
        let count = length.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        guard count <= longestHeader,
            let beginning = try? FileBytes.beginning(of: path, count: 8 + Int(count)),
            let text = try? headerText(beginning), let found = try? header(text)["__metadata__"],
            case .metadata(let metadata) = found
        else { return [:] }
        return metadata
    }

    /// In bytes.
    private static let longestHeader: UInt64 = 100_000_000

    /// The JSON header of a file's bytes.
    private static func headerText(_ bytes: [UInt8]) throws(SafetensorsError) -> ArraySlice<UInt8> {
        guard bytes.count >= 8 else { throw .truncated(expected: 8, found: bytes.count) }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard length >= 2, length <= longestHeader else {
            throw .header("its header would be \(length) bytes long")
        }
        let start = 8 + Int(length)
        guard bytes.count >= start else { throw .truncated(expected: start, found: bytes.count) }
        return bytes[8..<start]
    }

    /// Whether a file's header speaks of a tensor of that name; so much is soon told.
    package static func mentions(_ name: String, _ bytes: [UInt8]) -> Bool {
        guard let text = try? headerText(bytes) else { return false }
        return text.firstRange(of: Array("\"\(name)\"".utf8)) != nil
    }

    /// The file: tensors in their order, keys of the header sorted, so that the same content gives the same bytes.
    package var bytes: [UInt8] {
        var header: [String: HeaderValue] = [:]
        if !metadata.isEmpty { header["__metadata__"] = .metadata(metadata) }
        var position = 0
        for tensor in tensors {
            let end = position + 4 * tensor.values.count
            header[tensor.name] = .entry(
                Entry(dtype: "F32", shape: tensor.shape, data_offsets: [position, end]))
            position = end
        }
        for blob in blobs {
            let end = position + blob.bytes.count
            header[blob.name] = .entry(
                Entry(dtype: "U8", shape: [blob.bytes.count], data_offsets: [position, end]))
            position = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and whole numbers always encode.
        var text = [UInt8](try! encoder.encode(header))
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + text.count + position)
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: text.count >> (8 * shift))) }
        bytes.append(contentsOf: text)
        for tensor in tensors { tensor.values.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        for blob in blobs { bytes.append(contentsOf: blob.bytes) }
        return bytes
    }
}
