import AkinBasics
import AkinClassification
import AkinEvaluation

/// What follows from the answers.
extension IndexReport {
    /// How many of those that could be answered rightly were; nil where none was asked about, or there is one class, which is always right.
    package var right: (tally: Tally, interval: Interval)? {
        guard let answers, classes.count > 1 else { return nil }
        return Self.right(answers.asked, byGroup: answers.byGroup)
    }

    static func right(_ asked: [JudgedOutcome], byGroup: Bool) -> (tally: Tally, interval: Interval)? {
        guard !asked.isEmpty else { return nil }
        let tally = asked.tally
        return (tally, byGroup ? Interval(byFold: asked.map(\.outcome)) : tally.interval)
    }

    /// By label, of those that could be answered rightly.
    var classResults: [ClassResult] {
        Dictionary(grouping: answers?.asked ?? [], by: \.outcome.label).map { label, own in
            let tally = own.tally
            return ClassResult(label: label, items: tally.items, errors: tally.errors)
        }.sorted { bytesPrecede($0.label, $1.label) }
    }

    /// Each class counting alike.
    package var mean: ClassMeanAccuracy? { right == nil ? nil : ClassMeanAccuracy(classResults) }

    /// What was taken for what, most frequent first.
    package var confusions: [Confusion] {
        Confusion.pairs(of: (answers?.asked ?? []).filter { !$0.isRight }.map { Mistake($0.outcome) })
    }

    /// Two classes that are taken for one another, whichever for which; most frequent first.
    var mixedUp: [(first: String, second: String, count: Int)] {
        var counts: [[String]: Int] = [:]
        for pair in confusions {
            let isFirst = bytesPrecede(pair.label, pair.predicted)
            counts[isFirst ? [pair.label, pair.predicted] : [pair.predicted, pair.label], default: 0] +=
                pair.count
        }
        return counts.map { (first: $0.key[0], second: $0.key[1], count: $0.value) }.sorted {
            ($1.count, $0.first, $0.second) < ($0.count, $1.first, $1.second)
        }
    }

    /// Classes that do worse than the others, beyond chance or by half; the worst first.
    var weak: [ClassResult] {
        guard let overall = right?.tally.accuracy else { return [] }
        return classResults.filter { one in
            one.errors > 0 && one.accuracy < overall - 0.1
                && (one.interval.high < overall || one.accuracy <= 0.5)
        }.sorted { ($0.accuracy, -$0.errors, $0.label) < ($1.accuracy, -$1.errors, $1.label) }
    }

    /// How well strangers are told, each class in turn taken for one; nil with fewer than three classes.
    package var strangers: StrangerCurve? {
        guard let answers, classes.count > 2 else { return nil }
        return StrangerCurve(
            own: answers.asked.compactMap(\.strangeness),
            strangers: answers.list.compactMap(\.strangenessWithoutClass))
    }

    /// How sure the answers were, and whether rightly.
    private var believed: [(confidence: Double, isRight: Bool)] {
        right == nil ? [] : answers?.asked.map { ($0.confidence, $0.isRight) } ?? []
    }

    /// How many of the surest answers are wrong.
    package var riskCoverage: RiskCoverage? { RiskCoverage(believed) }

    /// Whether answers are right as often as they say; nil where their confidence is no probability.
    package var reliability: Reliability? {
        calibration?.classifier == classifier ? Reliability(believed) : nil
    }

    /// How many of those that could be answered rightly were given a verdict.
    func count(_ verdict: Verdict) -> Int { answers?.asked.count { $0.verdict == verdict } ?? 0 }
}
