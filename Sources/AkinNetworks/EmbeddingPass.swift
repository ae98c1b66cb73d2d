import AkinTensors
import CAkinKernels

/// Images through a network, forward only: activations live in a few buffers for each thread, not for each image.
///
/// Not for two threads at once.
package final class EmbeddingPass {
    package let network: Network
    /// How many images go through at once at most.
    package let capacity: Int
    private let pool: ThreadPool
    private let arena: FloatBuffer
    private let packed: [Int]
    private let scratch: [[Int]]
    private let activations: [(even: Int, odd: Int)]
    private let kept: [Int]
    private let outputs: [Int]

    package init(_ network: Network, capacity: Int, pool: ThreadPool = .shared) {
        self.network = network
        self.capacity = capacity
        self.pool = pool
        let images = network.layers.compactMap { layer in
            if case .image(let body) = layer.body { body } else { nil }
        }
        let widest = images.map(\.output.count).max() ?? 0
        let keptBytes = images.map(\.keptBytes).max() ?? 0
        var plan = ArenaPlan()
        packed = network.layers.map { layer in
            switch layer.body {
            case .image(let body): plan.reserve(body.packedCount(training: false))
            case .dense(let dense): plan.reserve(dense.packedCount)
            }
        }
        scratch = (0..<pool.threads).map { _ in
            network.layers.map { layer in
                if case .image(let body) = layer.body { plan.reserve(body.scratchCount(training: false)) } else { 0 }
            }
        }
        activations = (0..<pool.threads).map { _ in (plan.reserve(widest), plan.reserve(widest)) }
        kept = (0..<pool.threads).map { _ in plan.reserve((keptBytes + 3) / 4) }
        outputs = network.stages.map { stage in
            let last = switch stage {
            case .images(let range): range.upperBound - 1
            case .dense(let position): position
            }
            return plan.reserve(network.layers[last].output.count * capacity)
        }
        arena = FloatBuffer(count: plan.count)
        pack()
    }

    /// To be called after the network's parameters have changed.
    package func pack() {
        for (position, layer) in network.layers.enumerated() {
            let (parameters, to) = (network.values.base + layer.offset, arena.base + packed[position])
            switch layer.body {
            case .image(let body): body.pack(parameters, into: to, training: false)
            case .dense(let dense): dense.pack(parameters, into: to, pool: pool)
            }
        }
    }

    /// Embeddings `[count, dimension]` of `count` images `[count, height, width, channels]`; the memory is good
    /// until the next call. An embedding does not depend, to the last bit, on the other images.
    package func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
        precondition(count <= capacity, "more images than the pass has room for")
        var x = inputs
        for (stage, output) in zip(network.stages, outputs) {
            let y = arena.base + output
            switch stage {
            case .images(let range):
                let (size, outputSize) = (network.layers[range.lowerBound].input.count, network.layers[range.upperBound - 1].output.count)
                pool.forEach(count) { image, thread in
                    forward(range, x + image * size, y + image * outputSize, thread: thread)
                }
            case .dense(let position):
                guard case .dense(let dense) = network.layers[position].body else { fatalError("a dense stage") }
                let bias = parameters(position) + dense.input.count * dense.units
                dense.forward(x, y, count: count, packed: arena.base + packed[position], bias: bias, pool: pool)
            }
            x = UnsafePointer(y)
        }
        return x
    }

    private func parameters(_ position: Int) -> UnsafePointer<Float> {
        UnsafePointer(network.values.base + network.layers[position].offset)
    }

    private func forward(_ range: Range<Int>, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, thread: Int) {
        var x = input
        let (even, odd) = (arena.base + activations[thread].even, arena.base + activations[thread].odd)
        for position in range {
            guard case .image(let layer) = network.layers[position].body else { continue }
            if layer is Dropout && position + 1 < range.upperBound { continue }
            let y = position + 1 == range.upperBound ? output : (x == UnsafePointer(even) ? odd : even)
            let workspace = LayerWorkspace(
                parameters: parameters(position), packed: arena.base + packed[position],
                scratch: arena.base + scratch[thread][position],
                kept: UnsafeMutableRawPointer(arena.base + kept[thread]).assumingMemoryBound(to: UInt8.self),
                gradient: arena.base, seed: 0)
            layer.forward(x, y, workspace, training: false)
            x = UnsafePointer(y)
        }
    }
}
