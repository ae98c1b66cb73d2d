import AkinNetworks
import AkinTensors
import AkinTraining

/// The shuffled batches and their pairs in the plainest way, by arrays, dictionaries and sets: `BatchSampler` has to draw
/// the same.
struct NaivePairSampler {
    let classes: [Int32]
    let pairs: Recipe.Training.Pairs
    let batch: Int
    let seed: UInt64

    private var needsPositives: Bool { if case .proportion(0, _) = pairs { false } else { true } }

    var batches: Int { (classes.count + batch - 1) / batch }

    /// The images of each batch of an epoch.
    func epoch(_ epoch: Int) -> [[Int]] {
        var generator = SeededGenerator(seed: seed, .order(round: epoch))
        var members: [Int32: [Int]] = [:]
        for (image, label) in classes.enumerated() { members[label, default: []].append(image) }
        var keyed: [(key: Float, image: Int)] = []
        keyed.reserveCapacity(classes.count)
        for label in members.keys.sorted() {
            let images = members[label]!.shuffled(using: &generator)
            // Two stay together where there would be fewer in a batch.
            let coupled = needsPositives && images.count < 2 * batches
            let couples = coupled ? max(images.count / 2, 1) : images.count
            for couple in 0..<couples {
                let key = (Float(couple) + generator.uniform()) / Float(couples)
                let first = (couple * images.count + couples - 1) / couples
                let last = ((couple + 1) * images.count + couples - 1) / couples
                keyed += images[first..<last].map { (key, $0) }
            }
        }
        if needsPositives && classes.count <= 2 * batches {
            var generator = SeededGenerator(seed: seed, .order(round: epoch))
            let images = Array(classes.indices).shuffled(using: &generator)
            keyed = images.enumerated().map { (Float($0), $1) }
        }
        keyed.sort { ($0.key, $0.image) < ($1.key, $1.image) }
        return (0..<batches).map { part in run(part, of: batches, in: keyed.count).map { keyed[$0].image } }
    }

    /// The pairs of a batch, as positions in `images`.
    func pairs(of images: [Int], epoch: Int, step: Int) -> [Pair] {
        switch pairs {
        case .all:
            var all: [Pair] = []
            all.reserveCapacity(images.count * (images.count - 1) / 2)
            for right in images.indices {
                for left in 0..<right {
                    all.append(Pair(left, right, different: classes[images[left]] != classes[images[right]]))
                }
            }
            return all
        case .proportion(let positive, let negative):
            var generator = SeededGenerator(seed: seed, .partners(epoch: epoch, step: step))
            return drawn(among: images, positive, negative, &generator)
        }
    }

    /// Each image is paired with up to `positive` others of its class, no couple twice, and with one image each of
    /// up to `negative` other classes.
    private func drawn(
        among images: [Int], _ positive: Int, _ negative: Int, _ generator: inout SeededGenerator
    ) -> [Pair] {
        var members: [Int32: [Int]] = [:]
        for (position, image) in images.enumerated() { members[classes[image], default: []].append(position) }
        let labels = members.keys.sorted()
        var couples: Set<Pair> = []
        var pairs: [Pair] = []
        for (position, image) in images.enumerated() {
            let own = classes[image]
            let partners = members[own]!.filter {
                $0 != position
                    && !couples.contains(Pair(min($0, position), max($0, position), different: false))
            }
            for partner in chosen(positive, of: partners, &generator) {
                couples.insert(Pair(min(partner, position), max(partner, position), different: false))
                pairs.append(Pair(position, partner, different: false))
            }
            for label in chosen(negative, of: labels.filter { $0 != own }, &generator) {
                pairs.append(
                    Pair(position, members[label]!.randomElement(using: &generator)!, different: true))
            }
        }
        return pairs
    }

    /// `count` different elements, or all if there are fewer.
    private func chosen<Element>(
        _ count: Int, of elements: [Element], _ generator: inout SeededGenerator
    ) -> ArraySlice<Element> {
        var elements = elements
        let count = min(count, elements.count)
        for i in 0..<count { elements.swapAt(i, Int.random(in: i..<elements.count, using: &generator)) }
        return elements[..<count]
    }
}
