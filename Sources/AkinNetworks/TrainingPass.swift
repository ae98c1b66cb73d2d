import AkinTensors
import CAkinKernels

/// A batch of images through a network, forward and back. All memory is planned when it is made; a step allocates
/// nothing.
///
/// The batch is cut into at most `maximumShares` shares of consecutive images. A share's part of the parameters'
/// gradient is summed by itself and the shares are added up in order, so results do not depend on the threads.
package final class TrainingPass {
    package static let maximumShares = 16

    package let network: Network
    package let capacity: Int
    /// The gradient of all parameters, the head's included, as they lie in `network.values`. The head's part is
    /// for the loss to fill.
    package let gradient: FloatBuffer

    private let pool: ThreadPool
    private let arena: FloatBuffer
    private let layers: [LayerMemory]
    /// For each thread, two buffers for the gradients between the layers of a run.
    private let between: [(even: Int, odd: Int)]
    /// Gradients at the borders between stages; the last is the embeddings'.
    private let borders: [Int]
    private let shareOffsets: [Int]
    private let imageParameterCount: Int
    private var count = 0
    private var seed: UInt32 = 0
    private var input: UnsafePointer<Float>?

    private struct LayerMemory {
        /// `[capacity, output]`
        var output = 0
        var packed = 0
        /// For each thread.
        var scratch: [Int] = []
        /// `[capacity, kept]`, in floats.
        var kept = 0
        var keptStride = 0
        /// Where its gradient lies within a share's.
        var gradient = 0
    }

    package init(_ network: Network, capacity: Int, pool: ThreadPool = .shared) {
        precondition(capacity > 0)
        self.network = network
        self.capacity = capacity
        self.pool = pool
        gradient = FloatBuffer(count: network.values.count)
        var plan = ArenaPlan()
        var imageParameterCount = 0
        var widest = 0
        var layers: [LayerMemory] = []
        for (position, layer) in network.layers.enumerated() {
            var memory = LayerMemory()
            switch layer.body {
            case .dense: memory.output = plan.reserve(layer.output.count * capacity)
            case .image(let body):
                widest = max(widest, layer.input.count, layer.output.count)
                if body.worksInPlace, position > 0,
                    case .image(let previous) = network.layers[position - 1].body,
                    previous.toleratesDropoutInPlace
                {
                    memory.output = layers[position - 1].output
                } else {
                    memory.output = plan.reserve(layer.output.count * capacity)
                }
                memory.packed = plan.reserve(body.packedCount(training: true))
                memory.scratch = (0..<pool.threads).map { _ in plan.reserve(body.scratchCount(training: true))
                }
                memory.keptStride = (body.keptBytes + 3) / 4
                memory.kept = plan.reserve(memory.keptStride * capacity)
                memory.gradient = imageParameterCount
                imageParameterCount += body.parameters.reduce(0) { $0 + $1.count }
            }
            layers.append(memory)
        }
        self.layers = layers
        self.imageParameterCount = imageParameterCount
        between = (0..<pool.threads).map { _ in (plan.reserve(widest), plan.reserve(widest)) }
        borders = network.stages.map { stage in
            plan.reserve(network.layers[Self.last(of: stage)].output.count * capacity)
        }
        shareOffsets = (0..<min(Self.maximumShares, capacity)).map { _ in plan.reserve(imageParameterCount) }
        arena = FloatBuffer(count: plan.count)
    }

    /// Where the gradient at the embeddings, `[count, dimension]`, has to be written before `backward()`.
    package var embeddingGradient: UnsafeMutablePointer<Float> { arena.base + borders[borders.count - 1] }

    private static func last(of stage: Network.Stage) -> Int {
        switch stage {
        case .images(let range): range.upperBound - 1
        case .dense(let position): position
        }
    }

    private func parameters(_ position: Int) -> UnsafePointer<Float> {
        UnsafePointer(network.values.base + network.layers[position].offset)
    }

    /// The input of the layer at `position`, for the whole batch.
    private func input(of position: Int) -> UnsafePointer<Float> {
        position == 0 ? input! : UnsafePointer(arena.base + layers[position - 1].output)
    }

    private func workspace(_ position: Int, image: Int, share: Int, thread: Int) -> LayerWorkspace {
        let memory = layers[position]
        return LayerWorkspace(
            parameters: parameters(position), packed: arena.base + memory.packed,
            scratch: arena.base + memory.scratch[thread],
            kept: UnsafeMutableRawPointer(arena.base + memory.kept + image * memory.keptStride)
                .assumingMemoryBound(to: UInt8.self),
            gradient: arena.base + shareOffsets[share] + memory.gradient,
            seed: Self.hashed(seed, UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: image)))
    }

    private static func hashed(_ values: UInt32...) -> UInt32 {
        values.reduce(0x811C_9DC5) { hash, value in
            var h = (hash ^ value) &* 0x9E37_79B1
            h = (h ^ (h >> 15)) &* 0x85EB_CA77
            return h ^ (h >> 13)
        }
    }

    // MARK: Forward

    /// Embeddings `[count, dimension]` of `count` images `[count, height, width, channels]`, which must stay in
    /// place until `backward()`. `seed` decides what dropout drops.
    package func forward(_ inputs: UnsafePointer<Float>, count: Int, seed: UInt32) -> UnsafePointer<Float> {
        precondition(count > 0 && count <= capacity, "more images than the pass has room for")
        input = inputs
        self.count = count
        self.seed = seed
        for (position, layer) in network.layers.enumerated() {
            guard case .image(let body) = layer.body else { continue }
            body.pack(parameters(position), into: arena.base + layers[position].packed, training: true)
        }
        let shares = min(Self.maximumShares, count)
        for stage in network.stages {
            switch stage {
            case .images(let range):
                pool.forEach(shares) { share, thread in
                    for image in run(share, of: shares, in: count) {
                        for position in range {
                            guard case .image(let layer) = network.layers[position].body else { continue }
                            layer.forward(
                                input(of: position) + image * layer.input.count,
                                arena.base + layers[position].output + image * layer.output.count,
                                workspace(position, image: image, share: share, thread: thread),
                                training: true)
                        }
                    }
                }
            case .dense(let position):
                guard case .dense(let dense) = network.layers[position].body else {
                    fatalError("a dense stage")
                }
                dense.forward(
                    input(of: position), arena.base + layers[position].output, count: count,
                    parameters: parameters(position), pool: pool)
            }
        }
        return UnsafePointer(arena.base + layers[layers.count - 1].output)
    }

    // MARK: Backward

    /// From `embeddingGradient` the gradient of all parameters of the backbone.
    package func backward() {
        let shares = min(Self.maximumShares, count)
        for share in 0..<shares {
            (arena.base + shareOffsets[share]).update(repeating: 0, count: imageParameterCount)
        }
        for (stage, border) in zip(network.stages.indices, borders).reversed() {
            let dy = arena.base + border
            let dx = stage > 0 ? arena.base + borders[stage - 1] : nil
            switch network.stages[stage] {
            case .images(let range):
                pool.forEach(shares) { share, thread in
                    for image in run(share, of: shares, in: count) {
                        backward(range, dy: dy, dx: dx, image: image, share: share, thread: thread)
                    }
                }
            case .dense(let position):
                guard case .dense(let dense) = network.layers[position].body else {
                    fatalError("a dense stage")
                }
                dense.backward(
                    x: input(of: position), dy: dy, dx: dx, count: count, parameters: parameters(position),
                    gradient: gradient.base + network.layers[position].offset, pool: pool)
            }
        }
        addShares(shares)
    }

    /// One image back through a run of layers.
    private func backward(
        _ range: Range<Int>, dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?, image: Int,
        share: Int, thread: Int
    ) {
        let (even, odd) = (arena.base + between[thread].even, arena.base + between[thread].odd)
        var above = dy + image * network.layers[range.upperBound - 1].output.count
        for position in range.reversed() {
            guard case .image(let layer) = network.layers[position].body else { continue }
            let below =
                position > range.lowerBound
                ? (above == even ? odd : even) : dx.map { $0 + image * layer.input.count }
            layer.backward(
                x: input(of: position) + image * layer.input.count,
                y: UnsafePointer(arena.base + layers[position].output + image * layer.output.count),
                dy: above,
                dx: below, workspace(position, image: image, share: share, thread: thread))
            guard let below else { return }
            above = below
        }
    }

    /// Sums the shares' gradients, share after share, a piece of the parameters at a time.
    private func addShares(_ shares: Int) {
        for (position, layer) in network.layers.enumerated() {
            guard case .image(let body) = layer.body else { continue }
            let size = body.parameters.reduce(0) { $0 + $1.count }
            guard size > 0 else { continue }
            let blocks = (size + 16383) / 16384
            let (from, to) = (layers[position].gradient, gradient.base + layer.offset)
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
