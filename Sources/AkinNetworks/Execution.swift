import AkinBasics

/// The order in which operations run, cut where the whole batch has to be there: before and after a dense layer and,
/// in training, between a batch normalisation's moments and its use of them.
struct Execution: Sendable {
    enum Stage: Sendable {
        /// Operations that take one image after the other, then the moments that the batch normalisations `moments`,
        /// of a later stage, take of the same image.
        case images(Range<Int>, moments: [Int])
        case dense(Int)
    }

    let operations: [Operation]
    /// Ranges and numbers in them are positions in `operations`.
    let stages: [Stage]
    /// Of each operation.
    let stageOfOperation: [Int]
    /// In which the moments for a batch normalisation are taken; -1 for any other operation.
    let stageOfMoments: [Int]
    /// That puts a tensor out: a position in `operations`, -1 for the image and for tensors that nothing puts out.
    let producers: [Int]
    /// That read a tensor: positions in `operations`, an operation that reads it twice counted twice.
    let consumers: [[Int]]

    /// `tensors` is how many there are; `barriers` whether batch normalisation looks at the batch.
    init(_ unordered: [Operation], tensors: Int, barriers: Bool) {
        // Operations on images have even levels, dense layers odd ones. An operation runs as early as it can, so that
        // two branches share their barriers.
        var levelOfTensor = [Int](repeating: 0, count: tensors)
        let levels = unordered.map { operation in
            let above = max(levelOfTensor[operation.input], operation.second.map { levelOfTensor[$0] } ?? 0)
            var level = (above + 1) & ~1
            switch operation.body {
            case .dense: level += 1
            case .normalization: level += barriers ? 2 : 0
            case .image, .addition: break
            }
            levelOfTensor[operation.output] = level
            return level
        }
        let order = unordered.indices.sorted { (levels[$0], $0) < (levels[$1], $1) }
        let operations = order.map { unordered[$0] }
        let sorted = order.map { levels[$0] }

        var stages: [Stage] = []
        var stageOfOperation = [Int](repeating: -1, count: operations.count)
        var stageOfMoments = stageOfOperation
        for level in 0...(sorted.last ?? 0) {
            let range =
                (sorted.firstIndex { $0 >= level } ?? 0)..<(sorted.firstIndex { $0 > level } ?? sorted.count)
            if level % 2 == 1 {
                for position in range {
                    stageOfOperation[position] = stages.count
                    stages.append(.dense(position))
                }
            } else {
                let moments = operations.indices.filter {
                    guard barriers, case .normalization = operations[$0].body else { return false }
                    return sorted[$0] == level + 2
                }
                guard !range.isEmpty || !moments.isEmpty else { continue }
                for position in range { stageOfOperation[position] = stages.count }
                for position in moments { stageOfMoments[position] = stages.count }
                stages.append(.images(range, moments: moments))
            }
        }
        self.operations = operations
        self.stages = stages
        self.stageOfOperation = stageOfOperation
        self.stageOfMoments = stageOfMoments

        var producers = [Int](repeating: -1, count: tensors)
        var consumers = [[Int]](repeating: [], count: tensors)
        for (position, operation) in operations.enumerated() {
            producers[operation.output] = position
            consumers[operation.input].append(position)
            if let second = operation.second { consumers[second].append(position) }
        }
        self.producers = producers
        self.consumers = consumers
    }

    /// Whether a tensor is read in another stage than the one that puts it out.
    func crosses(_ tensor: Int) -> Bool {
        guard producers[tensor] >= 0 else { return true }
        let stage = stageOfOperation[producers[tensor]]
        if case .dense = stages[stage] { return true }
        return consumers[tensor].contains { stageOfOperation[$0] != stage }
    }
}
