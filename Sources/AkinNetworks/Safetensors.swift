import Foundation

/// What is wrong with a safetensors file.
public enum SafetensorsError: Error, Equatable, Sendable {
    case truncated(expected: Int, found: Int)
    case header(String)
    case tensor(name: String, reason: String)
}

extension SafetensorsError: CustomStringConvertible {
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
/// values. Only float32 tensors.
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

    package var tensors: [Tensor]
    package var metadata: [String: String]

    package init(tensors: [Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    package subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

    private struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]

        /// How many values there are, which cannot be more than the file has bytes.
        func count(_ name: String, most: Int) throws(SafetensorsError) -> Int {
            guard dtype == "F32" else { throw .tensor(name: name, reason: "type \(dtype), expected F32") }
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
        guard bytes.count >= 8 else { throw .truncated(expected: 8, found: bytes.count) }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard length >= 2, length <= 100_000_000 else {
            throw .header("its header would be \(length) bytes long")
        }
        let start = 8 + Int(length)
        guard bytes.count >= start else { throw .truncated(expected: start, found: bytes.count) }
        guard bytes[8] == UInt8(ascii: "{"),
            let header = try? JSONDecoder().decode([String: HeaderValue].self, from: Data(bytes[8..<start]))
        else { throw .header("its header is not a JSON object of tensors") }

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
        tensors = []
        var position = 0
        // A tensor without values ends where it begins: before the one that begins there too.
        entries.sort {
            ($0.entry.data_offsets.first ?? 0, $0.entry.data_offsets.last ?? 0, $0.name)
                < ($1.entry.data_offsets.first ?? 0, $1.entry.data_offsets.last ?? 0, $1.name)
        }
        for (name, entry) in entries {
            let count = try entry.count(name, most: bytes.count)
            guard entry.data_offsets == [position, position + 4 * count] else {
                throw .tensor(
                    name: name, reason: "offsets \(entry.data_offsets) do not fit its shape and place")
            }
            position += 4 * count
            guard start + position <= bytes.count else {
                throw .truncated(expected: start + position, found: bytes.count)
            }
            let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                bytes.withUnsafeBytes { raw in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(
                        from: UnsafeRawBufferPointer(
                            rebasing: raw[start + position - 4 * count..<start + position]))
                }
                filled = count
            }
            tensors.append(Tensor(name: name, shape: entry.shape, values: values))
        }
        guard start + position == bytes.count else {
            throw .header("\(bytes.count - start - position) bytes follow the last tensor")
        }
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
        return bytes
    }
}
