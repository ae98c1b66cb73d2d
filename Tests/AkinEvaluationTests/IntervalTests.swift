import AkinEvaluation
import AkinTensors
import Foundation
import Testing

@Suite struct IntervalTests {
    /// The first four from Newcombe 1998 ("Two-sided confidence intervals for the single proportion", table
    /// I, method 3), the others worked out by the formula with other software.
    @Test(arguments: [
        (81, 263, 0.255_3, 0.366_2), (15, 148, 0.062_4, 0.160_5), (0, 20, 0.0, 0.161_1),
        (1, 29, 0.006_1, 0.171_8), (33, 39, 0.702_7, 0.927_5), (20, 20, 0.838_9, 1.0), (1, 1, 0.206_5, 1.0),
        (0, 1, 0.0, 0.793_5), (5, 10, 0.236_6, 0.763_4), (9_620, 10_000, 0.958_1, 0.965_6),
    ])
    func knownValues(successes: Int, trials: Int, low: Double, high: Double) {
        let interval = Interval(successes, trusted: trials)
        #expect(abs(interval.low - low) < 6e-5, "\(interval)")
        #expect(abs(interval.high - high) < 6e-5, "\(interval)")
    }

    @Test func withoutTrialsNothingIsKnown() {
        #expect((Interval(0, trusted: 0).low, Interval(0, trusted: 0).high) == (0, 1))
    }

    @Test func everyIntervalHoldsItsProportionAndIsSymmetric() {
        for trials in 1...60 {
            for successes in 0...trials {
                let interval = Interval(successes, trusted: trials)
                let mirrored = Interval(trials - successes, trusted: trials)
                #expect(0 <= interval.low && interval.high <= 1)
                #expect(interval.low <= Double(successes) / Double(trials))
                #expect(interval.high >= Double(successes) / Double(trials))
                #expect(abs(interval.low - (1 - mirrored.high)) < 1e-12)
            }
        }
    }

    @Test func clustersThatAreRightOrWrongTogetherTellLess() {
        // Ten episodes of twenty questions, each all right or all wrong: as ten questions, but for the tenth that is
        // lost to the estimate of the variance.
        let together = Interval(clusters: (0..<10).map { ($0 < 7 ? 20 : 0, 20) })
        let ten = Interval(7, trusted: 10)
        #expect(abs((together.high - together.low) / (ten.high - ten.low) - 1) < 0.05)
        // Clusters as different as independent questions are, or less so, are Wilson's.
        #expect(Interval(clusters: (0..<10).map { _ in (14, 20) }) == Interval(140, trusted: 200))
        #expect(Interval(clusters: [(20, 20), (7, 7)]) == Interval(27, trusted: 27))
        #expect(Interval(clusters: [(3, 5)]) == Interval(3, trusted: 5))
        #expect(Interval(clusters: []) == Interval(0, trusted: 0))
    }

    @Test func theIntervalOfClustersHoldsTheTruthAsOftenAsItSays() {
        var random = SeededGenerator(seed: 5)
        var held = 0
        for _ in 0..<1000 {
            // Hard and easy episodes, of different sizes.
            let clusters = (0..<40).map { _ in
                let chance: Float = Bool.random(using: &random) ? 0.95 : 0.65
                let trials = Int.random(in: 10...20, using: &random)
                return (successes: (0..<trials).count { _ in random.uniform() < chance }, trials: trials)
            }
            let interval = Interval(clusters: clusters)
            if interval.low...interval.high ~= 0.8 { held += 1 }
        }
        #expect(920...980 ~= held, "\(held)")
    }

    @Test func jsonIsAListOfTwo() throws {
        let interval = Interval(0, trusted: 20)
        let data = try JSONEncoder().encode(interval)
        #expect(String(decoding: data, as: UTF8.self).hasPrefix("[0,0.16"))
        #expect(try JSONDecoder().decode(Interval.self, from: data) == interval)
    }
}

@Suite struct MeanIntervalTests {
    @Test func ofAccuracies() {
        // Mean 0.7, deviation 0.1826: as 3 * 0.21 / (0.1 / 4) trials with t = 3.182 for 97.5 % and three degrees of freedom.
        let interval = Interval(meanOf: [0.5, 0.6, 0.8, 0.9])
        let (trials, t2) = (0.21 * 12 / 0.1, 3.182_446 * 3.182_446)
        let centre = (0.7 + t2 / (2 * trials)) / (1 + t2 / trials)
        let half =
            t2.squareRoot() / (1 + t2 / trials) * (0.21 / trials + t2 / (4 * trials * trials)).squareRoot()
        #expect(abs(interval.low - (centre - half)) < 1e-6 && abs(interval.high - (centre + half)) < 1e-6)
    }

    @Test func fewValuesTellLittle() {
        #expect(Interval(meanOf: []) == Interval(0, trusted: 0))
        #expect(Interval(meanOf: [1, 1, 1]) == Interval(3, trusted: 3))
        #expect(Interval(meanOf: [0.5]).low < 0.1)
        #expect(Interval(meanOf: [0.4, 0.6]).high > 0.9)
        // Many answers that are right or wrong come to what Wilson's interval says.
        let many = Interval(meanOf: (0..<1000).map { $0 < 700 ? 1 : 0 })
        #expect(abs(many.low - Interval(700, trusted: 1000).low) < 1e-4)
    }
}
