/// How well distances tell pairs of one class from pairs of different ones: a pair is taken for one class where its
/// distance is not above a threshold.
public struct Verification: Sendable, Hashable {
    /// Of pairs of one class, ascending.
    public let same: [Float]
    /// Of pairs of different classes, ascending.
    public let different: [Float]
    /// The threshold that gets most of these very pairs right, which flatters it a little: halfway between two
    /// neighbouring distances; the lowest, if several do.
    public let bestThreshold: Float
    /// 0...1, at that threshold.
    public let bestAccuracy: Double
    /// Area under the ROC curve: the chance that a pair of one class is nearer than one of different classes, equal
    /// distances counting half.
    public let auroc: Double
    /// Where the share of pairs of one class that are refused equals the share of the others that are accepted, on the
    /// ROC curve with straight lines between its points.
    public let equalErrorRate: Double

    /// From distances, at least one of each kind; what is not a number counts as infinitely far. O(n log n).
    ///
    /// - Throws: `FewShotError.oneKind`
    public init(same: [Float], different: [Float]) throws(FewShotError) {
        guard !same.isEmpty, !different.isEmpty else {
            throw .oneKind(same: same.count, different: different.count)
        }
        func numbers(_ distances: [Float]) -> [Float] { distances.map { $0.isNaN ? .infinity : $0 } }
        self.init(trusted: numbers(same), different: numbers(different))
    }

    /// As the above, where there are some of each kind, all of them numbers.
    package init(trusted same: [Float], different: [Float]) {
        precondition(!same.isEmpty && !different.isEmpty, "pairs of both kinds")
        self.same = same.sorted()
        self.different = different.sorted()
        let (m, n) = (same.count, different.count)
        // Walks up the distances; `accepted` and `wrongly` are the pairs of either kind at or below.
        var (accepted, wrongly) = (0, 0)
        var best = (right: different.count, threshold: min(self.same[0], self.different[0]).nextDown)
        var area = 0
        var equal: Double?
        while accepted < same.count || wrongly < different.count {
            let distance = min(
                accepted < same.count ? self.same[accepted] : .infinity,
                wrongly < different.count ? self.different[wrongly] : .infinity)
            let before = (accepted, wrongly)
            while accepted < same.count, self.same[accepted] == distance { accepted += 1 }
            while wrongly < different.count, self.different[wrongly] == distance { wrongly += 1 }
            area += (wrongly - before.1) * (accepted + before.0)

            // Those refused less those wrongly accepted, times m n: it falls from m n to -m n.
            let last = m * n - before.0 * n - before.1 * m
            let now = m * n - accepted * n - wrongly * m
            if equal == nil, now <= 0 {
                let along = Double(last) / Double(last - now)
                equal = (Double(before.1) + along * Double(wrongly - before.1)) / Double(n)
            }
            let right = accepted + different.count - wrongly
            if right > best.right {
                let next = min(
                    accepted < same.count ? self.same[accepted] : .infinity,
                    wrongly < different.count ? self.different[wrongly] : .infinity)
                let middle = distance + (next - distance) / 2
                best = (right, middle < next ? middle : distance)
            }
        }
        bestThreshold = best.threshold
        bestAccuracy = Double(best.right) / Double(m + n)
        auroc = Double(area) / Double(2 * m * n)
        // The walk ends at -m n.
        equalErrorRate = equal!
    }

    /// How many pairs are told rightly at a threshold.
    public func right(at threshold: Float) -> Int {
        same.count { $0 <= threshold } + different.count { $0 > threshold }
    }
}
