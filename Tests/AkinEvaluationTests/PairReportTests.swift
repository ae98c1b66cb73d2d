import Akin
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct PairReportTests {
    private static let labels = Array(FewShotReportTests.labels.prefix(12))
    private static let embeddings = FewShotReportTests.embeddings.rows(at: 0..<12)

    @Test func pairs() throws {
        let outcomes = try PairOutcomes(labels: Self.labels, embeddings: Self.embeddings, count: 1000)
        let report = PairReport(outcomes)
        // Eighteen of one class.
        #expect(report.pairs == 36 && report.accuracy == 1 && report.interval == Interval(36, trusted: 36))
        #expect(report.auroc == 1 && report.equalErrorRate == 0 && !report.thresholdGiven)
        #expect(report.aurocInterval == Interval(18, trusted: 18))
        #expect(report.crossValidatedAccuracy == 1 && report.macroAccuracy == 1)
        #expect(0.3..<10 ~= report.threshold)
        let given = PairReport(outcomes, threshold: 0.15)
        #expect(given.thresholdGiven && given.accuracy == 27.0 / 36)
        #expect(given.byClass.map(\.label) == ["first/0", "first/1", "first/2"])
        #expect(
            given.byClass.allSatisfy {
                $0.same == 6 && $0.refused == 3 && $0.different == 12 && $0.accepted == 0
            })
        #expect(given.macroAccuracy == 0.75)
        let data = try JSONEncoder().encode(report)
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(json.keys) == [
                "accuracy", "interval", "threshold", "threshold_given", "auroc", "equal_error_rate", "pairs",
                "images", "classes", "metric", "seed", "auroc_interval", "equal_error_interval", "by_class",
                "roc",
                "macro_accuracy", "macro_interval", "cross_validated_accuracy", "cross_validated_interval",
            ])
        #expect(try JSONDecoder().decode(PairReport.self, from: data) == report)
        #expect(report.text.contains("36 of 36 right: 100.0 %") && report.text.contains("these very pairs"))
        #expect(given.text.contains("at the distance 0.1500, as given\n"))
        #expect(throws: EvaluationError.fewShot(.noPairs(images: 2, classes: 2))) {
            try PairOutcomes(labels: ["a", "b"], embeddings: Matrix(zeros: 2, columns: 1))
        }
    }

    /// Two lists, of a few large classes and of many small ones, as one.
    @Test func twoListsAreOne() throws {
        var random = SeededGenerator(seed: 4)
        func outcomes(_ labels: [String], _ count: Int) throws -> PairOutcomes {
            let values = labels.map { Float($0.hashOfBytes % 7) + Float.random(in: 0...4, using: &random) }
            return try PairOutcomes(
                labels: labels, embeddings: Matrix(rows: labels.count, columns: 1, trusted: values),
                count: count)
        }
        let first = try outcomes((0..<60).map { "\($0 % 3)" }, 200)
        let second = try outcomes((0..<40).map { "x\($0 % 8)" }, 100)
        let both = first.joined(with: second)
        #expect(both.list.count == 300 && both.list.prefix(150).allSatisfy(both.isSame))
        #expect(!both.list.suffix(150).contains(where: both.isSame))
        let reports = [first, second, both].map { PairReport($0, threshold: 2) }
        let right = reports.map { $0.accuracy * Double($0.pairs) }
        #expect(abs(right[0] + right[1] - right[2]) < 1e-9)
        #expect(reports[2].classes == 11 && reports[2].images == 100)
        #expect(
            reports[2].byClass.count == 11 && reports[2].byClass.prefix(3) == reports[0].byClass.prefix(3))
    }

    /// By the definitions, over all pairs of pairs.
    @Test(arguments: 0..<20) func figuresAreThoseOfTheirDefinitions(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed, 3)
        let labels = (0..<Int.random(in: 12...40, using: &random)).map { "\($0 % 4)" }
        let values = labels.map { Float(Int($0)! * 2 + Int.random(in: 0...6, using: &random)) }
        let outcomes = try PairOutcomes(
            labels: labels, embeddings: Matrix(rows: labels.count, columns: 1, trusted: values), count: 150,
            seed: seed)
        let report = PairReport(outcomes)
        let same = outcomes.list.filter(outcomes.isSame).map(\.distance)
        let different = outcomes.list.filter { !outcomes.isSame($0) }.map(\.distance)
        #expect(same.count == different.count)

        func nearer(_ a: Float, _ b: Float) -> Double { a < b ? 1 : a == b ? 0.5 : 0 }
        let shares = same.map { a in different.reduce(0) { $0 + nearer(a, $1) } / Double(different.count) }
        let others = different.map { b in same.reduce(0) { $0 + nearer($1, b) } / Double(same.count) }
        let area = shares.reduce(0, +) / Double(same.count)
        #expect(abs(report.auroc - area) < 1e-12)
        func variance(_ values: [Double]) -> Double {
            values.reduce(0) { $0 + ($1 - area) * ($1 - area) } / Double(values.count - 1)
                / Double(values.count)
        }
        let deviation = (variance(shares) + variance(others)).squareRoot()
        // The ends of the usual interval, which Wilson's comes to where they are far from 0 and 1.
        let width = report.aurocInterval.high - report.aurocInterval.low
        #expect(report.aurocInterval.low < area && area < report.aurocInterval.high)
        #expect(abs(width - 2 * 1.96 * deviation) < 0.15 * width, "\(width) \(deviation)")

        for point in report.roc {
            #expect(
                point.truePositiveRate == Double(same.count { $0 <= point.threshold }) / Double(same.count))
            #expect(
                point.falsePositiveRate == Double(different.count { $0 <= point.threshold })
                    / Double(different.count))
        }
        #expect(report.roc.last?.truePositiveRate == 1 && report.roc.last?.falsePositiveRate == 1)

        var right = 0
        for part in 0..<10 {
            func split(_ values: [Float], isIn: Bool) -> [Float] {
                values.indices.filter { ($0 % 10 == part) == isIn }.map { values[$0] }
            }
            let (own, other) = (split(same, isIn: false), split(different, isIn: false))
            let candidates = (own + other + [-1]).map { threshold in
                (own.count { $0 <= threshold } + other.count { $0 > threshold }, threshold)
            }
            let most = candidates.map(\.0).max()!
            let lowest = candidates.filter { $0.0 == most }.map(\.1).min()!
            // Halfway to the next distance.
            let next = (own + other).filter { $0 > lowest }.min().map { lowest + ($0 - lowest) / 2 } ?? lowest
            right +=
                split(same, isIn: true).count { $0 <= next }
                + split(different, isIn: true).count { $0 > next }
        }
        #expect(abs(report.crossValidatedAccuracy! - Double(right) / Double(report.pairs)) < 1e-12)
    }

    private struct Fixture: Decodable {
        struct Pairs: Decodable { var same, different: [Float]; var auroc: Double }
        var pairs: Pairs
    }

    @Test func asScikitLearnHasIt() throws {
        let data = Data(try Fixtures.bytes("ranking/scikit-learn.json"))
        let pairs = try JSONDecoder().decode(Fixture.self, from: data).pairs
        #expect(
            abs(Verification(trusted: pairs.same, different: pairs.different).auroc - pairs.auroc) < 1e-12)
    }
}

extension String {
    /// The same in every run.
    fileprivate var hashOfBytes: Int { utf8.reduce(5) { ($0 &* 31 &+ Int($1)) & 0xFFFF } }
}
