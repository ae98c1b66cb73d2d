import AkinTensors
import CAkinKernels

/// What the loss grows by with the parameters: `l1 * sum |w| + l2 * sum w^2` for each of them that asks for it.
///
/// The parameters are cut into blocks of a fixed size, whose sums are added in order: so the penalty is the same
/// whatever the number of threads.
struct Penalty: Sendable {
    private struct Block: Sendable {
        var range: Range<Int>
        var l1: Float
        var l2: Float
    }

    private let blocks: [Block]
    private let sums: FloatBuffer

    init(_ parameters: [Network.PlacedParameter]) {
        let size = 1 << 15
        blocks = parameters.flatMap { placed in
            let (parameter, count) = (placed.parameter, placed.parameter.count)
            guard parameter.l1 != 0 || parameter.l2 != 0 else { return [Block]() }
            return stride(from: 0, to: count, by: size).map { start in
                let first = placed.offset + start
                return Block(
                    range: first..<first + min(size, count - start), l1: parameter.l1, l2: parameter.l2)
            }
        }
        sums = FloatBuffer(count: blocks.count)
    }

    /// The penalty of `values`; its gradient is added to `gradient`. Allocates nothing.
    func add(
        of values: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) -> Float {
        pool.forEach(blocks.count) { position, _ in
            let block = blocks[position]
            let first = block.range.lowerBound
            sums.base[position] = akin_penalty(
                values + first, gradient + first, block.range.count, block.l1, block.l2)
        }
        return Float(sums.values.prefix(blocks.count).reduce(0.0) { $0 + Double($1) })
    }
}

extension Network {
    /// Adds the gradient of the layers' L1 and L2 penalties to `gradient`, which lies as `values` do, and returns
    /// the penalty. Not for two threads at once.
    package func addPenalty(
        to gradient: UnsafeMutablePointer<Float>, pool: ThreadPool = .shared
    ) -> Float {
        penalty.add(of: values.base, to: gradient, pool: pool)
    }
}
