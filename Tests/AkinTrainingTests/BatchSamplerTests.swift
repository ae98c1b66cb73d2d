import AkinNetworks
import AkinTensors
import AkinTraining
import Testing

/// Every kind of batches and comparisons by brute force, on random distributions of classes.
@Suite struct BatchSamplerTests {
    typealias Batches = Recipe.Training.Batches

    /// A few thousand images of classes with from 1 to 12 images each, in no order.
    private static func manyClasses(_ kinds: Int, seed: UInt64) -> [Int32] {
        var generator = SeededGenerator(seed: seed)
        return (0..<kinds).flatMap { kind in
            [Int32](repeating: Int32(kind), count: Int.random(in: 1...12, using: &generator))
        }.shuffled(using: &generator)
    }

    /// What holds for every batch.
    private func check(_ batch: SampledBatch, of classes: [Int32], _ sampler: BatchSampler, _ name: String) {
        #expect(batch.images.count <= sampler.largestBatch && !batch.images.isEmpty, "\(name)")
        #expect(Set(batch.images).count == batch.images.count, "an image twice, \(name)")
        #expect(batch.classes == batch.images.map { classes[$0] }, "\(name)")
        #expect(
            batch.pairs.count <= sampler.mostPairs && batch.triplets.count <= sampler.mostTriplets, "\(name)")
    }

    @Test func pairsOverAllImages() {
        for seed in 1...100 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let classes: [Int32] = .random(kinds: 2...20, count: 30...300, using: &generator)
            let count = Int.random(in: 1...200, using: &generator)
            let share = generator.uniform()
            let sampler = BatchSampler(classes, .pairs(count: count, positive: share)) { $0.seed = seed }
            #expect(sampler.mostPairs == count)
            #expect(
                sampler.steps * sampler.largestBatch >= classes.count
                    && (sampler.steps - 1) * sampler.largestBatch < classes.count)
            for epoch in 0..<2 {
                for batch in sampler.batches(epoch) {
                    check(batch, of: classes, sampler, "seed \(seed)")
                    #expect(batch.pairs.count == count)
                    #expect(batch.pairs.count { !$0.different } == Int((Float(count) * share).rounded()))
                    #expect(batch.pairs.allSatisfy { $0.left != $0.right })
                    #expect(
                        batch.pairs.allSatisfy {
                            $0.different == (batch.classes[Int($0.left)] != batch.classes[Int($0.right)])
                        })
                    let used = Set(batch.pairs.flatMap { [Int($0.left), Int($0.right)] })
                    #expect(used == Set(batch.images.indices), "an image without a pair")
                }
            }
        }
    }

    @Test func pairsWithinAGroup() {
        for seed in 1...50 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let classes = Self.manyClasses(40, seed: seed)
            let groups = (0..<40).map { _ in Int32.random(in: 0..<6, using: &generator) }
            let sampler = BatchSampler(
                classes, .pairs(count: 100, positive: 0.5, withinGroup: true), classGroups: groups
            ) { $0.seed = seed }
            for batch in sampler.batches(0) {
                check(batch, of: classes, sampler, "seed \(seed)")
                #expect(batch.pairs.count { !$0.different } == 50)
                for pair in batch.pairs {
                    let (left, right) = (batch.classes[Int(pair.left)], batch.classes[Int(pair.right)])
                    #expect(pair.different == (left != right) && pair.left != pair.right)
                    #expect(groups[Int(left)] == groups[Int(right)], "seed \(seed)")
                }
            }
        }
    }

    @Test func everyGroupGivesAsManyPairs() {
        // Group 0 has three classes, 1 two with one image each, 2 a class alone: it gives positives only, 1 negatives
        // only.
        let classes: [Int32] = [0, 0, 1, 1, 2, 2, 3, 4, 5, 5, 5]
        let groups: [Int32] = [0, 0, 0, 1, 1, 2]
        let sampler = BatchSampler(
            classes, .pairs(count: 400, positive: 0.5, withinGroup: true), classGroups: groups
        ) { $0.stepsPerEpoch = 100 }
        var (positives, negatives) = ([Int32: Int](), [Int32: Int]())
        var couples: [Set<Int32>: Int] = [:]
        for batch in sampler.batches(0) {
            for pair in batch.pairs {
                let (left, right) = (batch.classes[Int(pair.left)], batch.classes[Int(pair.right)])
                if pair.different {
                    negatives[groups[Int(left)], default: 0] += 1
                    if left < 3 { couples[[left, right], default: 0] += 1 }
                } else {
                    positives[groups[Int(left)], default: 0] += 1
                }
            }
        }
        #expect(Set(positives.keys) == [0, 2] && deviation(positives.values) < 4)
        #expect(Set(negatives.keys) == [0, 1] && deviation(negatives.values) < 4)
        #expect(couples.count == 3 && deviation(couples.values) < 4)
    }

    /// Pearson's statistic, less its expectation, in standard deviations.
    private func deviation(_ counts: some Collection<Int>) -> Double {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        let statistic = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        let freedom = Double(counts.count - 1)
        return (statistic - freedom) / (2 * freedom).squareRoot()
    }

    @Test func drawsAreUniform() {
        // Classes of 1, 2 and 5 images; all couples of a class and all couples of classes are equally likely.
        let classes: [Int32] = [0, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3]
        let sampler = BatchSampler(classes, .pairs(count: 400, positive: 0.5)) { $0.stepsPerEpoch = 100 }
        var positives: [Int32: Int] = [:]
        var couples: [Set<Int>: Int] = [:]
        var negatives: [Set<Int32>: Int] = [:]
        var ofTheFive: [Int: Int] = [:]
        for batch in sampler.batches(0) {
            for pair in batch.pairs {
                let (left, right) = (batch.images[Int(pair.left)], batch.images[Int(pair.right)])
                if pair.different {
                    negatives[[classes[left], classes[right]], default: 0] += 1
                    if classes[right] == 2 { ofTheFive[right, default: 0] += 1 }
                } else {
                    positives[classes[left], default: 0] += 1
                    if classes[left] == 2 { couples[[left, right], default: 0] += 1 }
                }
            }
        }
        #expect(positives.count == 3 && deviation(positives.values) < 4)
        #expect(couples.count == 10 && deviation(couples.values) < 4)
        #expect(negatives.count == 6 && deviation(negatives.values) < 4)
        #expect(ofTheFive.count == 5 && deviation(ofTheFive.values) < 4)
    }

    @Test func classesTimesImages() {
        for seed in 1...60 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let kinds = Int.random(in: 2...60, using: &generator)
            let classes = Self.manyClasses(kinds, seed: seed)
            let drawn = Int.random(in: 2...kinds, using: &generator)
            let each = Int.random(in: 2...8, using: &generator)
            let sampler = BatchSampler(classes, .classes(drawn, images: each)) { $0.seed = seed }
            let round = (kinds + drawn - 1) / drawn
            var seen: Set<Int32> = []
            for step in 0..<2 * round {
                let batch = sampler.batch(0, step)
                check(batch, of: classes, sampler, "seed \(seed)")
                #expect(batch.shots == 0)
                let runs = runs(of: batch.classes)
                #expect(
                    runs.count == drawn && Set(runs.map(\.kind)).count == drawn,
                    "class after class, seed \(seed)")
                for run in runs {
                    #expect(run.count == min(each, classes.count { $0 == run.kind }), "seed \(seed)")
                }
                seen.formUnion(batch.classes)
                if step % round == round - 1 {
                    #expect(seen.count == kinds, "all classes are seen in a round, seed \(seed)")
                    seen = []
                }
            }
        }
    }

    @Test func episodes() {
        for seed in 1...60 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let classes = Self.manyClasses(40, seed: seed)
            let (shots, queries) = (
                Int.random(in: 1...5, using: &generator), Int.random(in: 1...9, using: &generator)
            )
            let fit = Set(classes.filter { kind in classes.count { $0 == kind } > shots })
            let ways = Int.random(in: 2...fit.count, using: &generator)
            let sampler = BatchSampler(
                classes, .episodes(ways: ways, shots: shots, queries: queries), .prototypical
            ) { $0.seed = seed }
            var seen: Set<Int32> = []
            for step in 0..<(fit.count + ways - 1) / ways {
                let batch = sampler.batch(0, step)
                check(batch, of: classes, sampler, "seed \(seed)")
                #expect(batch.shots == shots && batch.pairs.isEmpty && batch.triplets.isEmpty)
                let runs = runs(of: batch.classes)
                #expect(runs.count == ways && Set(runs.map(\.kind)).count == ways, "seed \(seed)")
                for run in runs {
                    #expect(
                        run.count > shots
                            && run.count == min(shots + queries, classes.count { $0 == run.kind }))
                }
                seen.formUnion(batch.classes)
            }
            #expect(seen == fit, "seed \(seed)")
        }
    }

    @Test func imagesOfAClassAreDrawnUniformly() {
        let classes = (0..<24).map { Int32($0 % 3) }
        let sampler = BatchSampler(classes, .episodes(ways: 2, shots: 1, queries: 2), .prototypical) {
            $0.stepsPerEpoch = 4000
        }
        var (first, any) = ([Int](repeating: 0, count: 24), [Int](repeating: 0, count: 24))
        var kinds = [Int](repeating: 0, count: 3)
        for batch in sampler.batches(0) {
            for image in batch.images { any[image] += 1 }
            for start in [0, 3] {
                first[batch.images[start]] += 1
                kinds[Int(batch.classes[start])] += 1
            }
        }
        #expect(kinds.max()! - kinds.min()! < 400)
        for kind in 0..<3 {
            let members = stride(from: kind, to: 24, by: 3)
            #expect(deviation(members.map { first[$0] }) < 4 && deviation(members.map { any[$0] }) < 4)
        }
    }

    @Test func triplets() {
        for seed in 1...100 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let classes: [Int32] = .random(kinds: 2...9, count: 2...90, using: &generator)
            let each = Int.random(in: 1...4, using: &generator)
            let sampler = BatchSampler(
                classes, .shuffled(size: Int.random(in: 2...100, using: &generator)), .triplet
            ) {
                $0.seed = seed
                $0.tripletsPerImage = each
            }
            for batch in sampler.batches(3) {
                check(batch, of: classes, sampler, "seed \(seed)")
                #expect(batch.pairs.isEmpty)
                for triplet in batch.triplets {
                    let kind = batch.classes[Int(triplet.anchor)]
                    #expect(
                        triplet.anchor != triplet.positive && batch.classes[Int(triplet.positive)] == kind)
                    #expect(batch.classes[Int(triplet.negative)] != kind)
                }
                for position in batch.images.indices {
                    let kind = batch.classes[position]
                    let partners = batch.classes.count { $0 == kind } > 1 && Set(batch.classes).count > 1
                    let made = batch.triplets.count { $0.anchor == Int32(position) }
                    #expect(made == (partners ? each : 0), "seed \(seed)")
                }
            }
        }
    }

    @Test func tripletsAreDrawnUniformly() {
        let classes: [Int32] = [0, 1, 0, 2, 2, 2, 0, 1, 0, 2, 2, 0]
        let sampler = BatchSampler(classes, .shuffled(size: 12), .triplet) {
            $0.tripletsPerImage = 10
            $0.stepsPerEpoch = 500
        }
        var positives: [[Int]: Int] = [:]
        var negatives: [[Int32]: Int] = [:]
        for batch in sampler.batches(0) {
            for triplet in batch.triplets {
                let (anchor, positive) = (
                    batch.images[Int(triplet.anchor)], batch.images[Int(triplet.positive)]
                )
                if classes[anchor] == 0 { positives[[anchor, positive], default: 0] += 1 }
                // Images of class 1 are fewer, but the class is drawn as often.
                if classes[anchor] == 0 {
                    negatives[[batch.classes[Int(triplet.negative)]], default: 0] += 1
                }
            }
        }
        #expect(positives.count == 20 && deviation(positives.values) < 4)
        #expect(negatives.count == 2 && deviation(negatives.values) < 4)
    }

    static let kinds: [Batches] = [
        .shuffled(size: 50), .pairs(count: 40, positive: 0.5), .classes(7, images: 4),
        .episodes(ways: 5, shots: 2, queries: 3),
    ]

    @Test(arguments: kinds, [.contrastive, .triplet, .supervisedContrastive] as [LossSpecification.Kind])
    func allFollowsFromSeedEpochAndStep(_ batches: Batches, _ loss: LossSpecification.Kind) {
        let classes = Self.manyClasses(30, seed: 8)
        for steps in [nil, 3, 11] {
            func sampler(_ seed: UInt64) -> BatchSampler {
                BatchSampler(classes, batches, loss) {
                    $0.seed = seed
                    $0.stepsPerEpoch = steps
                }
            }
            let through = sampler(1)
            let expected = (0..<4).map { through.batches($0) }
            let jumping = sampler(1)
            var generator = SeededGenerator(seed: 5)
            for _ in 0..<30 {
                let (epoch, step) = (
                    Int.random(in: 0..<4, using: &generator),
                    Int.random(in: 0..<through.steps, using: &generator)
                )
                #expect(jumping.batch(epoch, step) == expected[epoch][step])
            }
            for epoch in 0..<4 {
                #expect(sampler(1).batch(epoch, 1) == expected[epoch][1], "taken up at epoch \(epoch)")
            }
            #expect(expected[1] != expected[2] && sampler(2).batches(1) != expected[1])
        }
    }

    @Test func minedComparisonsAreLeftToTheMiner() {
        let classes = Self.manyClasses(30, seed: 9)
        for batches in Self.kinds {
            for loss in [.contrastive, .triplet] as [LossSpecification.Kind] {
                func sampler(_ mining: Mining) -> BatchSampler {
                    BatchSampler(classes, batches, loss) {
                        $0.mining = mining
                        $0.pairs = .proportion(positive: 1, negative: 2)
                        $0.tripletsPerImage = 3
                    }
                }
                let (mined, random) = (sampler(.batchHard), sampler(.random))
                let (batch, drawn) = (mined.batch(0, 0), random.batch(0, 0))
                #expect(batch.images == drawn.images && batch.pairs.isEmpty && batch.triplets.isEmpty)
                #expect(
                    drawn.pairs.isEmpty == (loss == .triplet) && drawn.triplets.isEmpty == (loss != .triplet))
                #expect(mined.mostPairs == (loss == .triplet ? 0 : 3 * mined.largestBatch))
                #expect(mined.mostTriplets == (loss == .triplet ? 3 * mined.largestBatch : 0))
            }
        }
    }

    @Test func saysWhatCannotBeSampled() {
        let classes: [Int32] = [0, 0, 0, 1, 1, 2]
        func problem(
            _ batches: Batches, _ loss: LossSpecification.Kind = .contrastive, of classes: [Int32],
            groups: [Int32]? = nil, _ change: (inout Recipe.Training) -> Void = { _ in }
        ) -> String {
            BatchSampler.problem(
                classes: classes, classGroups: groups, settings: .settings(batches, loss, change)) ?? ""
        }
        let good: [(Batches, LossSpecification.Kind)] = [
            (.shuffled(size: 4), .contrastive), (.pairs(count: 4, positive: 0.5), .halfContrastive),
            (.classes(3, images: 2), .triplet), (.episodes(ways: 2, shots: 1, queries: 5), .prototypical),
            (.shuffled(size: 1), .crossEntropy),
        ]
        for (batches, loss) in good { #expect(problem(batches, loss, of: classes) == "") }
        #expect(problem(.pairs(count: 3, positive: 0), of: [0, 1, 2]) == "")
        #expect(
            problem(.shuffled(size: 9), of: [0, 1, 2]) { $0.pairs = .proportion(positive: 0, negative: 1) }
                == "")

        #expect(
            problem(.episodes(ways: 3, shots: 1, queries: 5), .prototypical, of: classes)
                == "episodes of 3 classes with 1 shots are asked for, and of the 3 classes only 2 have the 2 images that it takes; ask for fewer ways or shots, or add images"
        )
        #expect(
            problem(.classes(4, images: 2), of: classes)
                == "batches of 4 classes are asked for, and there are only 3; ask for at most 3")
        #expect(problem(.pairs(count: 4, positive: 0.5), of: [0, 1, 2]).contains("no class has two images"))
        #expect(problem(.pairs(count: 4, positive: 0.5), of: [0, 0]).contains("only one class"))
        #expect(problem(.pairs(count: 4, positive: 1.5), of: classes).contains("no share"))
        #expect(problem(.pairs(count: 0, positive: 0.5), of: classes).contains("empty"))
        func within(_ positive: Float, _ groups: [Int32]?) -> String {
            problem(
                .pairs(count: 4, positive: positive, withinGroup: true), .halfContrastive, of: classes,
                groups: groups)
        }
        #expect(within(0.5, [0, 0, 1]) == "" && within(1, [0, 1, 2]) == "")
        #expect(within(0.5, nil).contains("no label has one; leave out within-group"))
        #expect(within(0.5, [0, 1, 2]).contains("no group has two classes"))
        #expect(problem(.pairs(count: 8, positive: 0.5), .triplet, of: [0, 0, 0]).contains("only one class"))
        #expect(problem(.shuffled(size: 0), .crossEntropy, of: classes).contains("empty"))
        #expect(problem(.shuffled(size: 1), of: classes).contains("nothing to compare"))
        #expect(problem(.shuffled(size: 4), of: [0, 1, 2]).contains("no positives"))
        #expect(problem(.shuffled(size: 4), of: [0, 0, 0]).contains("no negatives"))
        #expect(problem(.classes(1, images: 4), .triplet, of: classes).contains("no negatives"))
        #expect(problem(.classes(2, images: 1), .supervisedContrastive, of: classes).contains("no positives"))
        #expect(problem(.classes(0, images: 1), of: classes).contains("empty"))
        #expect(
            problem(.episodes(ways: 1, shots: 1, queries: 1), .prototypical, of: classes).contains("apart"))
        #expect(problem(.shuffled(size: 4), .prototypical, of: classes).contains("episodes"))
        #expect(problem(.shuffled(size: 4), of: classes) { $0.stepsPerEpoch = 0 }.contains("at least 1"))
    }

    /// Runs of equal classes.
    private func runs(of classes: [Int32]) -> [(kind: Int32, count: Int)] {
        var runs: [(kind: Int32, count: Int)] = []
        for kind in classes {
            if runs.last?.kind == kind { runs[runs.count - 1].count += 1 } else { runs.append((kind, 1)) }
        }
        return runs
    }
}
