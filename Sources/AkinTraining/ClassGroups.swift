import AkinTensors

/// Positions class after class, by counting: in arrays made once, so that grouping anew allocates nothing.
final class ClassGroups {
    /// The classes that have a member, in ascending order.
    let labels: FixedList<Int32>
    /// Where a class stands in `labels`.
    private(set) var ranks: [Int]
    /// All positions, class after class, in ascending order within each.
    private(set) var members: [Int32]
    private var starts: [Int]

    /// For classes below `classes` and at most `capacity` positions.
    init(classes: Int, capacity: Int) {
        labels = FixedList(capacity: classes)
        ranks = [Int](repeating: 0, count: classes)
        members = [Int32](repeating: 0, count: capacity)
        starts = [Int](repeating: 0, count: classes + 2)
    }

    /// Those of a whole data set, whose classes are below `kinds`.
    convenience init(of classes: [Int32], kinds: Int) {
        self.init(classes: kinds, capacity: classes.count)
        classes.withUnsafeBufferPointer(group)
    }

    /// Where in `members` those of a class are.
    func range(of label: Int32) -> Range<Int> { starts[Int(label)]..<starts[Int(label) + 1] }

    /// Groups the positions of `classes`.
    func group(_ classes: UnsafeBufferPointer<Int32>) {
        for i in starts.indices { starts[i] = 0 }
        // Two places further on than where a class begins: filling moves each place up to the next one's beginning.
        for label in classes { starts[Int(label) + 2] += 1 }
        for i in 2..<starts.count { starts[i] += starts[i - 1] }
        for (position, label) in classes.enumerated() {
            members[starts[Int(label) + 1]] = Int32(position)
            starts[Int(label) + 1] += 1
        }
        labels.removeAll()
        for label in ranks.indices where !range(of: Int32(label)).isEmpty {
            ranks[label] = labels.count
            labels.append(Int32(label))
        }
    }

    /// The classes with more than so many members.
    func classes(withMoreThan count: Int) -> [Int32] {
        labels.elements.filter { range(of: $0).count > count }
    }

    /// The most that `count` classes can have together if each gives up to `each`.
    func most(each: Int, ofClasses count: Int) -> Int {
        labels.elements.map { min(range(of: $0).count, each) }.sorted(by: >).prefix(count).reduce(0, +)
    }
}

/// Draws without putting back, in arrays made once.
struct Draws {
    /// What the last draw gave, in its order.
    private(set) var picked: [Int]
    /// The identity between two draws: what is drawn must not depend on the draws before.
    private var order: [Int]

    /// Of at most `capacity` numbers.
    init(capacity: Int) {
        order = Array(0..<capacity)
        picked = order
    }

    /// Puts `count` different numbers below `all` into `picked`, or all if there are fewer, and returns how many.
    mutating func draw(_ count: Int, of all: Int, using generator: inout SeededGenerator) -> Int {
        let count = min(count, all)
        for i in 0..<count {
            let j = Int.random(in: i..<all, using: &generator)
            picked[i] = order[j]
            order[j] = order[i]
        }
        // A place beyond the first `count` that was drawn from gave its own number the first time.
        for i in 0..<count {
            order[i] = i
            order[picked[i]] = picked[i]
        }
        return count
    }
}
