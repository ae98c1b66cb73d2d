import AkinVectorSearch
import Foundation

extension Outcomes {
    /// Nearer than this share of the usual distance to the nearest item, two are taken for one picture.
    private static let nearShare = 0.15

    /// How many items lie so much nearer to another than is usual that the two may be one picture saved anew: a hint, by the distances
    /// that were measured anyway. Copies that were turned, mirrored or cropped lie farther.
    public var nearCopies: Int {
        // As lengths.
        let power = metric.flatMap { $0 == .cosine || $0 == .squaredL2 ? 0.5 : $0.mayBeNegative ? nil : 1 }
        guard let power else { return 0 }
        let lengths = list.compactMap { $0.nearest.map { pow(Double(max($0.distance, 0)), power) } }
        guard lengths.count > 2 else { return 0 }
        let usual = lengths.sorted()[lengths.count / 2]
        return lengths.count { $0 < Self.nearShare * usual }
    }
}
