import AkinTensors
import CAkinKernels

/// Images through a network, forward only: activations live in a few buffers for each thread, not for each image.
/// Batch normalisation takes its running statistics; where it follows a convolution or a dense layer, it is folded
/// into that layer's weights.
///
/// Not for two threads at once.
package final class EmbeddingPass {
    package let network: Network
    /// How many images go through at once at most.
    package let capacity: Int
    private let pool: ThreadPool
    let arena: FloatBuffer
    private let execution: Execution
    private let memory: [OperationMemory]
    private let tensors: [Place]
    private let output: Int

    private struct OperationMemory {
        var packed = 0
        var scratch = Place()
        var kept = Place()
        /// Parameters with a batch normalisation folded in.
        var folded = 0
        /// Of a batch normalisation.
        var coefficients = 0
    }

    package init(_ network: Network, capacity: Int, pool: ThreadPool = .shared) {
        self.network = network
        self.capacity = capacity
        self.pool = pool
        let (operations, output) = Self.operations(of: network)
        let execution = Execution(operations, tensors: network.tensors.count, barriers: false)
        self.execution = execution
        self.output = output
        var plan = PassMemory(capacity: capacity)
        var kept = [Bool](repeating: false, count: network.tensors.count)
        kept[output] = true
        let storage = plan.storage(
            of: execution, counts: network.tensors, roots: Array(network.tensors.indices), kept: kept)
        tensors = storage.map(plan.places(threads: pool.threads))
        memory = execution.operations.map { operation in
            var own = OperationMemory()
            switch operation.body {
            case .image(let layer):
                own.packed = plan.plan.reserve(layer.packedCount(training: false))
                let scratch = (layer.scratchCount(training: false) + 15) & ~15
                own.scratch = Place(offset: plan.plan.reserve(scratch * pool.threads), perThread: scratch)
                let kept = (layer.keptBytes + 63) / 64 * 16
                own.kept = Place(offset: plan.plan.reserve(kept * pool.threads), perThread: kept)
            case .dense(let dense): own.packed = plan.plan.reserve(dense.packedCount)
            case .normalization(let layer):
                own.coefficients = plan.plan.reserve(BatchNormalization.Coefficients.count(layer.channels))
            case .addition: break
            }
            if operation.folded != nil {
                own.folded = plan.plan.reserve(operation.parameters.reduce(0) { $0 + $1.count })
            }
            return own
        }
        arena = FloatBuffer(count: plan.plan.count)
        pack()
    }

    /// The network's operations without dropout and with batch normalisations folded where they can be, and the
    /// tensor of the embeddings.
    private static func operations(of network: Network) -> ([Operation], output: Int) {
        var names = Array(network.tensors.indices)
        for operation in network.operations {
            if case .image(is Dropout) = operation.body { names[operation.output] = names[operation.input] }
        }
        var operations: [Operation] = []
        for (position, original) in network.operations.enumerated() {
            var operation = original
            operation.input = names[operation.input]
            operation.second = operation.second.map { names[$0] }
            if case .image(is Dropout) = operation.body { continue }
            if let before = operations.firstIndex(where: { $0.output == operation.input }),
                isReadOnce(operation.input, names, network)
            {
                if case .normalization(let layer) = operation.body,
                    let body = body(of: operations[before], followedBy: layer)
                {
                    operations[before].body = body
                    operations[before].output = operation.output
                    operations[before].folded = position
                    continue
                }
                if case .image(let layer as ActivationLayer) = operation.body,
                    let body = body(of: operations[before], followedBy: layer)
                {
                    operations[before].body = body
                    operations[before].output = operation.output
                    continue
                }
            }
            operations.append(operation)
        }
        return (operations, names[network.output])
    }

    /// Whether one operation alone reads a tensor, `names` telling which tensors are the same without dropout.
    private static func isReadOnce(_ tensor: Int, _ names: [Int], _ network: Network) -> Bool {
        var readers = 0
        for operation in network.operations {
            if case .image(is Dropout) = operation.body { continue }
            for read in [operation.input, operation.second] where read.map({ names[$0] }) == tensor {
                readers += 1
            }
        }
        return readers == 1
    }

    /// An operation that does the batch normalisation after it too, if it can.
    private static func body(of operation: Operation, followedBy layer: BatchNormalization) -> Operation.Body?
    {
        guard operation.folded == nil else { return nil }
        switch operation.body {
        case .image(var before as any FoldingLayer) where before.rectifier == .none:
            before.rectifier = layer.rectifier
            return .image(before)
        case .dense(var dense):
            dense.rectifier = layer.rectifier
            return .dense(dense)
        default: return nil
        }
    }

    /// An operation that does the activation after it too, if it can.
    private static func body(of operation: Operation, followedBy layer: ActivationLayer) -> Operation.Body? {
        guard case .image(var before as any FoldingLayer) = operation.body, before.rectifier == .none,
            let rectifier = Rectifier(layer.function)
        else { return nil }
        before.rectifier = rectifier
        return .image(before)
    }

    /// To be called after the network's parameters or statistics have changed.
    package func pack() {
        for (position, operation) in execution.operations.enumerated() {
            fold(operation, into: arena.base + memory[position].folded)
            let packed = arena.base + memory[position].packed
            switch operation.body {
            case .image(let layer): layer.pack(parameters(position), into: packed, training: false)
            case .dense(let dense): dense.pack(parameters(position), into: packed, pool: pool)
            case .normalization(let layer):
                layer.prepare(
                    .init(arena.base + memory[position].coefficients, channels: layer.channels),
                    parameters: parameters(position),
                    statistics: network.statistics.base + operation.statistics)
            case .addition: break
            }
        }
    }

    private func fold(_ operation: Operation, into values: UnsafeMutablePointer<Float>) {
        guard let folded = operation.folded.map({ network.operations[$0] }),
            case .normalization(let layer) = folded.body
        else { return }
        let count = operation.parameters.reduce(0) { $0 + $1.count }
        values.update(from: network.values.base + operation.offset, count: count)
        layer.fold(
            into: values, weights: count - layer.channels, parameters: network.values.base + folded.offset,
            statistics: network.statistics.base + folded.statistics)
    }

    /// Embeddings `[count, dimension]` of `count` images `[count, height, width, channels]`; the memory is good
    /// until the next call. An embedding does not depend, to the last bit, on the other images.
    package func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
        precondition(count <= capacity, "more images than the pass has room for")
        for stage in execution.stages {
            switch stage {
            case .images(let range, _):
                pool.forEach(count) { image, thread in
                    for position in range { forward(position, inputs, image: image, thread: thread) }
                }
            case .dense(let position):
                let operation = execution.operations[position]
                guard case .dense(let dense) = operation.body else { fatalError("a dense stage") }
                dense.forward(
                    value(operation.input, inputs, image: 0, thread: 0),
                    tensors[operation.output].at(arena.base, image: 0, thread: 0), count: count,
                    packed: arena.base + memory[position].packed,
                    bias: parameters(position) + dense.input.count * dense.units, pool: pool)
            }
        }
        return value(output, inputs, image: 0, thread: 0)
    }

    /// Embeddings `[count, dimension]` of any number of images, as many at once as there is room for.
    package func embeddings(of inputs: UnsafePointer<Float>, count: Int) -> Matrix {
        let dimension = network.dimension
        var embeddings = Matrix(zeros: count, columns: dimension)
        embeddings.values.withUnsafeMutableBufferPointer { rows in
            for first in stride(from: 0, to: count, by: capacity) {
                let part = min(capacity, count - first)
                let result = run(inputs + first * network.tensors[0], count: part)
                (rows.baseAddress! + first * dimension).update(from: result, count: part * dimension)
            }
        }
        return embeddings
    }

    private func forward(_ position: Int, _ inputs: UnsafePointer<Float>, image: Int, thread: Int) {
        let operation = execution.operations[position]
        let x = value(operation.input, inputs, image: image, thread: thread)
        let y = tensors[operation.output].at(arena.base, image: image, thread: thread)
        let own = memory[position]
        switch operation.body {
        case .image(let layer):
            let workspace = LayerWorkspace(
                parameters: parameters(position), packed: arena.base + own.packed,
                scratch: own.scratch.at(arena.base, image: image, thread: thread),
                kept: UnsafeMutableRawPointer(own.kept.at(arena.base, image: image, thread: thread))
                    .assumingMemoryBound(to: UInt8.self),
                gradient: arena.base, seed: 0)
            layer.forward(x, y, workspace, training: false)
        case .normalization(let layer):
            layer.forward(
                x, y, .init(arena.base + own.coefficients, channels: layer.channels),
                parameters: parameters(position))
        case .addition(let shape, let relu):
            let second = value(operation.second!, inputs, image: image, thread: thread)
            akin_sum(x, second, y, shape.count, relu ? 1 : 0)
        case .dense: break
        }
    }

    private func value(
        _ tensor: Int, _ inputs: UnsafePointer<Float>, image: Int, thread: Int
    ) -> UnsafePointer<Float> {
        tensor == 0
            ? inputs + image * network.tensors[0]
            : UnsafePointer(tensors[tensor].at(arena.base, image: image, thread: thread))
    }

    private func parameters(_ position: Int) -> UnsafePointer<Float> {
        let operation = execution.operations[position]
        return UnsafePointer(
            operation.folded == nil
                ? network.values.base + operation.offset : arena.base + memory[position].folded)
    }
}
