import AkinBasics
import AkinNetworks
import AkinTensors

/// Which images make a batch, and which of them are compared (thesis, section 4.3).
///
/// All of it follows from the seed, the epoch and the step, so that a run can be taken up at any step. What `compose`
/// fills is made once: composing allocates nothing.
package final class BatchSampler {
    /// Batches of an epoch.
    package let steps: Int
    /// The most images that a batch can have.
    package let largestBatch: Int
    /// The most pairs that a batch can have, whoever chooses them; 0 where the loss compares none.
    package let mostPairs: Int
    /// The most triplets likewise.
    package let mostTriplets: Int

    /// The batch's images, as positions in the data set, each once.
    package let images: FixedList<Int32>
    /// Their classes.
    package let classes: FixedList<Int32>
    /// The pairs to compare, as positions in the batch; left empty where they are mined by distance.
    package let pairs: FixedList<Pair>
    /// The triplets likewise.
    package let triplets: FixedList<Triplet>
    /// In episodes how many images of each class are its support, else 0.
    package let shots: Int

    let settings: Recipe.Training
    /// The class of every image of the data set.
    let all: [Int32]
    let compares: LossSpecification.Compared
    /// The data set's images by class.
    let groups: ClassGroups
    /// The batch's by class.
    let batchGroups: ClassGroups
    var draws: Draws
    private(set) var epoch = 0
    /// What batches are cut from: all images in an order in which classes are spread, or the classes that can be drawn.
    private var order: EpochOrder
    /// The classes of which a pair can be drawn: all of them, or group by group where pairs keep to one.
    private let pools: PairPools
    /// Where an image stands in the batch, or -1.
    private var places: [Int32]
    /// Who has already chosen an image of the batch as partner.
    var choosers: Choosers

    /// `classGroups` has the group of every class, or is nil if they have none; `problem` has to find nothing wrong
    /// with these.
    package init(classes all: [Int32], classGroups: [Int32]? = nil, settings: Recipe.Training) {
        self.all = all
        self.settings = settings
        compares = settings.loss.kind.compares
        let kinds = Int(all.max() ?? 0) + 1
        let groups = ClassGroups(of: all, kinds: kinds)
        self.groups = groups
        pools = PairPools(groups, of: settings.batches.keepsToGroups ? classGroups : nil)
        places = [Int32](repeating: -1, count: all.count)

        switch settings.batches {
        case .shuffled(let size):
            let batches = (all.count + size - 1) / size
            largestBatch = (all.count + batches - 1) / batches
            let comparing = settings.loss.kind.comparesImages && Self.needsPositives(settings)
            // Batches of two are left to chance: spread, they would never be of one class, in couples always.
            order =
                comparing && largestBatch <= 2
                ? EpochOrder(of: all.indices.map { Int32($0) }, batches: batches)
                : EpochOrder(images: all, groups, batches: batches, coupled: comparing)
            shots = 0
        case .pairs(let count, _, _):
            order = EpochOrder(of: [], batches: 1)
            largestBatch = min(2 * count, all.count)
            shots = 0
        case .classes(let drawn, let images):
            order = EpochOrder(
                of: Array(groups.labels.elements), batches: (groups.labels.count + drawn - 1) / drawn)
            largestBatch = groups.most(each: images, ofClasses: drawn)
            shots = 0
        case .episodes(let ways, let shots, let queries):
            let labels = groups.classes(withMoreThan: shots)
            order = EpochOrder(of: labels, batches: (labels.count + ways - 1) / ways)
            largestBatch = groups.most(each: shots + queries, ofClasses: ways)
            self.shots = shots
        }
        steps = settings.stepsPerEpoch ?? (all.count + largestBatch - 1) / largestBatch

        var proportion = (positive: 0, negative: 0)
        if case .proportion(let positive, let negative) = settings.pairs { proportion = (positive, negative) }
        switch (compares, settings.batches, settings.mining, settings.pairs) {
        case (.pairs, .pairs(let count, _, _), .random, _): mostPairs = count
        case (.pairs, _, _, .proportion(let positive, let negative)):
            mostPairs = largestBatch * (positive + negative)
        case (.pairs, _, _, .all): mostPairs = largestBatch * (largestBatch - 1) / 2
        default: mostPairs = 0
        }
        mostTriplets = compares == .triplets ? largestBatch * settings.tripletsPerImage : 0
        images = FixedList(capacity: largestBatch)
        classes = FixedList(capacity: largestBatch)
        pairs = FixedList(capacity: mostPairs)
        triplets = FixedList(capacity: mostTriplets)
        batchGroups = ClassGroups(classes: kinds, capacity: largestBatch)
        draws = Draws(capacity: max(all.count, kinds))
        choosers = Choosers(positions: largestBatch, choices: largestBatch * proportion.positive)
    }

    /// Goes to the beginning of an epoch, counted from 0.
    package func begin(epoch: Int) { self.epoch = epoch }

    /// Composes the batch of a step of the epoch, counted from 0.
    package func compose(step: Int) {
        images.removeAll()
        classes.removeAll()
        pairs.removeAll()
        triplets.removeAll()
        switch settings.batches {
        case .shuffled: takeImages(step)
        case .pairs(let count, let positive, _): drawPairs(count, positive: positive, step)
        case .classes(let drawn, let images): takeClasses(drawn, images: images, step)
        case .episodes(let ways, let shots, let queries): takeClasses(ways, images: shots + queries, step)
        }
        for image in images.elements { classes.append(all[Int(image)]) }
        guard settings.mining == .random, compares != .batch else { return }
        if case .pairs = settings.batches, compares == .pairs { return }
        batchGroups.group(classes.elements)
        switch (compares, settings.pairs) {
        case (.pairs, .all): takeAllPairs()
        case (.pairs, .proportion(let positive, let negative)): choosePairs(positive, negative, step)
        default: chooseTriplets(step)
        }
    }

    /// What a loss is told of the batch.
    package var batch: LossBatch {
        LossBatch(
            count: images.count, classes: classes.base, pairs: pairs.elements, triplets: triplets.elements,
            shots: shots)
    }

    /// The round through the data to which a step belongs, and which of the round's batches it is: where an epoch is
    /// not one round long, rounds go on over its end.
    private func place(of step: Int) -> (round: Int, batch: Int) {
        let batch = epoch * steps + step
        return (batch / order.batches, batch % order.batches)
    }

    private func takeImages(_ step: Int) {
        let (round, batch) = place(of: step)
        order.prepare(round, seed: settings.seed, groups)
        for i in run(batch, of: order.batches, in: all.count) { images.append(order.elements[i]) }
    }

    private func takeClasses(_ count: Int, images each: Int, _ step: Int) {
        let (round, batch) = place(of: step)
        order.prepare(round, seed: settings.seed, groups)
        var generator = SeededGenerator(seed: settings.seed, .imagesOfClasses(epoch: epoch, step: step))
        for i in 0..<count {
            // The round's last batch is filled up with those that came first.
            let label = order.elements[(batch * count + i) % order.elements.count]
            let members = groups.range(of: label)
            for pick in 0..<draws.draw(each, of: members.count, using: &generator) {
                images.append(groups.members[members.lowerBound + draws.picked[pick]])
            }
        }
    }

    /// Positive pairs: two images of a class, drawn among those with two; negative ones: one image each of two classes.
    /// Where they keep to one group, that is drawn first.
    private func drawPairs(_ count: Int, positive: Float, _ step: Int) {
        var generator = SeededGenerator(seed: settings.seed, .pairs(epoch: epoch, step: step))
        let positives = Int((Float(count) * positive).rounded())
        let kept = settings.mining == .random && compares == .pairs
        for i in 0..<count {
            let left: Int
            let right: Int
            if i < positives {
                let pool = pools.drawPositive(using: &generator)
                let members = groups.range(of: pool[Int.random(in: 0..<pool.count, using: &generator)])
                let (a, b) = generator.twoDifferent(below: members.count)
                (left, right) = (members.lowerBound + a, members.lowerBound + b)
            } else {
                let pool = pools.drawNegative(using: &generator)
                let (a, b) = generator.twoDifferent(below: pool.count)
                left = Int.random(in: groups.range(of: pool[a]), using: &generator)
                right = Int.random(in: groups.range(of: pool[b]), using: &generator)
            }
            let pair = Pair(
                place(ofImage: groups.members[left]), place(ofImage: groups.members[right]),
                different: i >= positives)
            if kept { pairs.append(pair) }
        }
        for image in images.elements { places[Int(image)] = -1 }
    }

    /// Where an image stands in the batch, which it joins if it is not in it.
    private func place(ofImage image: Int32) -> Int {
        if places[Int(image)] < 0 {
            places[Int(image)] = Int32(images.count)
            images.append(image)
        }
        return Int(places[Int(image)])
    }
}

