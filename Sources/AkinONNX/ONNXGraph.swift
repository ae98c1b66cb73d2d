/// An ONNX graph that is being written (`GraphProto` of onnx.proto, operators of version 13).
struct ONNXGraph {
    private(set) var nodes = ProtobufWriter()
    private(set) var tensors = ProtobufWriter()
    private var count = 0
    private var written: Set<String> = []

    /// The version of the operators, and of the format that came with it.
    static let operators = 13
    static let format = 7

    /// Of an operator.
    enum Attribute {
        case number(Int)
        case numbers([Int])
        case float(Float)
    }

    /// Adds an operation; the name of what it puts out.
    mutating func node(
        _ operation: String, _ inputs: [String], _ attributes: KeyValuePairs<String, Attribute> = [:],
        output: String? = nil
    ) -> String {
        count += 1
        let output = output ?? "\(operation.lowercased())_\(count)"
        nodes.message(1) { node in
            for input in inputs { node.text(1, input) }
            node.text(2, output)
            node.text(3, output)
            node.text(4, operation)
            for (name, value) in attributes { node.message(5) { Self.write(name, value, to: &$0) } }
        }
        return output
    }

    private static func write(_ name: String, _ value: Attribute, to attribute: inout ProtobufWriter) {
        attribute.text(1, name)
        switch value {
        case .float(let value):
            attribute.float(2, value)
            attribute.number(20, 1)
        case .number(let value):
            attribute.number(3, value)
            attribute.number(20, 2)
        case .numbers(let values):
            for value in values { attribute.number(8, value) }
            attribute.number(20, 7)
        }
    }

    /// Adds a tensor of float32, once; its name.
    @discardableResult
    mutating func tensor(_ name: String, _ sides: [Int], _ values: [Float]) -> String {
        add(name, sides, type: 1, values.flatMap { value in Self.bytes(of: value.bitPattern) })
    }

    /// Adds a list of whole numbers, once; its name.
    mutating func list(_ name: String, _ values: [Int64]) -> String {
        add(name, [values.count], type: 7, values.flatMap { value in Self.bytes(of: value) })
    }

    private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private mutating func add(_ name: String, _ sides: [Int], type: Int, _ bytes: [UInt8]) -> String {
        guard written.insert(name).inserted else { return name }
        tensors.message(5) { tensor in
            for side in sides { tensor.number(1, side) }
            tensor.number(2, type)
            tensor.text(8, name)
            tensor.bytes(9, bytes)
        }
        return name
    }

    /// The whole model, with one input and one output of float32; a side is a number, or of any length under a name.
    func model(
        named name: String, input: (name: String, sides: [Side]), output: (name: String, sides: [Side]),
        metadata: [String: String]
    ) -> [UInt8] {
        var model = ProtobufWriter()
        model.number(1, Self.format)
        model.text(2, "Akin")
        model.message(7) { graph in
            graph.record(nodes.bytes[...])
            graph.text(2, name)
            graph.record(tensors.bytes[...])
            graph.message(11) { Self.write(input.name, input.sides, to: &$0) }
            graph.message(12) { Self.write(output.name, output.sides, to: &$0) }
        }
        model.message(8) { $0.number(2, Self.operators) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            model.message(14) { entry in
                entry.text(1, key)
                entry.text(2, value)
            }
        }
        return model.bytes
    }

    enum Side {
        case of(Int)
        case any(String)
    }

    private static func write(_ name: String, _ sides: [Side], to value: inout ProtobufWriter) {
        value.text(1, name)
        value.message(2) { type in
            type.message(1) { tensor in
                tensor.number(1, 1)
                tensor.message(2) { shape in
                    for side in sides {
                        shape.message(1) { dimension in
                            switch side {
                            case .of(let number): dimension.number(1, number)
                            case .any(let name): dimension.text(2, name)
                            }
                        }
                    }
                }
            }
        }
    }
}
