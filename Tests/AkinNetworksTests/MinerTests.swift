import AkinNetworks
import AkinTensors
import Testing

/// Choices by distance against brute force.
@Suite struct MinerTests {
    static let minings: [Mining] = [.semiHard, .batchHard, .distanceWeighted]

    func mine(
        _ batch: DrawnBatch, _ mining: Mining, perImage: Int, seed: UInt64 = 1, threads: Int = 2
    ) -> [Triplet] {
        let miner = Miner(
            mining, capacity: batch.classes.count, dimension: batch.dimension,
            pool: ThreadPool(threads: threads))
        let list = FixedList<Triplet>(capacity: batch.classes.count * perImage)
        var generator = SeededGenerator(seed: seed)
        miner.triplets(
            batch.embeddings, count: batch.classes.count, classes: batch.classes, perImage: perImage,
            generator: &generator, into: list)
        return Array(list.elements)
    }

    func minePairs(_ batch: DrawnBatch, _ mining: Mining, positive: Int, negative: Int) -> [Pair] {
        let miner = Miner(mining, capacity: batch.classes.count, dimension: batch.dimension)
        let list = FixedList<Pair>(capacity: batch.classes.count * (positive + negative))
        var generator = SeededGenerator(seed: 4)
        miner.pairs(
            batch.embeddings, count: batch.classes.count, classes: batch.classes, positive: positive,
            negative: negative, generator: &generator, into: list)
        return Array(list.elements)
    }

    func batch(_ seed: UInt64, images: Int = 40, dimension: Int = 6) -> DrawnBatch {
        // The last class has one image.
        var batch = DrawnBatch(
            classes: (0..<images).map { Int32($0 % 5) } + [5], width: 6, dimension: dimension, seed: seed,
            spread: 1.5)
        batch.pairs = []
        batch.triplets = []
        return batch
    }

    func distance(_ batch: DrawnBatch, _ i: Int32, _ j: Int32) -> Double {
        batch.naive(LossSpecification(.triplet)).distance(batch.rows[Int(i)], batch.rows[Int(j)])
    }

    func others(_ batch: DrawnBatch, _ i: Int32, same: Bool) -> [Int32] {
        batch.naive(LossSpecification(.triplet)).others(Int(i), same: same).map(Int32.init)
    }

    @Test(arguments: minings) func tripletsAreTriplets(_ mining: Mining) {
        let batch = batch(1)
        let triplets = mine(batch, mining, perImage: 3)
        #expect(triplets.count == 40 * 3)
        for t in triplets {
            let (a, p, n) = (Int(t.anchor), Int(t.positive), Int(t.negative))
            #expect(batch.classes[a] == batch.classes[p] && a != p && batch.classes[n] != batch.classes[a])
            #expect(a != 40, "alone in its class")
        }
        #expect(mine(batch, mining, perImage: 3, threads: 1) == triplets)
        #expect(Set(triplets).count == triplets.count, "positives and negatives enough for no repetition")
    }

    @Test func semiHard() {
        for seed in 1...5 as ClosedRange<UInt64> {
            let batch = batch(seed)
            for t in mine(batch, .semiHard, perImage: 2, seed: seed) {
                let positive = distance(batch, t.anchor, t.positive)
                let negatives = others(batch, t.anchor, same: false).map { distance(batch, t.anchor, $0) }
                let expected = negatives.filter { $0 > positive }.min() ?? negatives.max()!
                #expect(abs(distance(batch, t.anchor, t.negative) - expected) < 1e-4)
            }
        }
    }

    @Test func semiHardWithoutANegativeFartherThanThePositive() {
        var batch = DrawnBatch(classes: [0, 0, 1, 1], width: 2, dimension: 1, seed: 1)
        batch.embeddings = [0, 10, 4, 5]
        let triplets = mine(batch, .semiHard, perImage: 1)
        #expect(triplets.prefix(2) == [Triplet(0, 1, 3), Triplet(1, 0, 2)])
    }

