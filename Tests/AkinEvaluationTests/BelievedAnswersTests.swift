import Akin
import AkinTensors
import Testing

/// What follows from how sure answers are, and from how strange pictures look.
@Suite struct BelievedAnswersTests {
    /// Some equal ones among them.
    private func drawn(_ count: Int, shift: Double, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in ((Double(generator.normals().0) + shift) * 8).rounded() / 8 }
    }

    /// As it is defined: each pair of a stranger and one of its own.
    @Test(arguments: 1...8 as ClosedRange<UInt64>) func areaIsThatOfAllPairs(seed: UInt64) throws {
        let own = drawn(Int(seed) * 9, shift: 0, seed: seed)
        let strangers = drawn(40, shift: Double(seed) / 4, seed: seed + 100)
        let curve = try #require(StrangerCurve(own: own, strangers: strangers))
        var wins = 0.0
        for a in own { for b in strangers { wins += a < b ? 1 : (a == b ? 0.5 : 0) } }
        #expect(abs(curve.area - wins / Double(own.count * strangers.count)) < 1e-12)
        #expect(curve.own == own.count && curve.strangers == 40)
        for border in [-1.0, 0, 0.125, 0.3, 9] {
            let point = curve.point(at: border)
            #expect(point.ownKnown == Double(own.count { $0 < border }) / Double(own.count))
            #expect(point.strangersKnown == Double(strangers.count { $0 < border }) / 40)
        }
        let borders = Set(own + strangers).map { $0 + 1e-9 }
        let best = borders.filter { border in
            Double(own.count { $0 < border }) >= 0.95 * Double(own.count)
        }.map { border in Double(strangers.count { $0 < border }) / 40 }.min()
        #expect(curve.strangersKnown(whereOwnAre: 0.95) == best)
    }

    @Test func aCurveOfFew() throws {
        #expect(
            StrangerCurve(own: [], strangers: [1]) == nil && StrangerCurve(own: [1], strangers: []) == nil)
        #expect(try #require(StrangerCurve(own: [1, .nan], strangers: [2])).area == 0.5)
        #expect(Reliability([(.nan, true)]) == nil && Reliability([(0.5, true)], bins: 0) == nil)
        let apart = try #require(StrangerCurve(own: [-.infinity, 1], strangers: [2, 3]))
        #expect(apart.area == 1 && apart.strangersKnown(whereOwnAre: 1) == 0)
        #expect(try #require(StrangerCurve(own: [5], strangers: [5])).area == 0.5)
    }

    @Test func riskOfTheSurest() throws {
        #expect(RiskCoverage([]) == nil)
        // The two of 0.7 are taken together.
        let curve = try #require(
            RiskCoverage([(0.9, true), (0.7, false), (0.7, true), (0.2, false), (0.95, true)]))
        #expect(curve.points.map(\.coverage) == [0.2, 0.4, 0.8, 1])
        #expect(curve.points.map(\.risk) == [0, 0, 0.25, 0.4])
        #expect(curve.points.map(\.confidence) == [0.95, 0.9, 0.7, 0.2])
        #expect(curve.risk(atCoverage: 0.5) == 0.25 && curve.risk(atCoverage: 1) == 0.4)
        #expect(curve.coverage(atRisk: 0.1) == 0.4 && curve.coverage(atRisk: 0.3) == 0.8)
        #expect(try #require(RiskCoverage([(1, false)])).coverage(atRisk: 0.5) == 0)
    }

    @Test func reliabilityByHand() throws {
        #expect(Reliability([]) == nil)
        let found = try #require(
            Reliability([(0.95, true), (1, true), (0.91, false), (0.5, true), (0.55, false), (0, false)]))
        #expect(found.bins.map(\.count) == [1, 2, 3] && found.bins.map(\.right) == [0, 1, 2])
        #expect(found.bins.map(\.low) == [0, 0.5, 0.9] && found.bins[2].high == 1)
        #expect(abs(found.bins[2].confidence - 2.86 / 3) < 1e-12)
        let error = (2 * abs(0.525 - 0.5) + 3 * abs(2.86 / 3 - 2.0 / 3)) / 6
        #expect(abs(found.error - error) < 1e-12)
    }

    @Test func classesCountAlike() throws {
        func results(_ counts: [(Int, Int)]) -> [ClassResult] {
            counts.enumerated().map { ClassResult(label: "\($0)", items: $1.0, errors: $1.1) }
        }
        #expect(ClassMeanAccuracy([]) == nil)
        let alike = try #require(ClassMeanAccuracy(results([(10, 1), (10, 3)])))
        #expect(abs(alike.accuracy - 0.8) < 1e-12 && alike.classes == 2)
        #expect(abs(alike.interval.low - Interval(16, trusted: 20).low) < 1e-12)
        // A class of one makes it unsure, however large the other is.
        let unequal = try #require(ClassMeanAccuracy(results([(1000, 0), (1, 1)])))
        #expect(unequal.accuracy == 0.5 && unequal.interval.high - unequal.interval.low > 0.6)
    }

    /// What is right or wrong together counts as one.
    @Test func pagesAreLessThanTheirPictures() {
        func outcomes(_ right: [[Bool]]) -> [Outcome] {
            right.enumerated().flatMap { fold, own in
                own.map { isRight in
                    var one = Outcome(source: Source("x"), label: "a", predicted: isRight ? "a" : "b")
                    one.fold = fold
                    return one
                }
            }
        }
        let pages = outcomes((0..<10).map { Array(repeating: $0 < 7, count: 20) })
        let interval = Interval(byFold: pages)
        #expect(abs(interval.low - Interval(7, trusted: 10).low) < 0.05 && interval.high < 1)
        let all = Interval(byFold: outcomes([[true, true], [true], [true, true, true]]))
        #expect(all.high == 1 && abs(all.low - Interval(3, trusted: 3).low) < 1e-12)
    }
}
