import AkinBasics
import Foundation

/// What a rule keeps of a fit: numbers for each class. A line of JSON, and then the numbers, little-endian.
struct FitRecord: Codable {
    /// The classes.
    var names: [String]
    /// How many items each has.
    var counts: [Int]
    /// How many numbers each has.
    var columns: Int
    /// What is added to the value of each; of a rule that has such.
    var offsets: [Double] = []
    /// What distances are divided by; of a rule that finds it.
    var temperature = 1.0
    var revision = Classifier.revision

    /// A larger one would be read for longer than it is made.
    private static let most = 16 << 20

    /// Whether so many numbers for each of so many classes are not too much to keep.
    static func canHold(classes: Int, columns: Int) -> Bool { classes * columns <= most / 8 }

    /// With `[names, columns]` numbers; nil where that is too much to keep.
    func written(_ numbers: some Collection<Double>) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard Self.canHold(classes: names.count, columns: columns),
            var bytes = try? Array(encoder.encode(self))
        else { return nil }
        bytes.append(UInt8(ascii: "\n"))
        bytes.reserveCapacity(bytes.count + 8 * numbers.count)
        for number in numbers {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// What `written` has made; nil where it is anything else.
    static func read(_ bytes: [UInt8], columns: Int) -> (record: FitRecord, numbers: [Double])? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let record = try? JSONDecoder().decode(FitRecord.self, from: Data(bytes[..<end])),
            !record.names.isEmpty, record.counts.count == record.names.count, record.columns == columns,
            [0, record.names.count].contains(record.offsets.count), record.temperature > 0,
            record.revision == Classifier.revision
        else { return nil }
        let (count, overflows) = record.names.count.multipliedReportingOverflow(by: record.columns)
        guard !overflows, count <= most / 8, bytes.count - end - 1 == 8 * count else { return nil }
        return bytes.withUnsafeBytes { bytes in
            (
                record,
                (0..<count).map {
                    Double(bitPattern: bytes.number(at: end + 1 + 8 * $0, as: UInt64.self))
                }
            )
        }
    }
}