    @Test func batchHard() {
        let batch = batch(3)
        let triplets = mine(batch, .batchHard, perImage: 2)
        for anchor in 0..<40 as Range<Int32> {
            let mined = triplets.filter { $0.anchor == anchor }
            let positives = others(batch, anchor, same: true).map { distance(batch, anchor, $0) }.sorted(
                by: >)
            let negatives = others(batch, anchor, same: false).map { distance(batch, anchor, $0) }.sorted()
            for (i, t) in mined.enumerated() {
                #expect(abs(distance(batch, anchor, t.positive) - positives[i]) < 1e-4)
                #expect(abs(distance(batch, anchor, t.negative) - negatives[i]) < 1e-4)
            }
        }
    }

    @Test func distanceWeighted() {
        // One anchor, one positive, and many negatives; how often each is drawn follows the weights.
        var generator = SeededGenerator(seed: 6)
        var batch = DrawnBatch(
            classes: [0, 0] + [Int32](repeating: 1, count: 12), width: 2, dimension: 4, seed: 2)
        batch.embeddings = batch.embeddings.map { _ in generator.uniform() * 2 - 1 }
        let images = batch.classes.count
        var squares = 0.0
        for i in 0..<Int32(images) {
            for j in 0..<Int32(images) where i != j {
                squares += distance(batch, i, j) * distance(batch, i, j) / Double(images * (images - 1))
            }
        }
        let weights = (2..<Int32(images)).map { j -> Double in
            let d = max(distance(batch, 0, j) * (2 / squares).squareRoot(), 0.5)
            return d < 1.4 ? 1 / (d * d * (1 - d * d / 4).squareRoot()) : 0
        }
        var drawn = [Double](repeating: 0, count: images)
        let rounds = 4000
        for seed in 0..<rounds {
            drawn[
                Int(mine(batch, .distanceWeighted, perImage: 1, seed: UInt64(seed), threads: 1)[0].negative)] +=
                1
        }
        #expect(weights.contains(0) && weights.filter { $0 > 0 }.count > 2)
        for (j, weight) in weights.enumerated() {
            let expected = weight / weights.reduce(0, +)
            #expect(abs(drawn[j + 2] / Double(rounds) - expected) < 0.03, "\(j)")
        }
    }

    @Test(arguments: minings) func pairs(_ mining: Mining) {
        let batch = batch(9)
        let pairs = minePairs(batch, mining, positive: 2, negative: 4)
        #expect(pairs.count == 40 * 6 && Set(pairs).count == pairs.count)
        for anchor in 0..<40 as Range<Int32> {
            let mined = pairs.filter { $0.left == anchor }
            let positives = mined.filter { !$0.different }.map { distance(batch, anchor, $0.right) }
            let negatives = mined.filter(\.different).map { distance(batch, anchor, $0.right) }
            #expect(positives.count == 2 && negatives.count == 4)
            let all = others(batch, anchor, same: false).map { distance(batch, anchor, $0) }.sorted()
            switch mining {
            case .batchHard: for i in 0..<4 { #expect(abs(negatives[i] - all[i]) < 1e-4) }
            case .semiHard:
                let farther = all.filter { $0 > positives[0] }
                let expected = farther + all.filter { $0 <= positives[0] }.reversed()
                for i in 0..<4 { #expect(abs(negatives[i] - expected[i]) < 1e-4) }
            default: break
            }
        }
        for pair in pairs {
            #expect(pair.different == (batch.classes[Int(pair.left)] != batch.classes[Int(pair.right)]))
        }
    }

    @Test(arguments: minings) func littleToChooseFrom(_ mining: Mining) {
        var batch = DrawnBatch(classes: [0, 1, 2], width: 3, dimension: 2, seed: 1)
        #expect(mine(batch, mining, perImage: 2).isEmpty)
        #expect(minePairs(batch, mining, positive: 1, negative: 1).isEmpty)
        batch.classes = [0, 0, 0]
        #expect(mine(batch, mining, perImage: 2).isEmpty)
        #expect(minePairs(batch, mining, positive: 1, negative: 1).count == 3)
        // All in one place: nothing to weigh, still a choice.
        batch.classes = [0, 0, 1]
        batch.embeddings = [1, 2, 1, 2, 1, 2]
        let expected = mining == .batchHard ? 1 : 3
        #expect(mine(batch, mining, perImage: 3).count == 2 * expected)
    }
}
