import Foundation

/// A job's result as the JSON document that scripts read, on one line: the keys sorted, numbers that are none as
/// `"NaN"`, `"Infinity"` and `"-Infinity"`.
public func jsonLine(of result: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(result) + [UInt8(ascii: "\n")]
}
