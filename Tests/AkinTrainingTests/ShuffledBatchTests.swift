import AkinNetworks
import AkinTensors
import AkinTraining
import Testing

/// Shuffled batches, and what the thesis asks of pairs (section 4.3.1), on random distributions of classes.
@Suite struct ShuffledBatchTests {
    private struct Case: CustomStringConvertible {
        let seed: UInt64
        let classes: [Int32]
        let positive: Int
        let negative: Int
        let size: Int

        init(seed: UInt64) {
            self.seed = seed
            var generator = SeededGenerator(seed: seed)
            classes = .random(kinds: 2...9, count: 2...90, using: &generator)
            positive = Int.random(in: 0...3, using: &generator)
            negative = Int.random(in: positive == 0 ? 1...5 : 0...5, using: &generator)
            size = Int.random(in: 2...100, using: &generator)
        }

        var description: String {
            "seed \(seed): \(classes.count) images, \(positive) and \(negative) pairs, batch \(size)"
        }

        func sampler(_ pairs: Recipe.Training.Pairs? = nil) -> BatchSampler {
            BatchSampler(classes, .shuffled(size: size)) {
                $0.pairs = pairs ?? .proportion(positive: positive, negative: negative)
                $0.seed = seed
            }
        }
    }

    private static let cases = (1...300).map { Case(seed: UInt64($0)) }

    @Test func everyImageOnceAnEpoch() {
        for test in Self.cases {
            let sampler = test.sampler()
            for epoch in 0..<3 {
                let batches = sampler.batches(epoch).map(\.images)
                #expect(batches.flatMap { $0 }.sorted() == Array(test.classes.indices), "\(test)")
                let sizes = batches.map(\.count)
                #expect(sizes.max()! - sizes.min()! <= 1 && sizes.max()! <= test.size, "\(test)")
                #expect(sizes.max()! == sampler.largestBatch)
            }
        }
    }

