/// How well pictures of no class of a gallery are told from those of its own classes by how strange they look: the receiver operating
/// characteristic, with "known" for positive. Whatever the border, so many strangers are called known where so many of its own are.
public struct StrangerCurve: Sendable, Equatable {
    /// What comes of a border.
    public struct Point: Sendable, Equatable {
        /// What is less strange is called known.
        public let border: Double
        /// What share of the strangers is, 0...1.
        public let strangersKnown: Double
        /// What share of its own is, 0...1.
        public let ownKnown: Double
    }

    /// By ascending border: from none that is known to all.
    public let points: [Point]
    /// The area below it (AUROC): how often, of a stranger and one of its own, the stranger looks stranger, equal ones counting half; 0.5
    /// where that is chance.
    public let area: Double
    /// How many strangers there were.
    public let strangers: Int
    /// How many of its own.
    public let own: Int

    /// Of how strange each looks; nil without one of either kind. What is not a number is as strange as can be. O(n log n).
    public init?(own: [Double], strangers: [Double]) {
        guard !own.isEmpty, !strangers.isEmpty else { return nil }
        let all = (own.map { ($0, 1) } + strangers.map { ($0, 0) })
            .map { ($0.0.isNaN ? .infinity : $0.0, $0.1) }.sorted { $0.0 < $1.0 }
        var points = [Point(border: all[0].0, strangersKnown: 0, ownKnown: 0)]
        var (known, ownKnown, area) = (0, 0, 0.0)
        var start = 0
        while start < all.count {
            var end = start
            while end < all.count, all[end].0 == all[start].0 {
                ownKnown += all[end].1
                known += 1 - all[end].1
                end += 1
            }
            let point = Point(
                border: end < all.count ? all[end].0 : .infinity,
                strangersKnown: Double(known) / Double(strangers.count),
                ownKnown: Double(ownKnown) / Double(own.count))
            let last = points[points.count - 1]
            area += (point.strangersKnown - last.strangersKnown) * (point.ownKnown + last.ownKnown) / 2
            points.append(point)
            start = end
        }
        (self.points, self.area) = (points, area)
        (self.own, self.strangers) = (own.count, strangers.count)
    }

    /// The smallest share of strangers that is called known where at least such a share of its own is, 0...1: with 0.95 the "FPR at
    /// 95 % TPR" of the literature.
    public func strangersKnown(whereOwnAre share: Double) -> Double {
        points.first { $0.ownKnown >= share - 1e-12 }?.strangersKnown ?? 1
    }

    /// What comes of that border.
    public func point(at border: Double) -> Point {
        points.first { $0.border >= border } ?? points[points.count - 1]
    }
}
