import AkinImages
import AkinTensors
import AkinTraining
import AkinVectorSearch
import Testing

@Suite struct VerificationTests {
    @Test(arguments: 0..<30) func drawsBalancedPairsOfEachKind(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let labels = (0..<Int.random(in: 4...30, using: &random)).map { _ in
            "\(Int.random(in: 0..<6, using: &random))"
        }
        let all = labels.indices.flatMap { i in (i + 1..<labels.count).map { (i, $0) } }
        let same = all.count { labels[$0.0] == labels[$0.1] }
        let most = min(same, all.count - same)
        let count = Int.random(in: 2...200, using: &random)
        guard most > 0 else {
            #expect(throws: FewShotError.self) {
                try VerificationPairs(labels: labels, count: count, seed: seed)
            }
            return
        }
        let drawn = try VerificationPairs(labels: labels, count: count, seed: seed)
        #expect(drawn.same == min(count / 2, most) && drawn.pairs.count == 2 * drawn.same)
        for (i, pair) in drawn.pairs.enumerated() {
            #expect((labels[Int(pair.left)] == labels[Int(pair.right)]) == (i < drawn.same))
        }
        let distinct = Set(drawn.pairs.map { Set([$0.left, $0.right]) })
        #expect(distinct.count == drawn.pairs.count && distinct.allSatisfy { $0.count == 2 })
    }

    @Test func classesAreAsLikely() throws {
        let labels = ["a", "b", "a", "c", "a", "b"]
        var times: [Set<Int32>: Int] = [:]
        for seed in 0..<3600 {
            for pair in try VerificationPairs(labels: labels, count: 2, seed: UInt64(seed)).pairs {
                times[[pair.left, pair.right], default: 0] += 1
            }
        }
        // Two classes have pairs of their own, three of a and one of b; three pairs of classes have six, three and two.
        #expect(times.count == 15)
        for (pair, count) in times {
            let found = pair.map { labels[Int($0)] }.sorted().joined()
            let expected = ["aa": 600, "bb": 1800, "ab": 200, "ac": 400, "bc": 600][found]!
            #expect(abs(count - expected) < 5 * Int(Double(expected).squareRoot()), "\(found) \(count)")
        }
    }

    /// As seed 004 has them: of six classes a fifth of the images, of four all.
    @Test func everyClassHasAsMany() throws {
        let sizes = [14, 14, 14, 70, 70, 14, 70, 14, 14, 70]
        let labels = sizes.enumerated().flatMap { Array(repeating: "\($0.offset)", count: $0.element) }
        let drawn = try VerificationPairs(labels: labels, count: 1003, seed: 2)
        #expect(drawn.pairs.count == 1002)
        var (alike, different) = ([String: Int](), [Set<String>: Int]())
        for pair in drawn.pairs {
            let both: Set = [labels[Int(pair.left)], labels[Int(pair.right)]]
            if both.count == 1 {
                alike[both.first!, default: 0] += 1
            } else {
                different[both, default: 0] += 1
            }
        }
        #expect(alike.count == 10 && Set(alike.values) == [50, 51] && alike.values.reduce(0, +) == 501)
        #expect(different.count == 45 && Set(different.values) == [11, 12])

        // What small classes lack, the large one has.
        let few = try VerificationPairs(
            labels: ["a", "a", "b", "b", "b", "c", "c", "c", "c", "c"], count: 18, seed: 3)
        let counts = few.pairs.prefix(9).reduce(into: [:]) {
            $0[$1.left < 2 ? "a" : $1.left < 5 ? "b" : "c", default: 0] += 1
        }
        #expect(counts == ["a": 1, "b": 3, "c": 5])
    }

    @Test(arguments: 0..<30) func countsAsBruteForceDoes(seed: UInt64) {
        var random = SeededGenerator(seed: seed, 1)
        // Few different values, so that many are equal.
        func distances(_ shift: Int) -> [Float] {
            (0..<Int.random(in: 1...20, using: &random)).map { _ in
                Float(Int.random(in: 0...8, using: &random) + shift)
            }
        }
        let (same, different) = (distances(0), distances(Int.random(in: -2...8, using: &random)))
        let found = Verification(trusted: same, different: different)
        let all = same + different
        func accuracy(_ threshold: Float) -> Double {
            Double(same.count { $0 <= threshold } + different.count { $0 > threshold }) / Double(all.count)
        }
        let best = (all + [all.min()! - 1]).map(accuracy).max()!
        #expect(found.bestAccuracy == best && accuracy(found.bestThreshold) == best, "seed \(seed)")
        #expect(found.right(at: 3) == Int((accuracy(3) * Double(all.count)).rounded()))
        let wins = same.reduce(0.0) { sum, s in
            sum + different.reduce(0.0) { $0 + (s < $1 ? 1 : s == $1 ? 0.5 : 0) }
        }
        #expect(abs(found.auroc - wins / Double(same.count * different.count)) < 1e-12, "seed \(seed)")

        // The rates are equal somewhere between two thresholds.
        let rates = ([all.min()! - 1] + Set(all).sorted()).map { threshold in
            (
                refused: Double(same.count { $0 > threshold }) / Double(same.count),
                accepted: Double(different.count { $0 <= threshold }) / Double(different.count)
            )
        }
        let below = rates.last { $0.refused > $0.accepted }!
        let above = rates.first { $0.refused <= $0.accepted }!
        let rate = found.equalErrorRate
        #expect(below.accepted - 1e-12...above.accepted + 1e-12 ~= rate, "seed \(seed)")
        #expect(above.refused - 1e-12...below.refused + 1e-12 ~= rate, "seed \(seed)")
    }

    @Test func byHand() throws {
        let found = Verification(trusted: [1, 2, 3, 6], different: [9, 5, 8, 7])
        #expect(found.same == [1, 2, 3, 6] && found.different == [5, 7, 8, 9])
        #expect(found.bestThreshold == 4 && found.bestAccuracy == 7.0 / 8)
        #expect(found.auroc == 15.0 / 16 && found.equalErrorRate == 0.25)
        let infinite = try Verification(same: [1, .nan], different: [2])
        #expect(infinite.bestAccuracy == 2.0 / 3)
        let perfect = Verification(trusted: [0, 1], different: [2, .infinity])
        #expect(perfect.bestAccuracy == 1 && perfect.bestThreshold == 1.5)
        #expect(perfect.auroc == 1 && perfect.equalErrorRate == 0)
        let collapsed = Verification(trusted: [0, 0], different: [0, 0])
        #expect(collapsed.bestAccuracy == 0.5 && collapsed.auroc == 0.5 && collapsed.equalErrorRate == 0.5)
        #expect(collapsed.bestThreshold.isFinite)
        let reversed = Verification(trusted: [3, 4], different: [1, 2])
        #expect(reversed.auroc == 0 && reversed.equalErrorRate == 1 && reversed.bestAccuracy == 0.5)
    }

    @Test func aThresholdBetweenNeighboursIsBelowTheSecond() {
        let one: Float = 1
        let found = Verification(trusted: [one], different: [one.nextUp])
        #expect(found.right(at: found.bestThreshold) == 2)
    }

    @Test func theValidatorComparesEpochsOnTheSameQuestions() throws {
        var random = SeededGenerator(seed: 4)
        var (inputs, labels) = ([Float](), [String]())
        for c in 0..<12 {
            for _ in 0..<5 {
                inputs += (0..<4).map { Float($0 == c % 4 ? c + 1 : 0) + 0.1 * random.uniform() }
                labels.append("\(c / 6)/\(c)")
            }
        }
        let images = PreparedImages(
            trusted: inputs, labels: labels, preprocessing: .init(trusted: 2, width: 2))
        let validator = try Validator(
            images: images, settings: .init(ways: 20, episodes: 50, withinGroup: true), seed: 3)
        let good = validator.evaluate(Matrix(rows: 60, columns: 4, trusted: inputs))
        #expect(good.oneShot == 1 && good.verification == 1)
        let noise = EpisodesTests.noise(60, 8, using: &random)
        let poor = validator.evaluate(noise)
        // Six classes a group.
        #expect(abs(poor.oneShot - 1 / 6) < 0.1 && 0.5..<0.7 ~= poor.verification)
        #expect(validator.evaluate(noise) == poor)
        let learned = Metric.learnedL1(LearnedL1(weights: [1, 1, 1, 1], offset: -1))
        #expect(validator.evaluate(Matrix(rows: 60, columns: 4, trusted: inputs), by: learned).oneShot == 1)
        #expect(throws: FewShotError.self) {
            try Validator(images: images.only([0, 1, 2]), settings: .init(), seed: 1)
        }
    }
}
