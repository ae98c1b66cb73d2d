import AkinTensors

/// Where a tensor lies in a pass's arena: so many floats on from `offset` for each image, or for each thread.
struct Place: Sendable {
    var offset = 0
    var perImage = 0
    var perThread = 0

    func at(_ base: UnsafeMutablePointer<Float>, image: Int, thread: Int) -> UnsafeMutablePointer<Float> {
        base + offset + image * perImage + thread * perThread
    }
}

/// The memory of a pass, planned before it is allocated: tensors that the whole batch needs, and slots for those that
/// a thread needs while it works on one image, each used by one tensor after the other.
struct PassMemory {
    /// Where a tensor is to lie.
    enum Storage: Equatable {
        case nowhere
        /// Offset in the arena, for all images.
        case batch(Int, count: Int)
        /// A slot's number.
        case slot(Int)
    }

    var plan = ArenaPlan()
    private var slots: [Int] = []
    private var freeSlots: [Int] = []
    private var freeBatches: [(offset: Int, count: Int)] = []
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// For `count` floats of each image; takes what was given back where it is large enough.
    mutating func batch(_ count: Int) -> Storage {
        let needed = count * capacity
        let fitting = freeBatches.indices.filter { freeBatches[$0].count >= needed }
        guard let best = fitting.min(by: { freeBatches[$0].count < freeBatches[$1].count }) else {
            return .batch(plan.reserve(needed), count: count)
        }
        let (offset, size) = freeBatches.remove(at: best)
        let used = (needed + 15) & ~15
        if size > used { freeBatches.append((offset + used, size - used)) }
        return .batch(offset, count: count)
    }

    /// For `count` floats of the image that a thread is at.
    mutating func slot(_ count: Int) -> Storage {
        let slot: Int
        if let free = freeSlots.max(by: { slots[$0] < slots[$1] }) {
            freeSlots.removeAll { $0 == free }
            slot = free
        } else {
            slot = slots.count
            slots.append(0)
        }
        slots[slot] = max(slots[slot], (count + 15) & ~15)
        return .slot(slot)
    }

    mutating func giveBack(_ storage: Storage) {
        switch storage {
        case .nowhere: break
        case .batch(let offset, let count): freeBatches.append((offset, count * capacity))
        case .slot(let slot): freeSlots.append(slot)
        }
    }

    /// Room for the results of all operations. A tensor lies there for the whole batch where `kept` or another stage
    /// needs it, else in a slot. `roots` names the tensor in whose place another is written.
    mutating func storage(of execution: Execution, counts: [Int], roots: [Int], kept: [Bool]) -> [Storage] {
        var wide = kept
        for tensor in counts.indices where kept[tensor] || execution.crosses(tensor) {
            wide[roots[tensor]] = true
        }
        var lastUse = [Int](repeating: -1, count: counts.count)
        for (tensor, consumers) in execution.consumers.enumerated() {
            lastUse[roots[tensor]] = max(lastUse[roots[tensor]], consumers.max() ?? -1)
        }
        var storage = [Storage](repeating: .nowhere, count: counts.count)
        for (position, operation) in execution.operations.enumerated() {
            let output = operation.output
            if roots[output] != output {
                storage[output] = storage[roots[output]]
            } else {
                storage[output] = wide[output] ? batch(counts[output]) : slot(counts[output])
            }
            for tensor in Set([operation.input, operation.second ?? operation.input]) {
                let root = roots[tensor]
                if case .slot = storage[root], lastUse[root] == position { giveBack(storage[root]) }
            }
        }
        return storage
    }

    /// Room for the slots of all threads: after this, nothing more may ask for a slot. Returns where each storage lies.
    mutating func places(threads: Int) -> (Storage) -> Place {
        var offsets: [Int] = []
        var size = 0
        for slot in slots {
            offsets.append(size)
            size += slot
        }
        let (first, stride) = (plan.reserve(size * threads), size)
        return { storage in
            switch storage {
            case .nowhere: Place()
            case .batch(let offset, let count): Place(offset: offset, perImage: count)
            case .slot(let slot): Place(offset: first + offsets[slot], perThread: stride)
            }
        }
    }
}
