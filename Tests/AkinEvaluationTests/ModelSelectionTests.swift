import AkinClassification
import AkinEvaluation
import AkinTensors
import Testing

/// Choosing among candidates, and what to expect of the choice.
@Suite struct ModelSelectionTests {
    @Test func theLeastErrorWins() {
        let errors = [[0.9, 0.8, 0.7, 0.9], [0.1, 0.3, 0.2, 0.1], [0.5, 0.4, 0.6, 0.5]]
        let selection = ModelSelection(errors: errors, complexity: [1, 3, 2])
        #expect(selection.choice == 1)
        #expect(selection.choice(by: [0, 3]) == 1)
        #expect(selection.contenders(within: 2) == [1])
        #expect(selection.contenders(within: 1000).sorted() == [0, 1, 2])
    }

    @Test func theSimplerOneWinsWhereTheDifferenceIsChance() {
        // Of one mean, and of means that differ by a tenth of what single items differ by.
        let errors = [[0.0, 1, 0, 1], [1.0, 0, 1, 0], [0.0, 0, 0.99, 1]]
        #expect(ModelSelection(errors: errors, complexity: [3, 2, 4]).choice == 1)
        #expect(ModelSelection(errors: errors, complexity: [2, 3, 1], tolerance: 1).choice == 2)
        #expect(ModelSelection(errors: [[0.2, 0.2], [0.2, 0.2]], complexity: [5, 4]).choice == 1)
    }

    /// A candidate that is best by one item alone is not what that item is answered by.
    @Test func anItemHasNoSayInItsOwnAnswer() {
        let errors = [[0.0, 0.4, 0.4], [0.9, 0.3, 0.3]]
        let selection = ModelSelection(errors: errors, complexity: [1, 2], tolerance: 0)
        #expect(selection.choice == 0)
        for choices in selection.choicesWithoutItems(repeats: 4, seed: 1) {
            #expect(choices == [1, 0, 0])
        }
    }

    @Test func whatIsNoiseIsNotExpected() throws {
        // Fifty candidates that guess between two classes: the best of them looks better than it is.
        var random = SeededGenerator(seed: 9)
        let items = 60
        let right = (0..<50).map { _ in (0..<items).map { _ in Bool.random(using: &random) ? 1.0 : 0 } }
        let selection = ModelSelection(
            errors: right.map { $0.map { 1 - $0 } }, complexity: Array(0..<50), tolerance: 0)
        let best = right[selection.choice].reduce(0, +) / Double(items)
        #expect(best > 0.6)
        let choices = selection.choicesWithoutItems(repeats: 10, seed: 2)
        let honest = (0..<items).map { item in
            choices.reduce(0) { $0 + right[$1[item]][item] } / Double(choices.count)
        }
        let labels = ItemLabels((0..<items).map { "\($0 % 2)" })
        let expectation = try #require(
            ExpectedAccuracy(
                right: honest, rightAsNew: honest, gain: 0, of: labels, answerable: Array(0..<items),
                groups: nil))
        #expect(expectation.accuracy < best - 0.05)
        #expect(expectation.interval.low < 0.5 && 0.5 < expectation.interval.high)
        #expect(expectation.newClass == nil && expectation.items == items)
    }

    @Test func groupsCountAsOneQuestion() throws {
        let labels = ItemLabels((0..<60).map { "\($0 % 3)" })
        let right = (0..<60).map { $0 < 45 ? 1.0 : 0 }
        func expectation(_ groups: [Int]?) throws -> ExpectedAccuracy {
            try #require(
                ExpectedAccuracy(
                    right: right, rightAsNew: right, gain: 0.01, of: labels, answerable: Array(0..<60),
                    groups: groups))
        }
        let (alone, pages) = (try expectation(nil), try expectation((0..<60).map { $0 / 15 }))
        #expect(alone.accuracy == 0.75 && pages.accuracy == 0.75 && alone.newClass == 0.75)
        #expect(
            pages.interval.high - pages.interval.low > 1.5 * (alone.interval.high - alone.interval.low))
        #expect(
            ExpectedAccuracy(
                right: [], rightAsNew: [], gain: 0, of: ItemLabels([]), answerable: [], groups: nil)
                == nil)
    }

    /// Errors of 1 / sqrt(n): what is lost by leaving out fewer parts tells what is lost by leaving out more.
    @Test func gainFollowsTheCurve() {
        func accuracy(_ share: Double) -> Double { 1 - 0.2 / share.squareRoot() }
        for (parts, fewer) in [(5, 3), (10, 5), (3, 2)] {
            let difference = accuracy(1 - 1 / Double(parts)) - accuracy(1 - 1 / Double(fewer))
            let gain = ExpectedAccuracy.gain(difference, parts: parts, fewer: fewer)
            #expect(abs(accuracy(1 - 1 / Double(parts)) + gain - accuracy(1)) < 1e-12)
        }
        #expect(ExpectedAccuracy.gain(0.1, parts: 2, fewer: 1) == 0)
        #expect(ExpectedAccuracy.gain(-0.1, parts: 5, fewer: 3) == 0)
    }
}
