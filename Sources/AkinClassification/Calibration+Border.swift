import AkinTensors
import AkinVectorSearch
import Foundation

/// Why there is no border.
struct NoBorder: Error {
    let silence: Calibration.Silence
}

private typealias Border = Calibration.Border

private func average(of values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

/// Where the unknown begins (`Calibration` says by which rule).
extension Calibration.Border {
    /// The usual deviation of strangers' nearness, and as many degrees of freedom.
    fileprivate static let usualDeviation = 0.25
    fileprivate static let freedomOfUsual = 4.0
    /// By how much two items of a class tell the same of strangers, and what share of items is left where two can be each
    /// other's nearest.
    fileprivate static let likeness = 0.4
    fileprivate static let worth = 0.8
    /// By how much the pictures of a strange class tell the same.
    private static let likenessOfStrangers = 0.3
    /// Farther than this share of its own, nothing is taken for one.
    private static let ownQuantile = 0.98
    /// Of so many items a class is believed by half to be unusual.
    private static let half = 3.0
    /// Nearer than this share of the middle distance counts as that: the logarithm of equal pictures would drown all others.
    private static let floor = 0.05

    /// - Parameters:
    ///   - answers: What is said of some items, each left out.
    ///   - asked: Their classes, positions in the labels' names.
    init(
        _ answers: [LeftOutAnswer], _ asked: [Int], _ labels: ItemLabels, _ metric: Metric.Kind,
        _ share: Double
    ) throws(NoBorder) {
        guard let power = metric.powerOfSquare else { throw NoBorder(silence: .metric) }
        let apart = answers.indices.filter { answers[$0].nearestOther != nil }
        let classes = Set(apart.map { asked[$0] }).count
        guard classes > 2 else {
            // Of more classes, all whose items are not copies of those of others.
            throw NoBorder(silence: labels.names.count > 2 ? .onePoint : .fewClasses)
        }
        let distances = apart.map { answers[$0].nearestOther!.distance }.sorted()
        let least = Self.floor * Double(distances[distances.count / 2])
        guard least > 0 else { throw NoBorder(silence: .onePoint) }
        func nearness(_ distance: Float) -> Double { power * log(max(Double(distance), least)) }

        let other = apart.map { nearness(answers[$0].nearestOther!.distance) }
        let same = apart.map { answers[$0].nearestSame.map { nearness($0.distance) } }
        let byClass = Dictionary(grouping: apart.indices) { asked[apart[$0]] }
        let unusual = Self.unusual(other, same, byClass, labels)
        func usual(_ item: Int) -> Double { unusual[labels.classes[item]] ?? 0 }

        // Of whole classes left out.
        let strangers = Spread(
            apart.indices.map { other[$0] - usual(Int(answers[apart[$0]].nearestOther!.id)) }, by: asked,
            at: apart)
        // One class more than were left will be there, for a stranger to lie near to.
        let oneLess = Double(classes - 1) / Double(classes)
        let behind = StudentsT.quantile(1 - share * oneLess, freedom: strangers.freedom)
        let promised = strangers.mean - behind * strangers.deviationOfNext

        let nearest = apart.indices.map { place in
            let isSame = same[place].map { $0 <= other[place] } ?? false
            let item = isSame ? answers[apart[place]].nearestSame : answers[apart[place]].nearestOther
            return (isSame ? same[place]! : other[place]) - usual(Int(item!.id))
        }
        // Where its own lie nearer by far, what lies between is of neither.
        let alike = apart.indices.filter { same[$0] != nil }
        let own = Spread(alike.map { nearest[$0] }, by: asked, at: alike.map { apart[$0] })
        let farthest =
            alike.count > 2
            ? own.mean + StudentsT.quantile(Self.ownQuantile, freedom: own.freedom) * own.deviationOfNext
            : .infinity
        let border = min(promised, farthest)
        strangersKnown = farthest < promised ? strangers.share(nearerThan: border) / oneLess : share
        askedFor = share
        interval = Self.interval(of: strangersKnown, border, strangers, classes)
        (self.power, self.nearness) = (power, border)
        self.usual = Dictionary(
            uniqueKeysWithValues: unusual.filter { $0.value != 0 }.map { (labels.names[$0.key], $0.value) })
        let known = alike.count { nearest[$0] < border }
        ownKnown = alike.isEmpty ? nil : Double(known) / Double(alike.count)
    }

    /// What that share can be among those to come: by what is not known of the mean and of the deviation, and by their being of few
    /// classes.
    private static func interval(
        of share: Double, _ border: Double, _ strangers: Spread, _ classes: Int
    ) -> Range {
        let place = (border - strangers.mean) / strangers.deviation
        let spread =
            (1 / strangers.worth + place * place / (2 * strangers.freedom)
            + likenessOfStrangers / Double(classes)).squareRoot()
        let middle = StudentsT.normalQuantile(min(max(share, 1e-9), 1 - 1e-9))
        func rate(_ deviations: Double) -> Double { StudentsT.normalShare(middle + deviations * spread) }
        return Range(
            low: (rate(-1.96) * 100).rounded(.down) / 100, high: (rate(1.96) * 100).rounded(.up) / 100)
    }

    /// How values of items are spread, as far as so many tell.
    private struct Spread {
        let mean: Double
        let deviation: Double
        /// The degrees of freedom of that.
        let freedom: Double
        /// As many different items would tell as much of the mean.
        let worth: Double

        /// Of the values of the items at `places`, whose classes `asked` has.
        init(_ values: [Double], by asked: [Int], at places: [Int]) {
            let byClass = Dictionary(grouping: values.indices) { asked[places[$0]] }
                .sorted { $0.key < $1.key }.map { own in own.value.map { values[$0] } }
            let (count, overall) = (Double(values.count), average(of: values))
            let squares = values.reduce(0) { $0 + ($1 - overall) * ($1 - overall) }
            mean = average(of: byClass.map { average(of: $0) })
            worth = Border.worth * count / (1 + (count / Double(byClass.count) - 1) * Border.likeness)
            let own = max(worth - 1, 0.5)
            freedom = own + Border.freedomOfUsual
            let usual = Border.freedomOfUsual * Border.usualDeviation * Border.usualDeviation
            deviation = ((usual + own * squares / max(count - 1, 1)) / freedom).squareRoot()
        }

        /// Of one more, whose mean is known by these.
        var deviationOfNext: Double { deviation * (1 + 1 / worth).squareRoot() }

        /// What share of those to come is less than a value below the mean.
        func share(nearerThan value: Double) -> Double {
            1 - StudentsT.share(below: (mean - value) / deviationOfNext, freedom: freedom)
        }
    }

    /// For each class by how much its items lie farther from others than is usual, shrunk.
    private static func unusual(
        _ other: [Double], _ same: [Double?], _ byClass: [Int: [Int]], _ labels: ItemLabels
    ) -> [Int: Double] {
        let others = byClass.mapValues { average(of: $0.map { other[$0] }) }
        let own = byClass.mapValues { $0.compactMap { same[$0] } }.filter { !$0.value.isEmpty }.mapValues {
            average(of: $0)
        }
        let order = byClass.keys.sorted()
        let meanOther = average(of: order.map { others[$0]! })
        let meanOwn = average(of: order.compactMap { own[$0] })
        return Dictionary(
            uniqueKeysWithValues: order.map { one in
                let parts = [others[one]! - meanOther] + (own[one].map { [$0 - meanOwn] } ?? [])
                let count = Double(labels.counts[one])
                return (one, average(of: parts) * count / (count + half))
            })
    }
}

extension Calibration.Border {
    /// Whether a picture with such a nearest item belongs to none of the classes.
    func isBeyond(_ distance: Float, from label: String) -> Bool {
        strangeness(of: distance, from: label) >= 0
    }
}