/// The classes of which pairs are drawn.
private struct PairPools {
    /// Classes with two images or more, pool by pool.
    private let positive: [[Int32]]
    /// Two classes or more, pool by pool.
    private let negative: [[Int32]]

    /// One pool of all classes, or one for each of the `classGroups`.
    init(_ groups: ClassGroups, of classGroups: [Int32]?) {
        func pools(_ classes: [Int32]) -> [[Int32]] {
            guard let classGroups else { return [classes] }
            return Dictionary(grouping: classes) { classGroups[Int($0)] }.sorted { $0.key < $1.key }.map(
                \.value)
        }
        positive = pools(groups.classes(withMoreThan: 1)).filter { !$0.isEmpty }
        negative = pools(Array(groups.labels.elements)).filter { $0.count > 1 }
    }

    func drawPositive(using generator: inout SeededGenerator) -> [Int32] { Self.draw(positive, &generator) }

    func drawNegative(using generator: inout SeededGenerator) -> [Int32] { Self.draw(negative, &generator) }

    /// Nothing is drawn from one pool alone: where pairs are of all classes, no random number is taken for it.
    private static func draw(_ pools: [[Int32]], _ generator: inout SeededGenerator) -> [Int32] {
        pools.count == 1 ? pools[0] : pools[Int.random(in: 0..<pools.count, using: &generator)]
    }
}

extension Recipe.Training.Batches {
    /// Whether its pairs are of one group each.
    var keepsToGroups: Bool {
        if case .pairs(_, _, withinGroup: true) = self { true } else { false }
    }
}

extension SeededGenerator {
    fileprivate mutating func twoDifferent(below count: Int) -> (Int, Int) {
        let first = Int.random(in: 0..<count, using: &self)
        let second = Int.random(in: 0..<count - 1, using: &self)
        return (first, second < first ? second : second + 1)
    }
}