    @Test func sameAsTheNaiveTwin() {
        for test in Self.cases {
            for pairs in [.proportion(positive: test.positive, negative: test.negative), .all]
                as [Recipe.Training.Pairs]
            {
                let twin = NaivePairSampler(
                    classes: test.classes, pairs: pairs, batch: test.size, seed: test.seed)
                let sampler = test.sampler(pairs)
                #expect(sampler.steps == twin.batches)
                for epoch in [0, 2, 1] {
                    let expected = twin.epoch(epoch)
                    for (step, batch) in sampler.batches(epoch).enumerated() {
                        #expect(batch.images == expected[step], "\(test)")
                        #expect(
                            batch.pairs == twin.pairs(of: batch.images, epoch: epoch, step: step), "\(test)")
                        #expect(batch.pairs.count <= sampler.mostPairs, "\(test)")
                    }
                }
            }
        }
    }

    @Test func classesAreSpreadEvenly() {
        for test in Self.cases {
            let kinds = Set(test.classes)
            let sampler = test.sampler()
            // Batches of two are left to chance.
            guard sampler.largestBatch > 2 else { continue }
            for batch in sampler.batches(1) {
                for kind in kinds {
                    let all = Double(test.classes.count { $0 == kind })
                    let share = all / Double(test.classes.count)
                    let here = Double(batch.classes.count { $0 == kind })
                    // Each class is spread to within one image of even over the whole order, at either end of a batch:
                    // to within three, where two or three stay together.
                    let near = all < 2 * Double(sampler.steps) ? 6.0 : 2
                    #expect(
                        abs(here - share * Double(batch.images.count))
                            < near + near * Double(kinds.count) * share,
                        "\(test)")
                }
            }
        }
        let balanced = (0..<1000).map { Int32($0 / 100) }
        for batch in BatchSampler(balanced, .shuffled(size: 100)).batches(0) {
            for kind in 0..<10 { #expect(7...13 ~= batch.classes.count { $0 == Int32(kind) }) }
        }
    }

    /// Where a batch has room for one image of a class or for none, two come together, so that they can be compared.
    @Test(arguments: [(964, 2, 64), (8, 20, 8), (40, 5, 10), (964, 5, 32), (200, 3, 16)])
    func rareClassesHavePartners(_ kinds: Int, _ each: Int, _ size: Int) {
        let classes = (0..<kinds * each).map { Int32($0 % kinds) }
        let sampler = BatchSampler(classes, .shuffled(size: size), .triplet)
        for epoch in 0..<3 {
            let batches = sampler.batches(epoch)
            #expect(batches.flatMap(\.images).sorted() == Array(classes.indices))
            let alone = batches.map { batch in
                Dictionary(batch.classes.map { ($0, 1) }, uniquingKeysWith: +).values.count { $0 == 1 }
            }
            // Of each batch at most the first and the last have lost theirs to the batch beside it.
            #expect(alone.allSatisfy { $0 <= 2 })
            #expect(batches.allSatisfy { !$0.triplets.isEmpty })
        }
    }

    /// Spread they would all be of two classes, in couples all of one.
    @Test func batchesOfTwoHaveBothKindsOfPairs() {
        let classes = (0..<60).map { Int32($0 % 6) }
        let pairs = (0..<20).flatMap { epoch in
            BatchSampler(classes, .shuffled(size: 2)) { $0.pairs = .all }.batches(epoch).flatMap(\.pairs)
        }
        #expect(pairs.contains { $0.different } && pairs.contains { !$0.different })
    }

    @Test func pairsKeepTheRestrictions() {
        for test in Self.cases {
            for batch in test.sampler().batches(2) {
                let pairs = batch.pairs
                func kind(_ position: Int32) -> Int32 { test.classes[batch.images[Int(position)]] }
                #expect(pairs.allSatisfy { $0.different == (kind($0.left) != kind($0.right)) }, "\(test)")
                #expect(pairs.allSatisfy { $0.left != $0.right }, "an image with itself, \(test)")
                let couples = pairs.filter { !$0.different }.map { Set([$0.left, $0.right]) }
                #expect(Set(couples).count == couples.count, "a positive couple twice, \(test)")
                let kinds = Set(batch.classes)
                for position in batch.images.indices {
                    let own = pairs.filter { $0.left == Int32(position) }
                    let negatives = own.filter(\.different)
                    #expect(own.count - negatives.count <= test.positive, "\(test)")
                    #expect(negatives.count == min(test.negative, kinds.count - 1), "\(test)")
                    #expect(Set(negatives.map { kind($0.right) }).count == negatives.count, "\(test)")
                }
                // A class of two or more in the batch has a couple for each of its images, as far as there are any.
                for label in kinds {
                    let members = batch.classes.count { $0 == label }
                    let made = pairs.count { !$0.different && kind($0.left) == label }
                    let possible = members * (members - 1) / 2
                    #expect(made <= min(possible, members * test.positive), "\(test)")
                    #expect(made >= min(possible, test.positive), "\(test)")
                }
            }
        }
    }

    @Test func allPairs() {
        for test in Self.cases {
            let sampler = test.sampler(.all)
            for batch in sampler.batches(0) {
                let count = batch.images.count
                #expect(
                    batch.pairs.count == count * (count - 1) / 2 && batch.pairs.count <= sampler.mostPairs)
                #expect(Set(batch.pairs.map { Set([$0.left, $0.right]) }).count == batch.pairs.count)
                for pair in batch.pairs {
                    #expect(
                        pair.different == (batch.classes[Int(pair.left)] != batch.classes[Int(pair.right)]))
                }
            }
        }
    }

    @Test func aLoneImageHasNoPartners() {
        let sampler = BatchSampler([0, 1, 1], .shuffled(size: 3)) {
            $0.pairs = .proportion(positive: 5, negative: 5)
        }
        let batch = sampler.batches(0)[0]
        let positives = batch.pairs.filter { !$0.different }
        #expect(positives.count == 1 && batch.classes[Int(positives[0].left)] == 1)
        #expect(batch.pairs.count(where: \.different) == 3)
    }

    @Test func otherEpochsThanRoundsGoOnThroughTheData() {
        let classes = (0..<60).map { Int32($0 % 4) }
        func sampler(_ steps: Int?) -> BatchSampler {
            BatchSampler(classes, .shuffled(size: 20)) { $0.stepsPerEpoch = steps }
        }
        let whole = (0..<8).flatMap { sampler(nil).batches($0).map(\.images) }
        for steps in [1, 2, 5, 7] {
            let sampler = sampler(steps)
            let batches = (0..<3).flatMap { sampler.batches($0).map(\.images) }
            #expect(batches.count == 3 * steps && batches == Array(whole.prefix(3 * steps)))
        }
    }
}
