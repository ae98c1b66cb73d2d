import AkinNetworks
import AkinTensors
import AkinTraining
import Testing

/// What the thesis asks of pairs (section 4.3.1), on random distributions of classes.
@Suite struct PairSamplerTests {
    private struct Case: CustomStringConvertible {
        let seed: UInt64
        let classes: [Int32]
        let positive: Int
        let negative: Int
        let batch: Int
        let sampler: PairSampler

        init(seed: UInt64) {
            self.seed = seed
            var generator = SeededGenerator(seed: seed)
            let kinds = Int32.random(in: 2...9, using: &generator)
            let count = Int.random(in: 2...90, using: &generator)
            // Squared, so that some classes are rare, with a single image or none.
            classes = (0..<count).map { _ in
                let u = generator.uniform()
                return Int32(u * u * Float(kinds))
            }
            positive = Int.random(in: 0...3, using: &generator)
            negative = Int.random(in: positive == 0 ? 1...5 : 0...5, using: &generator)
            batch = Int.random(in: 2...100, using: &generator)
            sampler = PairSampler(
                classes: classes, pairs: .proportion(positive: positive, negative: negative), batch: batch,
                seed: seed)
        }

        var description: String {
            "seed \(seed): \(classes.count) images, \(positive) and \(negative) pairs, batch \(batch)"
        }
    }

    private static let cases = (1...300).map { Case(seed: UInt64($0)) }

    @Test func everyImageOnceAnEpoch() {
        for test in Self.cases {
            for epoch in 0..<3 {
                let batches = test.sampler.epoch(epoch)
                #expect(batches.flatMap { $0 }.sorted() == Array(test.classes.indices), "\(test)")
                let sizes = batches.map(\.count)
                #expect(sizes.max()! - sizes.min()! <= 1 && sizes.max()! <= test.batch, "\(test)")
                #expect(batches.count == test.sampler.batches && sizes.max()! == test.sampler.largestBatch)
            }
        }
    }

    @Test func classesAreSpreadEvenly() {
        for test in Self.cases {
            let kinds = Set(test.classes)
            for batch in test.sampler.epoch(1) {
                for kind in kinds {
                    let all = Double(test.classes.count { $0 == kind })
                    let share = all / Double(test.classes.count)
                    let here = Double(batch.count { test.classes[$0] == kind })
                    // Each class is spread to within one image of even over the whole order, at either end of a batch.
                    #expect(
                        abs(here - share * Double(batch.count)) < 2 + 2 * Double(kinds.count) * share, "\(test)")
                }
            }
        }
        let balanced = (0..<1000).map { Int32($0 / 100) }
        let sampler = PairSampler(classes: balanced, pairs: .all, batch: 100, seed: 3)
        for batch in sampler.epoch(0) {
            for kind in 0..<10 { #expect(7...13 ~= batch.count { balanced[$0] == Int32(kind) }) }
        }
    }

    @Test func pairsKeepTheRestrictions() {
        for test in Self.cases {
            for (step, images) in test.sampler.epoch(2).enumerated() {
                let pairs = test.sampler.pairs(of: images, epoch: 2, step: step)
                func kind(_ position: Int32) -> Int32 { test.classes[images[Int(position)]] }
                #expect(pairs.count <= test.sampler.mostPairs, "\(test)")
                #expect(pairs.allSatisfy { $0.different == (kind($0.left) != kind($0.right)) }, "\(test)")
                #expect(pairs.allSatisfy { $0.left != $0.right }, "an image with itself, \(test)")
                let couples = pairs.filter { !$0.different }.map { Set([$0.left, $0.right]) }
                #expect(Set(couples).count == couples.count, "a positive couple twice, \(test)")
                let kinds = Set(images.map { test.classes[$0] })
                for position in images.indices {
                    let own = pairs.filter { $0.left == Int32(position) }
                    let negatives = own.filter(\.different)
                    #expect(own.count - negatives.count <= test.positive, "\(test)")
                    #expect(negatives.count == min(test.negative, kinds.count - 1), "\(test)")
                    #expect(Set(negatives.map { kind($0.right) }).count == negatives.count, "\(test)")
                }
                // A class of two or more in the batch has a couple for each of its images, as far as there are any.
                for kind in kinds {
                    let members = images.count { test.classes[$0] == kind }
                    let made = pairs.count { !$0.different && test.classes[images[Int($0.left)]] == kind }
                    let possible = members * (members - 1) / 2
                    #expect(made <= min(possible, members * test.positive), "\(test)")
                    #expect(made >= min(possible, test.positive), "\(test)")
                }
            }
        }
    }

    @Test func allPairs() {
        for test in Self.cases {
            let sampler = PairSampler(classes: test.classes, pairs: .all, batch: test.batch, seed: test.seed)
            for (step, images) in sampler.epoch(0).enumerated() {
                let pairs = sampler.pairs(of: images, epoch: 0, step: step)
                #expect(pairs.count == images.count * (images.count - 1) / 2 && pairs.count <= sampler.mostPairs)
                #expect(Set(pairs.map { Set([$0.left, $0.right]) }).count == pairs.count)
                for pair in pairs {
                    let (left, right) = (images[Int(pair.left)], images[Int(pair.right)])
                    #expect(pair.different == (test.classes[left] != test.classes[right]))
                }
            }
        }
    }

    @Test func allFollowsFromSeedEpochAndStep() {
        let classes = (0..<60).map { Int32($0 % 4) }
        func sampler(_ seed: UInt64) -> PairSampler {
            PairSampler(classes: classes, pairs: .proportion(positive: 2, negative: 2), batch: 20, seed: seed)
        }
        #expect(sampler(1).epoch(3) == sampler(1).epoch(3))
        #expect(sampler(1).epoch(3) != sampler(1).epoch(4))
        #expect(sampler(1).epoch(3) != sampler(2).epoch(3))
        let images = Array(0..<20)
        func pairs(_ seed: UInt64, _ epoch: Int, _ step: Int) -> [Pair] {
            sampler(seed).pairs(of: images, epoch: epoch, step: step)
        }
        #expect(pairs(1, 3, 0) == pairs(1, 3, 0))
        for other in [pairs(2, 3, 0), pairs(1, 4, 0), pairs(1, 3, 1)] { #expect(pairs(1, 3, 0) != other) }
    }

    @Test func aLoneImageHasNoPartners() {
        let sampler = PairSampler(
            classes: [0, 1, 1], pairs: .proportion(positive: 5, negative: 5), batch: 3, seed: 1)
        let pairs = sampler.pairs(of: [0, 1, 2], epoch: 0, step: 0)
        #expect(pairs.filter { !$0.different }.map { Set([$0.left, $0.right]) } == [[1, 2]])
        #expect(pairs.count(where: \.different) == 3)
        #expect(sampler.pairs(of: [0], epoch: 0, step: 0).isEmpty)
    }
}
