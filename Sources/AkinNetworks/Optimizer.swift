import AkinTensors
import CAkinKernels

/// Changes the weights by the gradient as its specification says: one pass over weights, gradient and moments together,
/// which allocates nothing. Moments are kept as the parameters lie in `Network.values`.
package final class Optimizer {
    package let specification: OptimizerSpecification
    /// Steps taken.
    package private(set) var steps = 0
    /// What it remembers of the steps before, with the names under which a run's state keeps it.
    package let buffers: [(name: String, buffer: FloatBuffer)]

    private let first: FloatBuffer?
    private let second: FloatBuffer?
    /// Nadam's P.
    private var momentumProduct = 1.0

    package init(_ specification: OptimizerSpecification, count: Int) {
        self.specification = specification
        let names: [String] =
            switch specification {
            case .sgd(let momentum, _): momentum == 0 ? [] : ["moments.first"]
            case .rmsprop: ["moments.second"]
            case .adadelta: ["moments.second", "moments.updates"]
            case .adam, .nadam, .adamw: ["moments.first", "moments.second"]
            }
        buffers = names.map { ($0, FloatBuffer(count: count)) }
        first = buffers.first?.buffer
        second = buffers.count > 1 ? buffers[1].buffer : nil
    }

    /// Goes on after so many steps, once `buffers` have been filled with what they held then.
    package func resume(after steps: Int) {
        self.steps = steps
        momentumProduct = 1
        if case .nadam(let beta1, _, _) = specification {
            for step in 0..<steps { momentumProduct *= Self.momentum(beta1, at: step + 1) }
        }
    }

    /// One step of the learning rate `rate`.
    ///
    /// A gradient longer than `clipNorm` counts as if it had been shortened to it, direction kept (Pascanu et al.
    /// 2013); that costs one more reading of the gradient. `decayed` are the ranges of `values` that AdamW lets decay,
    /// in order.
    package func step(
        _ values: FloatBuffer, gradient: FloatBuffer, rate: Float, decayed: [Range<Int>] = [],
        clipNorm: Float? = nil,
        pool: ThreadPool = .shared
    ) {
        steps += 1
        let norm = clipNorm == nil ? 0 : Self.norm(of: gradient, pool: pool)
        // Not by min and max: a norm that is not a number has to reach the weights, where it is noticed.
        let scale: Float = if let clipNorm, !(norm <= clipNorm) { clipNorm / norm } else { 1 }
        let (w, g) = (values.base, UnsafePointer(gradient.base))
        switch specification {
        case .sgd(let momentum, let nesterov):
            overBlocks(values.count, pool) { part in
                let i = part.lowerBound
                akin_sgd(
                    w + i, first.map { $0.base + i }, g + i, part.count, scale, rate, momentum,
                    nesterov ? 1 : 0)
            }
        case .rmsprop(let rho, let epsilon):
            let v = first!.base
            overBlocks(values.count, pool) { part in
                let i = part.lowerBound
                akin_rmsprop(w + i, v + i, g + i, part.count, scale, rate, rho, epsilon)
            }
        case .adadelta(let rho, let epsilon):
            let (v, u) = (first!.base, second!.base)
            overBlocks(values.count, pool) { part in
                let i = part.lowerBound
                akin_adadelta(w + i, v + i, u + i, g + i, part.count, scale, rate, rho, epsilon)
            }
        case .adam(let beta1, let beta2, let epsilon):
            let arguments = adam(beta1, beta2, epsilon, rate: rate, scale: scale)
            stepOfAdam(w, g, count: values.count, arguments, decay: 0, decayed: [], pool)
        case .adamw(let beta1, let beta2, let epsilon, let weightDecay):
            let arguments = adam(beta1, beta2, epsilon, rate: rate, scale: scale)
            stepOfAdam(
                w, g, count: values.count, arguments, decay: rate * weightDecay, decayed: decayed, pool)
        case .nadam(let beta1, let beta2, let epsilon):
            var arguments = adam(beta1, beta2, epsilon, rate: rate, scale: scale)
            let (now, next) = (Self.momentum(beta1, at: steps), Self.momentum(beta1, at: steps + 1))
            momentumProduct *= now
            let corrected = Double(rate) * (1 - Double(beta2).power(steps)).squareRoot()
            arguments.momentRate = Float(corrected * next / (1 - momentumProduct * next))
            arguments.gradientRate = Float(corrected * (1 - now) / (1 - momentumProduct))
            stepOfAdam(w, g, count: values.count, arguments, decay: 0, decayed: [], pool)
        }
    }

    /// The Euclidean length of a gradient, the same for any number of threads.
    package static func norm(of gradient: FloatBuffer, pool: ThreadPool = .shared) -> Float {
        let shares = 64
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: shares) { sums in
            let base = sums.baseAddress!
            pool.forEach(shares) { share, _ in
                let part = run(share, of: shares, in: gradient.count)
                (base + share).initialize(to: akin_squared_norm(gradient.base + part.lowerBound, part.count))
            }
            return Float(sums.reduce(0, +).squareRoot())
        }
    }

    /// Adam's constants for this step: the corrections for the moments' start at zero, taken into rate and epsilon
    /// (section 2, end).
    private func adam(
        _ beta1: Float, _ beta2: Float, _ epsilon: Float, rate: Float, scale: Float
    ) -> akin_adam_arguments {
        let root = (1 - Double(beta2).power(steps)).squareRoot()
        return akin_adam_arguments(
            scale: scale, beta1: beta1, beta2: beta2,
            momentRate: Float(Double(rate) * root / (1 - Double(beta1).power(steps))), gradientRate: 0,
            epsilon: Float(Double(epsilon) * root), decay: 0)
    }

    private func stepOfAdam(
        _ w: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int,
        _ arguments: akin_adam_arguments,
        decay: Float, decayed: [Range<Int>], _ pool: ThreadPool
    ) {
        let (m, v) = (first!.base, second!.base)
        overBlocks(count, pool) { part in
            func update(_ part: Range<Int>, decay: Float) {
                guard !part.isEmpty else { return }
                var arguments = arguments
                arguments.decay = decay
                let i = part.lowerBound
                akin_adam(w + i, m + i, v + i, g + i, part.count, &arguments)
            }
            var done = part.lowerBound
            for range in decayed where range.overlaps(part) {
                let here = range.clamped(to: part)
                update(done..<here.lowerBound, decay: 0)
                update(here, decay: decay)
                done = here.upperBound
            }
            update(done..<part.upperBound, decay: 0)
        }
    }

    /// Calls `body` with parts of `0..<count`, on all threads; no two share a cache line.
    private func overBlocks(_ count: Int, _ pool: ThreadPool, _ body: (Range<Int>) -> Void) {
        let size = 16384
        pool.forEach((count + size - 1) / size) { block, _ in
            body(block * size..<min((block + 1) * size, count))
        }
    }

    /// Nadam's mu.
    private static func momentum(_ beta1: Float, at step: Int) -> Double {
        Double(beta1) * (1 - 0.5 * 0.96.power(0.004 * Double(step)))
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
