import AkinTensors
import CAkinKernels

/// Adam (Kingma and Ba 2014) with Keras' defaults. Moments are kept as the parameters lie in `Network.values`.
package final class Adam {
    package var rate: Float
    package let beta1: Float = 0.9
    package let beta2: Float = 0.999
    package let epsilon: Float = 1e-7
    /// Steps taken.
    package var steps = 0
    package let first: FloatBuffer
    package let second: FloatBuffer

    package init(count: Int, rate: Float) {
        self.rate = rate
        first = FloatBuffer(count: count)
        second = FloatBuffer(count: count)
    }

    /// One step: `values` less what `gradient` asks for.
    package func step(_ values: FloatBuffer, gradient: FloatBuffer, pool: ThreadPool = .shared) {
        steps += 1
        // The corrections for the moments' start at zero, taken into rate and epsilon (section 2, end).
        let root = (1 - Double(beta2).power(steps)).squareRoot()
        let corrected = Float(Double(rate) * root / (1 - Double(beta1).power(steps)))
        let floor = Float(Double(epsilon) * root)
        let blocks = (values.count + 65535) / 65536
        pool.forEach(blocks) { block, _ in
            let part = run(block, of: blocks, in: values.count)
            let i = part.lowerBound
            akin_adam(
                values.base + i, first.base + i, second.base + i, gradient.base + i, part.count, corrected,
                beta1, beta2, floor)
        }
    }
}

extension Double {
    /// By squaring, so that it is the same on every platform.
    fileprivate func power(_ exponent: Int) -> Double {
        var (result, base, rest) = (1.0, self, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= base }
            base *= base
            rest >>= 1
        }
        return result
    }
}
