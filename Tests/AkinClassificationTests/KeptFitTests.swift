import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch
import Testing

/// What rules keep of a fit.
@Suite struct KeptFitTests {
    private let rules: [any ClassificationRule] = [
        Ridge(), Discriminant(), NearestClass(), ClassMean(),
    ]

    /// To the last bit, more items than dimensions or fewer.
    @Test(arguments: [Metric.l2, .squaredL2, .l1, .cosine, .innerProduct])
    func whatIsKeptAnswersTheSame(metric: Metric) throws {
        for dimension in [4, 60] {
            let examples = FittedRules.examples([9, 5, 2, 1], dimension: dimension, seed: 3, metric: metric)
            let queries = FittedRules.examples([4, 4, 4], dimension: dimension, seed: 4).embeddings
            try FittedRules.gallery(examples).read { reader in
                for rule in rules {
                    #expect(rule.keepsFit)
                    let fitted = try rule.fitted(to: reader, in: ItemScope())
                    if metric == .innerProduct, rule is NearestClass {
                        // A search is all that it takes.
                        #expect(fitted.record == nil)
                        continue
                    }
                    let record = try #require(fitted.record)
                    let kept = try #require(rule.fitted(from: record, by: metric, dimension: dimension))
                    #expect(
                        try kept.predictions(for: queries, in: reader, listing: 3, method: .automatic)
                            == fitted.predictions(for: queries, in: reader, listing: 3, method: .automatic))
                    #expect(kept.record == record)
                }
            }
        }
    }

    @Test func anythingElseIsNone() throws {
        let examples = FittedRules.examples([9, 5, 1], dimension: 4, seed: 3)
        try FittedRules.gallery(examples).read { reader in
            for rule in rules {
                let record = try #require(try rule.fitted(to: reader, in: ItemScope()).record)
                func isNone(_ bytes: [UInt8], dimension: Int = 4) -> Bool {
                    rule.fitted(from: bytes, by: .l2, dimension: dimension) == nil
                }
                #expect(isNone(record, dimension: 5) && isNone(record + [0]) && isNone([]))
                for end in 0..<record.count { #expect(isNone(Array(record[..<end]))) }
                var generator = SeededGenerator(seed: 5)
                for _ in 0..<300 {
                    // Whatever it is, it is read or it is not.
                    var bytes = record
                    for _ in 0..<3 {
                        bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                            in: 0...255, using: &generator)
                    }
                    _ = rule.fitted(from: bytes, by: .l2, dimension: 4)
                }
            }
            #expect(rules.allSatisfy { $0.keepsFit(classes: 16_000, dimension: 128) })
            #expect(rules.allSatisfy { !$0.keepsFit(classes: 17_000, dimension: 128) })
            // Means are no linear functions.
            let means = try #require(try ClassMean().fitted(to: reader, in: ItemScope()).record)
            #expect(Ridge().fitted(from: means, by: .l2, dimension: 4) == nil)
        }
    }
}
