import AkinTensors

/// A random order of images or of classes, from which the batches of one round are cut. It follows from the seed and
/// the number of the round; ordering anew allocates nothing.
struct EpochOrder {
    /// In order.
    private(set) var elements: [Int32]
    /// How many batches a round has.
    let batches: Int

    private let unordered: [Int32]
    private let spread: Bool
    private let coupled: Bool
    private var round = -1
    // For images: the sorting keys, and room to shuffle and to sort.
    private var keys: [Float]
    private var room: [Int32]
    private var counts = [Int](repeating: 0, count: 1024)

    /// Of these in any order.
    init(of elements: [Int32], batches: Int) {
        self.init(elements, batches: batches, spread: false, coupled: false)
    }

    /// Of all images, each class spread evenly. `coupled`: of a class that has fewer than two images for each batch, two
    /// stay together (three, where their number is odd), so that they can be compared.
    init(images: [Int32], _ groups: ClassGroups, batches: Int, coupled: Bool) {
        self.init(groups.members, batches: batches, spread: true, coupled: coupled)
    }

    private init(_ elements: [Int32], batches: Int, spread: Bool, coupled: Bool) {
        self.elements = elements
        self.batches = batches
        self.spread = spread
        self.coupled = coupled
        unordered = elements
        keys = [Float](repeating: 0, count: spread ? elements.count : 0)
        room = spread ? elements : []
    }

    /// Brings `elements` into the order of a round.
    mutating func prepare(_ round: Int, seed: UInt64, _ groups: ClassGroups) {
        guard round != self.round else { return }
        self.round = round
        var generator = SeededGenerator(seed: seed, .order(round: round))
        for i in unordered.indices { elements[i] = unordered[i] }
        guard spread else { return shuffle(elements.indices, using: &generator) }
        for label in groups.labels.elements {
            let members = groups.range(of: label)
            shuffle(members, using: &generator)
            let parts = coupled && members.count < 2 * batches ? max(members.count / 2, 1) : members.count
            var (part, key): (Int, Float) = (-1, 0)
            for i in members {
                let next = (i - members.lowerBound) * parts / members.count
                if next != part { (part, key) = (next, (Float(next) + generator.uniform()) / Float(parts)) }
                keys[Int(elements[i])] = key
            }
        }
        sortByKeys()
    }

    private mutating func shuffle(_ range: Range<Int>, using generator: inout SeededGenerator) {
        for i in range.dropLast() {
            elements.swapAt(i, Int.random(in: i..<range.upperBound, using: &generator))
        }
    }

    /// Images by their keys, equal ones by their position: by digits of ten bits from the lowest on, as the keys, from 0
    /// to 1, are ordered like their bits.
    private mutating func sortByKeys() {
        for i in elements.indices { elements[i] = Int32(i) }
        for shift in [0, 10, 20] as [UInt32] {
            for i in counts.indices { counts[i] = 0 }
            func digit(_ image: Int32) -> Int { Int(keys[Int(image)].bitPattern >> shift & 1023) }
            for i in elements.indices { counts[digit(elements[i])] += 1 }
            var start = 0
            for i in counts.indices { (counts[i], start) = (start, start + counts[i]) }
            for i in elements.indices {
                let image = elements[i]
                room[counts[digit(image)]] = image
                counts[digit(image)] += 1
            }
            swap(&elements, &room)
        }
    }
}
