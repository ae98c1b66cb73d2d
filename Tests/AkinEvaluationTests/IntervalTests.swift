import AkinEvaluation
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
        let interval = Interval(successes, of: trials)
        #expect(abs(interval.low - low) < 6e-5, "\(interval)")
        #expect(abs(interval.high - high) < 6e-5, "\(interval)")
    }

    @Test func withoutTrialsNothingIsKnown() {
        #expect((Interval(0, of: 0).low, Interval(0, of: 0).high) == (0, 1))
    }

    @Test func everyIntervalHoldsItsProportionAndIsSymmetric() {
        for trials in 1...60 {
            for successes in 0...trials {
                let interval = Interval(successes, of: trials)
                let mirrored = Interval(trials - successes, of: trials)
                #expect(0 <= interval.low && interval.high <= 1)
                #expect(interval.low <= Double(successes) / Double(trials))
                #expect(interval.high >= Double(successes) / Double(trials))
                #expect(abs(interval.low - (1 - mirrored.high)) < 1e-12)
            }
        }
    }

    @Test func jsonIsAListOfTwo() throws {
        let interval = Interval(0, of: 20)
        let data = try JSONEncoder().encode(interval)
        #expect(String(decoding: data, as: UTF8.self).hasPrefix("[0,0.16"))
        #expect(try JSONDecoder().decode(Interval.self, from: data) == interval)
    }
}
