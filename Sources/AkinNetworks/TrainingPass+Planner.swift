import AkinTensors

extension TrainingPass {
    /// Which tensors and gradients the whole batch needs and which only a thread, and where they lie.
    struct Planner {
        enum InputGradient {
            case none, written
            case added(PassMemory.Storage)
        }

        private let network: Network
        private let execution: Execution
        var memory: PassMemory
        var tensors: [PassMemory.Storage] = []
        var gradients: [PassMemory.Storage]
        /// For each operation.
        var inputGradients: [(input: InputGradient, second: InputGradient)]

        init(_ network: Network, _ execution: Execution, capacity: Int) {
            self.network = network
            self.execution = execution
            memory = PassMemory(capacity: capacity)
            gradients = Array(repeating: .nowhere, count: network.tensors.count)
            inputGradients = Array(repeating: (.none, .none), count: execution.operations.count)
        }

        mutating func planForward() {
            var roots = Array(network.tensors.indices)
            var kept = [Bool](repeating: false, count: roots.count)
            kept[network.output] = true
            for (position, operation) in execution.operations.enumerated() {
                if operation.backwardReadsOutput { kept[operation.output] = true }
                if operation.backwardReadsInput { kept[operation.input] = true }
                let producer = execution.producers[operation.input]
                if case .image(let layer) = operation.body, layer.worksInPlace, producer >= 0,
                    execution.operations[producer].toleratesDropoutInPlace,
                    execution.consumers[operation.input].count == 1,
                    execution.stageOfOperation[producer] == execution.stageOfOperation[position]
                {
                    roots[operation.output] = roots[operation.input]
                }
            }
            tensors = memory.storage(of: execution, counts: network.tensors, roots: roots, kept: kept)
        }

        /// Walks the stages as `backward` does.
        mutating func planBackward() {
            let wanted = tensorsWithGradient()
            gradients[network.output] = memory.batch(network.tensors[network.output])
            for stage in execution.stages.indices.reversed() {
                switch execution.stages[stage] {
                case .dense(let position):
                    let operation = execution.operations[position]
                    inputGradients[position].input = contribution(to: operation.input, wanted, wide: true)
                    memory.giveBack(gradients[operation.output])
                case .images(let range, let moments):
                    for position in moments.reversed() {
                        inputGradients[position].input = contribution(
                            to: execution.operations[position].input, wanted, wide: false)
                    }
                    var finished: [Int] = []
                    for position in range.reversed() {
                        let operation = execution.operations[position]
                        switch operation.body {
                        case .image:
                            inputGradients[position].input = contribution(
                                to: operation.input, wanted, wide: false)
                        case .addition:
                            // Both before either is given back.
                            let input = contribution(to: operation.input, wanted, wide: false)
                            let second = contribution(to: operation.second!, wanted, wide: false)
                            inputGradients[position] = (input, second)
                        case .normalization, .dense: break
                        }
                        switch gradients[operation.output] {
                        case .slot: memory.giveBack(gradients[operation.output])
                        case .batch:
                            // A batch normalisation's is read once more, where its moments were taken.
                            if execution.stageOfMoments[position] < 0 { finished.append(operation.output) }
                        case .nowhere: break
                        }
                    }
                    finished += moments.map { execution.operations[$0].output }
                    for tensor in finished { memory.giveBack(gradients[tensor]) }
                }
            }
        }

        /// What comes of an operation's gradient at one of its inputs; a temporary place is free again at once.
        private mutating func contribution(to tensor: Int, _ wanted: [Bool], wide: Bool) -> InputGradient {
            guard wanted[tensor] else { return .none }
            if gradients[tensor] == .nowhere {
                gradients[tensor] =
                    isWide(tensor)
                    ? memory.batch(network.tensors[tensor]) : memory.slot(network.tensors[tensor])
                return .written
            }
            guard !wide else { return .added(.nowhere) }
            let place = memory.slot(network.tensors[tensor])
            memory.giveBack(place)
            return .added(place)
        }

        /// Whether the gradient of a tensor has to be there for the whole batch.
        private func isWide(_ tensor: Int) -> Bool {
            let producer = execution.producers[tensor]
            guard producer >= 0, tensor != network.output else { return true }
            if execution.stageOfMoments[producer] >= 0 { return true }
            let stage = execution.stageOfOperation[producer]
            if case .dense = execution.stages[stage] { return true }
            return execution.consumers[tensor].contains {
                (execution.stageOfMoments[$0] >= 0
                    ? execution.stageOfMoments[$0] : execution.stageOfOperation[$0])
                    != stage
            }
        }

        /// Those that have parameters before them.
        private func tensorsWithGradient() -> [Bool] {
            var wanted = [Bool](repeating: false, count: network.tensors.count)
            for operation in execution.operations {
                wanted[operation.output] =
                    !operation.parameters.isEmpty || wanted[operation.input]
                    || operation.second.map { wanted[$0] } ?? false
            }
            return wanted
        }
    }
}
