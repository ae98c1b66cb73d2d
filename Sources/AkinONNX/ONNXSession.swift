import AkinBasics
import CAkinONNX

/// A model that ONNX Runtime has taken. Several threads may run it at once, each run on the thread that asks for it: so what
/// comes out does not depend on how many there are.
final class ONNXSession: Sendable {
    /// An input or output.
    struct Place: Sendable, CustomStringConvertible {
        let name: String
        /// Of the values; nil of what is no tensor of a type that is used here.
        let type: ONNXElement?
        /// As the format numbers it; 0 of what is no tensor.
        let typeNumber: Int
        /// A side that is free is negative. Of a shape that is not known there are none.
        let sides: [Int]

        /// `float32 [n, 3, 224, 224]`
        var description: String {
            guard typeNumber != 0 else { return "no tensor" }
            let sides = sides.map { $0 < 0 ? "n" : "\($0)" }.joined(separator: ", ")
            return "\(ONNXElement.name(typeNumber)) [\(sides)]"
        }
    }

    let inputs: [Place]
    let outputs: [Place]
    private let path: String
    nonisolated(unsafe) private let model: OpaquePointer

    /// Takes what `akin_onnx_load` gave.
    init(_ model: OpaquePointer, path: String) throws(ONNXError) {
        self.model = model
        self.path = path
        do throws(ONNXError) {
            inputs = try Self.places(of: model, areOutputs: false, path: path)
            outputs = try Self.places(of: model, areOutputs: true, path: path)
        } catch {
            akin_onnx_unload(model)
            throw error
        }
    }

    deinit { akin_onnx_unload(model) }

    private static func places(
        of model: OpaquePointer, areOutputs: Bool, path: String
    ) throws(ONNXError) -> [Place] {
        var count = 0
        var problem = akin_onnx_problem()
        let side: CInt = areOutputs ? 1 : 0
        guard akin_onnx_count(model, side, &count, &problem) == 0 else {
            throw .refused(path: path, reason: problem.text)
        }
        var places: [Place] = []
        for position in 0..<count {
            var place = akin_onnx_place()
            guard akin_onnx_describe(model, side, position, &place, &problem) == 0 else {
                throw .refused(path: path, reason: problem.text)
            }
            let name = String(cString: place.name)
            akin_onnx_forget(&place)
            places.append(
                Place(
                    name: name, type: ONNXElement(rawValue: Int(place.type)), typeNumber: Int(place.type),
                    sides: withUnsafeBytes(of: place.sides) { sides(place.rank, $0) }))
        }
        return places
    }

    private static func sides(_ rank: Int, _ memory: UnsafeRawBufferPointer) -> [Int] {
        memory.bindMemory(to: Int64.self).prefix(rank).map { Int($0) }
    }

    /// What one output is for one input; the values are good within `body` only.
    ///
    /// - Throws: `ONNXError.failed`, and what `body` throws.
    func run<R>(
        _ input: Place, _ values: UnsafeRawBufferPointer, sides: [Int], output: String,
        _ body: (ONNXOutput) throws(ONNXError) -> R
    ) throws(ONNXError) -> R {
        var result = akin_onnx_result()
        var problem = akin_onnx_problem()
        let code = sides.map { Int64($0) }.withUnsafeBufferPointer {
            akin_onnx_run(
                model, input.name, CInt(input.typeNumber), values.baseAddress, values.count, $0.baseAddress,
                $0.count, output, &result, &problem)
        }
        guard code == 0 else { throw .failed(path: path, reason: problem.text) }
        defer { akin_onnx_release(model, &result) }
        return try body(
            ONNXOutput(
                values: UnsafeRawPointer(result.values), typeNumber: Int(result.type),
                sides: withUnsafeBytes(of: result.sides) { Self.sides(result.rank, $0) }))
    }
}

/// Types of values that are used here, as the format numbers them.
enum ONNXElement: Int {
    case float32 = 1
    case float16 = 10

    /// Bytes of a value.
    var size: Int { self == .float32 ? 4 : 2 }

    /// `float32`, also of a type that is not used here.
    static func name(_ number: Int) -> String {
        let names = [
            "nothing", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "text", "bool",
            "float16",
            "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16",
        ]
        return names.indices.contains(number) ? names[number] : "type \(number)"
    }
}

/// What a model has put out, where ONNX Runtime has laid it.
struct ONNXOutput {
    /// Nil where there are none.
    let values: UnsafeRawPointer?
    let typeNumber: Int
    let sides: [Int]

    /// `float32 [1, 257, 384]`
    var description: String {
        "\(ONNXElement.name(typeNumber)) [\(sides.map(String.init).joined(separator: ", "))]"
    }
}
