/// A dictionary of tensors as PyTorch before 1.6 wrote it: pickled, a magic number, a version and facts about the
/// machine, the dictionary, and the keys of the storages; then in the order of these each storage, its length in eight
/// bytes and its numbers. Tensors of 64-bit integers, which only count batches, are left out.
package struct TorchFile {
    /// The number that such a file begins with, and what stands for it here.
    package static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    static let magicNumber = 0x1950

    private let bytes: [UInt8]
    private let storages: [Unpickler.Storage]
    private let tensors: [String: Unpickler.Tensor]
    /// Where the numbers of a storage begin, by its key, and how many there are.
    private var places: [String: (place: Int, count: Int)] = [:]

    package init(_ bytes: [UInt8]) throws(TorchFileError) {
        self.bytes = bytes
        let read: Result<Self.Parts, TorchFileError> = bytes.withUnsafeBytes { buffer in
            Result { () throws(TorchFileError) in try Self.parts(buffer) }
        }
        let parts = try read.get()
        (storages, tensors, places) = (parts.storages, parts.tensors, parts.places)
    }

    private typealias Parts = (
        storages: [Unpickler.Storage], tensors: [String: Unpickler.Tensor],
        places: [String: (place: Int, count: Int)]
    )

    private static func parts(_ bytes: UnsafeRawBufferPointer) throws(TorchFileError) -> Parts {
        var unpickler = Unpickler(bytes, at: 0)
        guard case .integer(magicNumber) = try unpickler.read(), case .integer(1001) = try unpickler.read()
        else {
            throw .foreignFormat
        }
        let machine = try unpickler.read()
        for (key, value) in unpickler.entries(of: machine) ?? [] where key == "little_endian" {
            guard case .boolean(true) = value else { throw .foreignFormat }
        }
        let dictionary = try unpickler.read()
        guard let entries = unpickler.entries(of: dictionary) else {
            throw .foreignContent("no dictionary")
        }
        var tensors: [String: Unpickler.Tensor] = [:]
        for (name, value) in entries {
            guard case .tensor(let number) = value else { throw .foreignContent(name) }
            tensors[name] = unpickler.tensors[number]
        }
        let storages = unpickler.storages
        let kinds = Dictionary(storages.map { ($0.key, $0.kind) }) { first, _ in first }
        let list = try unpickler.read()
        guard let keys = unpickler.texts(list) else { throw .damaged("no list of storages") }
        var places: [String: (place: Int, count: Int)] = [:]
        for key in keys {
            guard let kind = kinds[key] else { throw .damaged("a storage of no tensor") }
            let count = try unpickler.number(8)
            let place = unpickler.place
            guard count <= (bytes.count - place) / kind.size else { throw .truncated }
            places[key] = (place, count)
            unpickler.skip(count * kind.size)
        }
        return (storages, tensors, places)
    }

    /// The names of its tensors.
    package var names: [String] { tensors.keys.sorted() }

    /// A tensor's sizes and its numbers, row-major; nil where there is none of that name, or one of integers.
    package func tensor(_ name: String) throws(TorchFileError) -> (sizes: [Int], values: [Float])? {
        guard let tensor = tensors[name] else { return nil }
        let storage = storages[tensor.storage]
        guard storage.kind == .float else { return nil }
        guard let (place, count) = places[storage.key] else { throw .damaged("\(name) without numbers") }
        // The position of the last number, which is the largest.
        var (last, values) = (tensor.offset, 1)
        for (size, stride) in zip(tensor.sizes, tensor.strides) {
            guard size > 0, stride >= 0, size <= count, stride <= count else {
                throw .damaged("\(name) is \(tensor.sizes)")
            }
            last += (size - 1) * stride
            values *= size
            guard last < count, values <= count else { throw .damaged("\(name) is \(tensor.sizes)") }
        }
        guard tensor.offset >= 0, last < count else { throw .damaged("\(name) begins beyond its numbers") }
        let numbers = bytes.withUnsafeBytes { bytes in
            (0..<values).map { position in
                var (rest, index) = (position, tensor.offset)
                for (size, stride) in zip(tensor.sizes, tensor.strides).reversed() {
                    index += rest % size * stride
                    rest /= size
                }
                let pattern = bytes.loadUnaligned(fromByteOffset: place + 4 * index, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: pattern))
            }
        }
        return (tensor.sizes, numbers)
    }
}
