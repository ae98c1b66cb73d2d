import AkinNetworks
import AkinTensors

/// The pairs and triplets that are drawn among the images of a batch.
extension BatchSampler {
    func takeAllPairs() {
        for right in 0..<classes.count {
            for left in 0..<right {
                pairs.append(Pair(left, right, different: classes[left] != classes[right]))
            }
        }
    }

    /// Each image is paired with up to `positive` others of its class, no couple twice, and with one image each of up to
    /// `negative` other classes (thesis, section 4.3.1).
    func choosePairs(_ positive: Int, _ negative: Int, _ step: Int) {
        var generator = SeededGenerator(seed: settings.seed, .partners(epoch: epoch, step: step))
        choosers.removeAll()
        for position in 0..<classes.count {
            choosers.findPartners(of: position, among: batchGroups, batchGroups.range(of: classes[position]))
            let partners = draws.draw(positive, of: choosers.partners.count, using: &generator)
            for pick in 0..<partners {
                let partner = Int(choosers.partners[draws.picked[pick]])
                choosers.append(position, chose: partner)
                pairs.append(Pair(position, partner, different: false))
            }
            let own = batchGroups.ranks[Int(classes[position])]
            let others = draws.draw(negative, of: batchGroups.labels.count - 1, using: &generator)
            for pick in 0..<others {
                let rank = draws.picked[pick]
                pairs.append(
                    Pair(position, member(ofClass: rank < own ? rank : rank + 1, &generator), different: true)
                )
            }
        }
    }

    /// Each image is so many times the anchor of an image of its class, not itself, and of one of another class, drawn
    /// by class (section 4.3.2). An image without a partner of either kind is left out.
    func chooseTriplets(_ step: Int) {
        var generator = SeededGenerator(seed: settings.seed, .triplets(epoch: epoch, step: step))
        let others = batchGroups.labels.count - 1
        guard others > 0 else { return }
        for anchor in 0..<classes.count {
            let members = batchGroups.range(of: classes[anchor])
            guard members.count > 1 else { continue }
            let own = batchGroups.ranks[Int(classes[anchor])]
            for _ in 0..<settings.tripletsPerImage {
                let place = Int.random(in: members.dropLast(), using: &generator)
                // The members are in ascending order: those from the anchor on move up by one.
                let positive = batchGroups.members[place]
                let rank = Int.random(in: 0..<others, using: &generator)
                triplets.append(
                    Triplet(
                        anchor, Int(positive < Int32(anchor) ? positive : batchGroups.members[place + 1]),
                        member(ofClass: rank < own ? rank : rank + 1, &generator)))
            }
        }
    }

    /// Any image of one of the batch's classes.
    private func member(ofClass rank: Int, _ generator: inout SeededGenerator) -> Int {
        let members = batchGroups.range(of: batchGroups.labels[rank])
        return Int(batchGroups.members[Int.random(in: members, using: &generator)])
    }
}

/// Who has already chosen whom as partner in a batch, in lists made once.
struct Choosers {
    /// The partners that an image may still choose.
    let partners: FixedList<Int32>
    /// The last choice of each position by another, and for each choice who made it and the choice before it; -1 for none.
    private var last: [Int32]
    private let choosers: FixedList<Int32>
    private let before: FixedList<Int32>
    /// The last position whose partners left an image out.
    private var leftOut: [Int32]

    init(positions: Int, choices: Int) {
        partners = FixedList(capacity: positions)
        last = [Int32](repeating: -1, count: positions)
        leftOut = last
        choosers = FixedList(capacity: choices)
        before = FixedList(capacity: choices)
    }

    mutating func removeAll() {
        choosers.removeAll()
        before.removeAll()
        for i in last.indices { (last[i], leftOut[i]) = (-1, -1) }
    }

    mutating func append(_ position: Int, chose partner: Int) {
        before.append(last[partner])
        last[partner] = Int32(choosers.count)
        choosers.append(Int32(position))
    }

    /// Fills `partners` with the members of a class without the position itself and those who have chosen it.
    mutating func findPartners(of position: Int, among groups: ClassGroups, _ members: Range<Int>) {
        let own = Int32(position)
        leftOut[position] = own
        var choice = last[position]
        while choice >= 0 {
            leftOut[Int(choosers[Int(choice)])] = own
            choice = before[Int(choice)]
        }
        partners.removeAll()
        for i in members where leftOut[Int(groups.members[i])] != own { partners.append(groups.members[i]) }
    }
}
