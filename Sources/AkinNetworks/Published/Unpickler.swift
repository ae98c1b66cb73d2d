/// Reads what Python's `pickle` has written (protocol 2), as far as dictionaries of tensors consist of it. Nothing is
/// called and nothing imported: the few names that stand for tensors and their parts are known, any other is an error.
///
/// Values refer to each other by numbers, so that no file can nest them too deeply to be freed; there are never more of
/// them than the file has bytes.
struct Unpickler {
    /// What can lie on the stack.
    enum Value {
        case nothing
        case boolean(Bool)
        case integer(Int)
        case text(String)
        /// A function or a class, as `module name`.
        case name(String)
        /// Of `lists`: a tuple or a list.
        case list(Int)
        /// Of `dictionaries`.
        case dictionary(Int)
        /// Of `storages`.
        case storage(Int)
        /// Of `tensors`.
        case tensor(Int)
    }

    /// Where the numbers of tensors lie.
    struct Storage {
        enum Kind: String {
            case float = "torch FloatStorage"
            case long = "torch LongStorage"
            /// In bytes, of a number.
            var size: Int { self == .float ? 4 : 8 }
        }
        var kind: Kind
        var key: String
        var count: Int
    }

    /// A view of a storage.
    struct Tensor {
        var storage: Int
        var offset: Int
        var sizes: [Int]
        var strides: [Int]
    }

    private(set) var lists: [[Value]] = []
    private(set) var dictionaries: [[(key: String, value: Value)]] = []
    private(set) var storages: [Storage] = []
    private(set) var tensors: [Tensor] = []
    private let bytes: UnsafeRawBufferPointer
    /// The first byte that has not been read.
    private(set) var place: Int
    private var stack: [Value] = []
    /// How high the stack was at each mark.
    private var marks: [Int] = []
    private var memory: [Int: Value] = [:]

    init(_ bytes: UnsafeRawBufferPointer, at place: Int) {
        self.bytes = bytes
        self.place = place
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws(TorchFileError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= bytes.count - place else { throw .truncated }
        defer { place += count }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
    }

    /// Little-endian, without a sign.
    mutating func number(_ count: Int) throws(TorchFileError) -> Int {
        let part = try take(count)
        var value: UInt64 = 0
        for (i, byte) in part.enumerated() { value |= UInt64(byte) << (8 * UInt64(i)) }
        guard let number = Int(exactly: value) else { throw .damaged("a number of 64 bits") }
        return number
    }

    /// Passes over what is not pickled.
    mutating func skip(_ count: Int) { place += count }

    private mutating func text(_ count: Int) throws(TorchFileError) -> String {
        String(decoding: try take(count), as: UTF8.self)
    }

    private mutating func line() throws(TorchFileError) -> String {
        guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) else { throw .truncated }
        let line = try text(end - place)
        place = end + 1
        return line
    }

    // MARK: Stack

