import AkinBasics
import AkinImages
import AkinTensors
import AkinVectorSearch

/// Pictures that are one and the same but for how they were saved: turned, mirrored, cropped, scaled, or made lighter.
///
/// Every two pictures are compared in few values (`PictureSketch.coarse`), in the eight ways in which a square can be laid, the one
/// whole in each of some parts of the other; those that agree best are laid upon each other exactly (`PictureMatch`).
/// O(pictures² · 22,000), and about a millisecond for each pair that comes into question.
public struct NearDuplicate: Sendable, Equatable {
    /// The positions of the two pictures, in ascending order.
    public let first: Int
    /// See `first`.
    public let second: Int
    /// What was done to the one to make the other.
    public let kind: Kind
    /// How well they agree, 0...1: the correlation of what both show.
    public let likeness: Float

    package init(first: Int, second: Int, kind: Kind, likeness: Float) {
        (self.first, self.second) = (first, second)
        (self.kind, self.likeness) = (kind, likeness)
    }

    /// What makes two pictures differ.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Nothing that shows: the file was saved otherwise, in another size, quality or brightness.
        case resaved
        /// The one shows a part of what the other shows.
        case cropped
        /// The one is the other turned by a quarter or more; it may be cropped as well.
        case turned
        /// The one is the other mirrored; it may be turned or cropped as well.
        case mirrored
    }
}

/// Looks for pictures that are the same.
package struct DuplicateSearch {
    /// Of how many pictures the best are laid upon a picture.
    private static let candidates = 8
    /// Those that agree less are not looked at.
    private static let leastAgreement: Float = 0.7
    /// A part that shows less of the other picture was cropped.
    private static let wholeShare: Float = 0.93
    /// So much better has another way of laying it to be: a picture that is nearly symmetrical lies as it is.
    private static let clearness: Float = 0.002
    private static let block = 64

    private let sketches: [PictureSketch]
    /// The sketches' positions among the pictures.
    private let positions: [Int]

    /// Of pictures some of which may be missing.
    package init(_ sketches: [PictureSketch?]) {
        positions = sketches.indices.filter { sketches[$0] != nil }
        self.sketches = sketches.compactMap(\.self)
    }

    /// The pairs that are one picture, each once, by their positions.
    ///
    /// - Returns: nil where `isCancelled` has ended it.
    package func pairs(
        isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) -> [NearDuplicate]? {
        let parts = PictureSketch.coarseParts.map { part in matrix { $0.coarse(part) } }
        var found: [[Int]: NearDuplicate] = [:]
        let step = Self.block * ThreadPool.shared.threads
        for first in stride(from: 0, to: sketches.count, by: step) {
            guard !isCancelled() else { return nil }
            let rows = first..<min(first + step, sketches.count)
            let blocks = (rows.count + Self.block - 1) / Self.block
            let pairs = ThreadPool.shared.map(blocks) { block in
                let start = first + block * Self.block
                return self.pairs(of: start..<min(start + Self.block, rows.upperBound), parts)
            }
            for pair in pairs.joined() {
                let key = [pair.first, pair.second]
                if found[key].map({ $0.likeness < pair.likeness }) ?? true { found[key] = pair }
            }
            progress(WorkProgress(done: rows.upperBound, total: sketches.count))
        }
        return found.values.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
    }

    private func matrix(_ row: (PictureSketch) -> [Float]) -> Matrix {
        let rows = ThreadPool.shared.map(sketches.count) { row(sketches[$0]) }
        return Matrix(
            rows: rows.count, columns: PictureSketch.coarseSide * PictureSketch.coarseSide,
            trusted: Array(rows.joined()))
    }

    /// Of some pictures with all.
    private func pairs(of rows: Range<Int>, _ parts: [Matrix]) -> [NearDuplicate] {
        let count = sketches.count
        var best = [Float](repeating: -1, count: rows.count * count)
        var turns = [UInt8](repeating: 0, count: rows.count * count)
        var product = [Float](repeating: 0, count: rows.count * count)
        for (number, turn) in PictureSketch.Turn.all.enumerated() {
            // Turned the other way instead of all the others.
            let asked = rows.flatMap { sketches[$0].coarse(.whole, turn.inverse) }
            for part in parts {
                BLAS.multiply(
                    asked, stride: part.columns, by: part.values, stride: part.columns, bTransposed: true,
                    into: &product, stride: count, rows: rows.count, columns: count, inner: part.columns)
                for i in product.indices where product[i] > best[i] + Self.clearness {
                    best[i] = product[i]
                    turns[i] = UInt8(number)
                }
            }
        }
        return rows.flatMap { row in
            let start = (row - rows.lowerBound) * count
            let near = (0..<count).filter { $0 != row && best[start + $0] >= Self.leastAgreement }
                .sorted { (best[start + $1], $0) < (best[start + $0], $1) }
            return near.prefix(Self.candidates).compactMap { other in
                pair(row, other, PictureSketch.Turn.all[Int(turns[start + other])])
            }
        }
    }

    /// Nil where they are two pictures.
    private func pair(_ row: Int, _ other: Int, _ turn: PictureSketch.Turn) -> NearDuplicate? {
        let match = PictureMatch(of: sketches[row], in: sketches[other], turn)
        guard match.isCopy else { return nil }
        let kind: NearDuplicate.Kind =
            turn.isMirrored
            ? .mirrored
            : turn.quarters != 0 ? .turned : match.part.share < Self.wholeShare ? .cropped : .resaved
        let pair = [positions[row], positions[other]].sorted()
        return NearDuplicate(first: pair[0], second: pair[1], kind: kind, likeness: match.likeness)
    }
}
