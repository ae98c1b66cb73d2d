import AkinTensors
import CAkinKernels

/// A batch of images through a network, forward and back. All memory is planned when it is made; a step allocates
/// nothing.
///
/// The batch is cut into at most `maximumShares` shares of consecutive images. A share's part of the parameters'
/// gradient, and of the sums of batch normalisation, is summed by itself and the shares are added up in order, so
/// results do not depend on the threads.
package final class TrainingPass {
    package static let maximumShares = 16

    package let network: Network
    package let capacity: Int
    /// The gradient of all parameters, the head's included, as they lie in `network.values`. The head's part is
    /// for the loss to fill.
    package let gradient: FloatBuffer

    private let pool: ThreadPool
    let arena: FloatBuffer
    private let execution: Execution
    private let memory: [OperationMemory]
    /// Where each tensor lies, and its gradient.
    let tensors: [Place]
    private let gradients: [Place]
    private let shareOffsets: [Int]
    private let imageParameterCount: Int
    private(set) var count = 0
    private var seed: UInt32 = 0
    private(set) var inputs: UnsafePointer<Float>?

    /// What an operation has to itself.
    private struct OperationMemory {
        var packed = 0
        var scratch = Place()
        /// What the forward pass leaves to the backward pass.
        var kept = Place()
        /// Where its gradient lies within a share's, and how long it is.
        var gradient = 0
        var gradientCount = 0
        /// A batch normalisation's sums for each share, and its coefficients.
        var sums = 0
        var coefficients = 0
        /// What the backward pass does with the gradient at the inputs.
        var input = InputGradient.none
        var second = InputGradient.none
        /// Whether it, or anything before it, has parameters.
        var trains = false
    }

    private enum InputGradient {
        /// Nobody asks for it.
        case none
        /// It is the first that is known of the tensor's gradient.
        case written
        /// It comes on top of what other operations wrote, by way of a place of its own.
        case added(Place)
    }

    package init(_ network: Network, capacity: Int, pool: ThreadPool = .shared) {
        precondition(capacity > 0)
        self.network = network
        self.capacity = capacity
        self.pool = pool
        gradient = FloatBuffer(count: network.values.count)
        let execution = Execution(network.operations, tensors: network.tensors.count, barriers: true)
        self.execution = execution
        var plan = Planner(network, execution, capacity: capacity)
        plan.planForward()
        plan.planBackward()

        var imageParameterCount = 0
        let place = plan.memory.places(threads: pool.threads)
        tensors = plan.tensors.map(place)
        gradients = plan.gradients.map(place)
        memory = execution.operations.enumerated().map { position, operation in
            var own = OperationMemory()
            func resolved(_ gradient: Planner.InputGradient) -> InputGradient {
                switch gradient {
                case .none: .none
                case .written: .written
                case .added(let storage): .added(place(storage))
                }
            }
            own.trains = plan.gradients[operation.output] != .nowhere
            own.input = resolved(plan.inputGradients[position].input)
            own.second = resolved(plan.inputGradients[position].second)
            switch operation.body {
            case .dense, .addition: break
            case .image(let layer):
                own.packed = plan.memory.plan.reserve(layer.packedCount(training: true))
                let scratch = (layer.scratchCount(training: true) + 15) & ~15
                own.scratch = Place(
                    offset: plan.memory.plan.reserve(scratch * pool.threads), perThread: scratch)
                let kept = (layer.keptBytes + 3) / 4
                own.kept = Place(offset: plan.memory.plan.reserve(kept * capacity), perImage: kept)
                own.gradient = imageParameterCount
                own.gradientCount = layer.parameters.reduce(0) { $0 + $1.count }
                imageParameterCount += own.gradientCount
            case .normalization(let layer):
                own.sums = plan.memory.plan.reserve(2 * Self.maximumShares * 2 * layer.channels)
                own.coefficients = plan.memory.plan.reserve(
                    BatchNormalization.Coefficients.count(layer.channels))
            }
            return own
        }
        self.imageParameterCount = imageParameterCount
        shareOffsets = (0..<min(Self.maximumShares, capacity)).map { _ in
            plan.memory.plan.reserve(imageParameterCount)
        }
        arena = FloatBuffer(count: plan.memory.plan.count)
    }

    /// Where the gradient at the embeddings, `[count, dimension]`, has to be written before each `backward()`.
    package var embeddingGradient: UnsafeMutablePointer<Float> {
        arena.base + gradients[network.output].offset
    }

    private func parameters(_ operation: Operation) -> UnsafePointer<Float> {
        UnsafePointer(network.values.base + operation.offset)
    }

    private func value(_ tensor: Int, image: Int, thread: Int) -> UnsafePointer<Float> {
        tensor == 0
            ? inputs! + image * network.tensors[0]
            : UnsafePointer(tensors[tensor].at(arena.base, image: image, thread: thread))
    }

    /// What an operation put out for the whole batch, where that is kept.
    func keptOutput(of operation: Operation) -> UnsafePointer<Float>? {
        tensors[operation.output].perImage > 0 ? value(operation.output, image: 0, thread: 0) : nil
    }

    private func gradient(of tensor: Int, image: Int, thread: Int) -> UnsafeMutablePointer<Float> {
        gradients[tensor].at(arena.base, image: image, thread: thread)
    }

    private func coefficients(_ position: Int, _ layer: BatchNormalization) -> BatchNormalization.Coefficients
    {
        .init(arena.base + memory[position].coefficients, channels: layer.channels)
    }

    private func sums(_ position: Int, share: Int, _ layer: BatchNormalization) -> BatchNormalization.Sums {
        UnsafeMutableRawPointer(arena.base + memory[position].sums).assumingMemoryBound(to: Double.self)
            + share * 2 * layer.channels
    }

    private func workspace(_ position: Int, image: Int, share: Int, thread: Int) -> LayerWorkspace {
        let own = memory[position]
        return LayerWorkspace(
            parameters: parameters(execution.operations[position]), packed: arena.base + own.packed,
            scratch: own.scratch.at(arena.base, image: image, thread: thread),
            kept: UnsafeMutableRawPointer(own.kept.at(arena.base, image: image, thread: thread))
                .assumingMemoryBound(to: UInt8.self),
            gradient: arena.base + shareOffsets[share] + own.gradient,
            seed: Self.hashed(seed, UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: image)))
    }

    private static func hashed(_ seed: UInt32, _ position: UInt32, _ image: UInt32) -> UInt32 {
        func mixed(_ hash: UInt32, _ value: UInt32) -> UInt32 {
            var h = (hash ^ value) &* 0x9E37_79B1
            h = (h ^ (h >> 15)) &* 0x85EB_CA77
            return h ^ (h >> 13)
        }
        return mixed(mixed(mixed(0x811C_9DC5, seed), position), image)
    }

    // MARK: Forward

    /// Embeddings `[count, dimension]` of `count` images `[count, height, width, channels]`, which must stay in
    /// place until `backward()`. `seed` decides what dropout drops. Moves the network's running statistics.
    package func forward(_ inputs: UnsafePointer<Float>, count: Int, seed: UInt32) -> UnsafePointer<Float> {
        precondition(count > 0 && count <= capacity, "more images than the pass has room for")
        self.inputs = inputs
        self.count = count
        self.seed = seed
        pool.forEach(execution.operations.count) { position, _ in
            let operation = execution.operations[position]
            guard case .image(let layer) = operation.body else { return }
            layer.pack(parameters(operation), into: arena.base + memory[position].packed, training: true)
        }
        let shares = min(Self.maximumShares, count)
        for stage in execution.stages {
            switch stage {
            case .images(let range, let moments):
                pool.forEach(shares) { share, thread in
                    forward(range, moments: moments, share: share, of: shares, thread: thread)
                }
                for position in moments { finishMoments(position, shares: shares) }
            case .dense(let position):
                let operation = execution.operations[position]
                guard case .dense(let dense) = operation.body else { fatalError("a dense stage") }
                dense.forward(
                    value(operation.input, image: 0, thread: 0),
                    tensors[operation.output].at(arena.base, image: 0, thread: 0), count: count,
                    parameters: parameters(operation), pool: pool)
            }
        }
        return value(network.output, image: 0, thread: 0)
    }

    private func forward(_ range: Range<Int>, moments: [Int], share: Int, of shares: Int, thread: Int) {
        for position in moments {
            guard case .normalization(let layer) = execution.operations[position].body else { continue }
            layer.clear(sums(position, share: share, layer))
        }
        let images = run(share, of: shares, in: count)
        for image in images {
            for position in range {
                let operation = execution.operations[position]
                let x = value(operation.input, image: image, thread: thread)
                let y = tensors[operation.output].at(arena.base, image: image, thread: thread)
                switch operation.body {
                case .image(let layer):
                    layer.forward(
                        x, y, workspace(position, image: image, share: share, thread: thread), training: true)
                case .normalization(let layer):
                    layer.forward(
                        x, y, coefficients(position, layer), parameters: parameters(operation))
                case .addition(let shape, let relu):
                    let second = value(operation.second!, image: image, thread: thread)
                    akin_sum(x, second, y, shape.count, relu ? 1 : 0)
                case .dense: break
                }
            }
            for position in moments {
                let operation = execution.operations[position]
                guard case .normalization(let layer) = operation.body else { continue }
                layer.addMoments(
                    of: value(operation.input, image: image, thread: thread),
                    number: image - images.lowerBound,
                    to: sums(position, share: share, layer))
            }
        }
    }

    private func finishMoments(_ position: Int, shares: Int) {
        let operation = execution.operations[position]
        guard case .normalization(let layer) = operation.body else { return }
        layer.finishMoments(
            sums(position, share: 0, layer), shares: shares, count: count, coefficients(position, layer),
            parameters: parameters(operation), statistics: network.statistics.base + operation.statistics)
    }

    // MARK: Backward

    /// From `embeddingGradient` the gradient of all parameters of the backbone.
    package func backward() {
        let shares = min(Self.maximumShares, count)
        for share in 0..<shares {
            (arena.base + shareOffsets[share]).update(repeating: 0, count: imageParameterCount)
        }
        for stage in execution.stages.indices.reversed() {
            switch execution.stages[stage] {
            case .images(let range, let moments):
                pool.forEach(shares) { share, thread in
                    backward(range, moments: moments, share: share, of: shares, thread: thread)
                }
                for position in range { finishGradients(position, shares: shares) }
            case .dense(let position): backwardDense(position)
            }
        }
        addShares(shares)
    }

    private func backward(_ range: Range<Int>, moments: [Int], share: Int, of shares: Int, thread: Int) {
        for position in range {
            guard case .normalization(let layer) = execution.operations[position].body else { continue }
            layer.clear(sums(position, share: share, layer))
        }
        for image in run(share, of: shares, in: count) {
            for position in moments.reversed() { backwardMoments(position, image: image, thread: thread) }
            for position in range.reversed() where memory[position].trains {
                let operation = execution.operations[position]
                let dy = gradient(of: operation.output, image: image, thread: thread)
                switch operation.body {
                case .image(let layer):
                    let dx = inputGradient(
                        memory[position].input, of: operation.input, image: image, thread: thread)
                    layer.backward(
                        x: value(operation.input, image: image, thread: thread),
                        y: value(operation.output, image: image, thread: thread), dy: dy, dx: dx,
                        workspace(position, image: image, share: share, thread: thread))
                    add(memory[position].input, to: operation.input, image: image, thread: thread)
                case .normalization(let layer):
                    layer.addGradients(
                        x: value(operation.input, image: image, thread: thread), dy: dy,
                        coefficients(position, layer), parameters: parameters(operation),
                        to: sums(position, share: share, layer))
                case .addition(let shape, let relu):
                    if relu {
                        let y = value(operation.output, image: image, thread: thread)
                        akin_relu_gradient(y, dy, dy, shape.count)
                    }
                    pass(dy, memory[position].input, to: operation.input, image: image, thread: thread)
                    pass(dy, memory[position].second, to: operation.second!, image: image, thread: thread)
                case .dense: break
                }
            }
        }
        for position in range where memory[position].trains {
            guard case .image(let layer) = execution.operations[position].body else { continue }
            layer.finishGradient(workspace(position, image: 0, share: share, thread: thread))
        }
    }

    /// Where the gradient at an input is to be written.
    private func inputGradient(
        _ what: InputGradient, of tensor: Int, image: Int, thread: Int
    ) -> UnsafeMutablePointer<Float>? {
        switch what {
        case .none: nil
        case .written: gradient(of: tensor, image: image, thread: thread)
        case .added(let place): place.at(arena.base, image: image, thread: thread)
        }
    }

    /// Adds what was written beside the tensor's gradient.
    private func add(_ what: InputGradient, to tensor: Int, image: Int, thread: Int) {
        guard case .added(let place) = what else { return }
        akin_add(
            gradient(of: tensor, image: image, thread: thread),
            place.at(arena.base, image: image, thread: thread), network.tensors[tensor])
    }

    /// A gradient that passes an addition unchanged.
    private func pass(
        _ dy: UnsafePointer<Float>, _ what: InputGradient, to tensor: Int, image: Int, thread: Int
    ) {
        let dx = gradient(of: tensor, image: image, thread: thread)
        switch what {
        case .none: break
        case .written: dx.update(from: dy, count: network.tensors[tensor])
        case .added: akin_add(dx, dy, network.tensors[tensor])
        }
    }

    /// The gradient at the input of a batch normalisation of a later stage, whose sums are complete.
    private func backwardMoments(_ position: Int, image: Int, thread: Int) {
        let operation = execution.operations[position]
        guard case .normalization(let layer) = operation.body,
            let dx = inputGradient(memory[position].input, of: operation.input, image: image, thread: thread)
        else { return }
        layer.backward(
            x: value(operation.input, image: image, thread: thread),
            dy: gradient(of: operation.output, image: image, thread: thread), dx: dx,
            coefficients(position, layer), parameters: parameters(operation))
        add(memory[position].input, to: operation.input, image: image, thread: thread)
    }

    private func finishGradients(_ position: Int, shares: Int) {
        let operation = execution.operations[position]
        guard case .normalization(let layer) = operation.body else { return }
        layer.finishGradients(
            sums(position, share: 0, layer), shares: shares, count: count, coefficients(position, layer),
            gradient: gradient.base + operation.offset)
    }

    private func backwardDense(_ position: Int) {
        let operation = execution.operations[position]
        guard case .dense(let dense) = operation.body else { fatalError("a dense stage") }
        let own = memory[position].input
        var adds = false
        if case .added = own { adds = true }
        var dx: UnsafeMutablePointer<Float>?
        if case .none = own {} else { dx = gradient(of: operation.input, image: 0, thread: 0) }
        dense.backward(
            x: value(operation.input, image: 0, thread: 0),
            dy: gradient(of: operation.output, image: 0, thread: 0), dx: dx, addsToInput: adds, count: count,
            parameters: parameters(operation), gradient: gradient.base + operation.offset, pool: pool)
    }

    /// Sums the shares' gradients, share after share, a piece of the parameters at a time.
    private func addShares(_ shares: Int) {
        for (position, operation) in execution.operations.enumerated() {
            let size = memory[position].gradientCount
            guard size > 0 else { continue }
            let blocks = (size + 16383) / 16384
            let (from, to) = (memory[position].gradient, gradient.base + operation.offset)
            pool.forEach(blocks) { block, _ in
                let part = run(block, of: blocks, in: size)
                let sum = to + part.lowerBound
                sum.update(from: arena.base + shareOffsets[0] + from + part.lowerBound, count: part.count)
                for share in 1..<max(shares, 1) {
                    akin_add(sum, arena.base + shareOffsets[share] + from + part.lowerBound, part.count)
                }
            }
        }
    }
}
