import Akin
import Foundation
import TestSupport
import Testing

extension Workshop {
    var place: IndexPlace { .folder(index) }

    /// An index of the pictures drawn so far.
    func makeIndex() throws {
        try CreateIndex(at: index, backbone: Checkpoint(contentsOf: backbone)).run(Monitor())
        try AddPictures([pictures], to: place).run(Monitor())
    }

    /// Many pictures that are quickly made: copies of one.
    func copyPictures(_ label: String, _ numbers: Range<Int>) throws {
        try draw(label, 0..<1)
        for number in numbers {
            try FileManager.default.copyItem(
                atPath: "\(pictures)/\(label)/0.png", toPath: "\(pictures)/\(label)/\(number).png")
        }
    }

    /// Writes a NumPy file of `rows` vectors, all different.
    func writeVectors(_ name: String, rows: Int, dimension: Int) throws -> String {
        try writeVectors(
            name,
            (0..<rows).map { row in
                [Float(row), Float(row % 7)] + [Float](repeating: 0, count: dimension - 2)
            })
    }

    /// Writes a NumPy file.
    func writeVectors(_ name: String, _ vectors: [[Float]]) throws -> String {
        let (rows, dimension) = (vectors.count, vectors.first?.count ?? 0)
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(dimension)), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        var bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
        vectors.flatMap { $0 }.withUnsafeBytes { bytes += $0 }
        return try folder.write(name, bytes)
    }
}

/// The keys of the JSON document that a result is.
func keys(of result: some Encodable) throws -> Set<String> {
    let document = try JSONSerialization.jsonObject(with: JSONEncoder().encode(result))
    return Set(try #require(document as? [String: Any]).keys)
}

/// What a job that is cancelled says.
func interruption(_ job: some Job, after updates: Int) throws -> JobError.Interruption {
    let error = try #require(throws: JobError.self) {
        try job.run(Recorder(cancellingAfter: updates).monitor)
    }
    guard case .interrupted(let interruption) = error else { throw error }
    return interruption
}