    private mutating func pop() throws(TorchFileError) -> Value {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
            throw .damaged("nothing on the stack")
        }
        return value
    }

    /// What lies above the last mark, which is gone then.
    private mutating func popToMark() throws(TorchFileError) -> [Value] {
        guard let mark = marks.popLast() else { throw .damaged("no mark on the stack") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func push(list: [Value]) {
        stack.append(.list(lists.count))
        lists.append(list)
    }

    private mutating func pushDictionary() {
        stack.append(.dictionary(dictionaries.count))
        dictionaries.append([])
    }

    /// Puts pairs of key and value into the dictionary on top.
    private mutating func set(_ pairs: [Value]) throws(TorchFileError) {
        guard case .dictionary(let number) = stack.last, pairs.count % 2 == 0 else {
            throw .damaged("no dictionary for its entries")
        }
        for i in stride(from: 0, to: pairs.count, by: 2) {
            guard case .text(let key) = pairs[i] else { throw .foreignContent("a key that is no text") }
            dictionaries[number].append((key, pairs[i + 1]))
        }
    }

    private mutating func append(_ values: [Value]) throws(TorchFileError) {
        guard case .list(let number) = stack.last else { throw .damaged("no list for its entries") }
        lists[number] += values
    }

    // MARK: Values

    /// Reads one pickled value, up to its end.
    mutating func read() throws(TorchFileError) -> Value {
        stack = []
        marks = []
        memory = [:]
        while true {
            let operation = UInt8(try number(1))
            if operation == UInt8(ascii: ".") { return try pop() }
            if try readValue(operation) { continue }
            guard try changeStack(operation) else { throw .foreignContent("the operation \(operation)") }
        }
    }

    /// What puts a value onto the stack.
    private mutating func readValue(_ operation: UInt8) throws(TorchFileError) -> Bool {
        switch operation {
        case UInt8(ascii: "N"): stack.append(.nothing)
        case 0x88: stack.append(.boolean(true))
        case 0x89: stack.append(.boolean(false))
        case UInt8(ascii: "K"): stack.append(.integer(try number(1)))
        case UInt8(ascii: "M"): stack.append(.integer(try number(2)))
        case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case 0x8a:
            // Of more than eight bytes there is only the number that PyTorch's files begin with.
            let part = try take(try number(1))
            stack.append(part.elementsEqual(TorchFile.magic) ? .integer(TorchFile.magicNumber) : .nothing)
        case UInt8(ascii: "X"): stack.append(.text(try text(try number(4))))
        case UInt8(ascii: "c"): stack.append(.name(try line() + " " + (try line())))
        case UInt8(ascii: ")"): push(list: [])
        case UInt8(ascii: "]"): push(list: [])
        case UInt8(ascii: "}"): pushDictionary()
        case UInt8(ascii: "h"): stack.append(try remembered(try number(1)))
        case UInt8(ascii: "j"): stack.append(try remembered(try number(4)))
        default: return false
        }
        return true
    }

    private func remembered(_ number: Int) throws(TorchFileError) -> Value {
        guard let value = memory[number] else { throw .damaged("a value that has not been kept") }
        return value
    }

    /// What works on those that are there.
    private mutating func changeStack(_ operation: UInt8) throws(TorchFileError) -> Bool {
        switch operation {
        case 0x80: guard try number(1) == 2 else { throw .foreignFormat }
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "t"): push(list: try popToMark())
        case 0x85: push(list: [try pop()])
        case 0x86, 0x87:
            var values = [try pop(), try pop()]
            if operation == 0x87 { values.append(try pop()) }
            push(list: values.reversed())
        case UInt8(ascii: "q"): try remember(try number(1))
        case UInt8(ascii: "r"): try remember(try number(4))
        case UInt8(ascii: "a"): try append([try pop()])
        case UInt8(ascii: "e"): try append(try popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try set([try pop(), value])
        case UInt8(ascii: "u"): try set(try popToMark())
        case UInt8(ascii: "R"):
            let arguments = try pop()
            try call(try pop(), arguments)
        // The state of a dictionary: versions of PyTorch's modules.
        case UInt8(ascii: "b"): _ = try pop()
        case UInt8(ascii: "Q"): try pushStorage(try pop())
        default: return false
        }
        return true
    }

    private mutating func remember(_ number: Int) throws(TorchFileError) {
        guard let value = stack.last else { throw .damaged("nothing to keep") }
        memory[number] = value
    }

    private func list(_ value: Value) -> [Value]? {
        guard case .list(let number) = value else { return nil }
        return lists[number]
    }

    private func integers(_ value: Value) -> [Int]? {
        guard let list = list(value) else { return nil }
        let integers = list.compactMap { if case .integer(let number) = $0 { number } else { nil } }
        return integers.count == list.count ? integers : nil
    }

    private mutating func call(_ function: Value, _ arguments: Value) throws(TorchFileError) {
        guard case .name(let name) = function, let arguments = list(arguments) else {
            throw .damaged("a call of what is no function")
        }
        switch name {
        case "collections OrderedDict" where arguments.isEmpty: pushDictionary()
        case "torch._utils _rebuild_tensor_v2":
            guard arguments.count == 6, case .storage(let storage) = arguments[0],
                case .integer(let offset) = arguments[1], let sizes = integers(arguments[2]),
                let strides = integers(arguments[3]), sizes.count == strides.count
            else { throw .damaged("a tensor without sizes") }
            stack.append(.tensor(tensors.count))
            tensors.append(Tensor(storage: storage, offset: offset, sizes: sizes, strides: strides))
        default: throw .foreignContent(name)
        }
    }

    /// `("storage", kind, key, device, count, view)`
    private mutating func pushStorage(_ value: Value) throws(TorchFileError) {
        guard let parts = list(value), parts.count == 6, case .text("storage") = parts[0],
            case .name(let name) = parts[1], case .text(let key) = parts[2],
            case .integer(let count) = parts[4],
            case .nothing = parts[5]
        else { throw .damaged("a reference to no storage") }
        guard let kind = Storage.Kind(rawValue: name) else { throw .foreignContent(name) }
        stack.append(.storage(storages.count))
        storages.append(Storage(kind: kind, key: key, count: count))
    }

    /// The entries of a dictionary.
    func entries(of value: Value) -> [(key: String, value: Value)]? {
        guard case .dictionary(let number) = value else { return nil }
        return dictionaries[number]
    }

    /// A list of texts.
    func texts(_ value: Value) -> [String]? {
        guard let list = list(value) else { return nil }
        let texts = list.compactMap { if case .text(let text) = $0 { text } else { nil } }
        return texts.count == list.count ? texts : nil
    }
}
