import AkinNetworks
import AkinTensors
import TestSupport
import Testing

/// Twenty steps of each optimizer against PyTorch's (`Tools/peers/optimizer_fixtures.py` wrote them) and, where they
/// differ, against Keras' formulas.
@Suite struct OptimizerTests {
    private static let fixture = try! Safetensors(bytes: Fixtures.bytes("networks/optimizers.safetensors"))
    private static let count = 37
    private static let steps = 20

    private func tensor(_ name: String) throws -> [Float] { try #require(Self.fixture[name]).values }

    private func buffer(_ values: some Sequence<Float>) -> FloatBuffer {
        let values = Array(values)
        let buffer = FloatBuffer(count: values.count)
        buffer.base.update(from: values, count: values.count)
        return buffer
    }

    private func random(_ count: Int, seed: UInt64) -> FloatBuffer {
        var generator = SeededGenerator(seed: seed)
        return buffer((0..<count).map { _ in generator.uniform() * 2 - 1 })
    }

    /// The weights after each step on the fixture's gradients.
    private func trajectory(
        _ specification: OptimizerSpecification, rate: (Int) -> Float, decayed: [Range<Int>] = [],
        clipNorm: Float? = nil
    ) throws -> [Float] {
        let (values, gradients) = (buffer(try tensor("values")), try tensor("gradients"))
        let optimizer = Optimizer(specification, count: Self.count)
        return (0..<Self.steps).flatMap { step in
            let gradient = buffer(gradients[step * Self.count..<(step + 1) * Self.count])
            optimizer.step(
                values, gradient: gradient, rate: rate(step), decayed: decayed, clipNorm: clipNorm)
            return Array(values.values)
        }
    }

    @Test(
        arguments: [
            ("sgd", .sgd(), 0.1, nil), ("momentum", .sgd(momentum: 0.9), 0.1, nil),
            ("nesterov", .sgd(momentum: 0.9, nesterov: true), 0.1, nil),
            ("rmsprop", .rmsprop(), 0.01, nil),
            ("adadelta", .adadelta(), 1, nil), ("adam", .adam(), 0.01, nil), ("nadam", .nadam(), 0.01, nil),
            ("adamw", .adamw(weightDecay: 0.1), 0.01, nil), ("clipped", .sgd(momentum: 0.9), 0.1, 2),
        ] as [(String, OptimizerSpecification, Float, Float?)])
    func asPyTorch(_ name: String, _ specification: OptimizerSpecification, _ rate: Float, _ clip: Float?)
        throws
    {
        let found = try trajectory(specification, rate: { _ in rate }, decayed: [0..<20], clipNorm: clip)
        let expected = try tensor(name)
        #expect(found.count == expected.count)
        // As large as twenty roundings of a weight of about 2.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 4e-6 }, "\(name)")
        #expect(zip(found.prefix(Self.count), try tensor("values")).allSatisfy { $0 != $1 })
    }

    /// Keras' formulas in double precision, on one weight: what it was, its gradient, the step from 1, what it remembers.
    private func keras(
        rate: (Int) -> Float,
        _ update: (_ w: inout Double, _ g: Double, _ t: Int, _ memory: inout [Double]) -> Void
    ) throws -> [Float] {
        let gradients = try tensor("gradients")
        var weights = try tensor("values").map(Double.init)
        var memory = [[Double]](repeating: [0, 0], count: Self.count)
        return (0..<Self.steps).flatMap { step in
            for i in 0..<Self.count {
                update(&weights[i], Double(gradients[step * Self.count + i]), step + 1, &memory[i])
            }
            return weights.map { Float($0) }
        }
    }

    private func rates(_ step: Int) -> Float { 0.02 / Float(1 + step) }
    private func rate(_ t: Int) -> Double { Double(rates(t - 1)) }

    @Test func asKeras() throws {
        func check(
            _ specification: OptimizerSpecification,
            _ update: (inout Double, Double, Int, inout [Double]) -> Void
        ) throws {
            let found = try trajectory(specification, rate: rates)
            let expected = try keras(rate: rates, update)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 4e-6 }, "\(specification)")
        }
        // The velocity holds the rates of its time; PyTorch's is multiplied by the present one.
        try check(.sgd(momentum: 0.9)) { w, g, t, memory in
            memory[0] = 0.9 * memory[0] - rate(t) * g
            w += memory[0]
        }
        try check(.sgd(momentum: 0.9, nesterov: true)) { w, g, t, memory in
            memory[0] = 0.9 * memory[0] - rate(t) * g
            w += 0.9 * memory[0] - rate(t) * g
        }
        // As in Keras 2.2: epsilon outside the root, and large enough to show.
        try check(.rmsprop(epsilon: 1e-3)) { w, g, t, memory in
            memory[0] = 0.9 * memory[0] + 0.1 * g * g
            w -= rate(t) * g / (memory[0].squareRoot() + 1e-3)
        }
        // As in Keras 2.
        var product = 1.0
        var last = 0
        func momentum(_ t: Int) -> Double { 0.9 * (1 - 0.5 * power(0.96, Double(t) * 0.004)) }
        try check(.nadam()) { w, g, t, memory in
            if t != last { (product, last) = (product * momentum(t), t) }
            memory[0] = 0.9 * memory[0] + 0.1 * g
            memory[1] = 0.999 * memory[1] + 0.001 * g * g
            let ahead = momentum(t + 1) * memory[0] / (1 - product * momentum(t + 1))
            let now = (1 - momentum(t)) * g / (1 - product)
            w -= rate(t) * (ahead + now) / ((memory[1] / (1 - power(0.999, Double(t)))).squareRoot() + 1e-7)
        }
    }

    static let all: [OptimizerSpecification] = [
        .sgd(), .sgd(momentum: 0.9), .sgd(momentum: 0.9, nesterov: true), .rmsprop(), .adadelta(), .adam(),
        .nadam(),
        .adamw(),
    ]

    @Test(arguments: all) func theSameBitsWithAnyThreadsAndAfterResuming(
        _ specification: OptimizerSpecification
    ) {
        let count = 50_001
        let decayed = [10..<100, 100..<16_384, 20_000..<49_000]
        func run(threads: Int, resumeAfter: Int? = nil) -> [Float] {
            let pool = ThreadPool(threads: threads)
            let values = random(count, seed: 1)
            var optimizer = Optimizer(specification, count: count)
            for step in 0..<6 {
                if step == resumeAfter {
                    let other = Optimizer(specification, count: count)
                    for (to, from) in zip(other.buffers, optimizer.buffers) {
                        to.buffer.base.update(from: from.buffer.base, count: count)
                    }
                    other.resume(after: optimizer.steps)
                    optimizer = other
                }
                optimizer.step(
                    values, gradient: random(count, seed: UInt64(step)), rate: 0.1, decayed: decayed,
                    clipNorm: 30,
                    pool: pool)
            }
            return Array(values.values)
        }
        let one = run(threads: 1)
        #expect(run(threads: 3) == one && run(threads: 2, resumeAfter: 4) == one)
    }

    @Test func decaysOnlyWhatIsToDecay() {
        let count = 40_000
        let decayed = [0..<5, 16_000..<16_500, 20_000..<40_000]
        let (plain, decaying) = (random(count, seed: 1), random(count, seed: 1))
        let (before, gradient) = (Array(plain.values), random(count, seed: 2))
        Optimizer(.adam(), count: count).step(plain, gradient: gradient, rate: 0.1)
        Optimizer(.adamw(weightDecay: 0.5), count: count).step(
            decaying, gradient: gradient, rate: 0.1, decayed: decayed)
        for i in 0..<count {
            let expected = plain.base[i] - (decayed.contains { $0.contains(i) } ? 0.05 * before[i] : 0)
            #expect(abs(decaying.base[i] - expected) < 1e-6)
        }
    }

    @Test func normOfAGradient() {
        for count in [1, 15, 64, 1000, 100_003] {
            let gradient = random(count, seed: UInt64(count))
            let expected = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let found = Optimizer.norm(of: gradient)
            #expect(abs(Double(found) - expected) <= 1e-6 * expected)
            for threads in [1, 3] {
                #expect(Optimizer.norm(of: gradient, pool: ThreadPool(threads: threads)) == found)
            }
        }
        let large = buffer([3e30, -4e30])
        #expect(Optimizer.norm(of: large) == 5e30)
    }

    @Test func clipping() {
        let gradient = buffer([3, 4])
        for (clip, expected) in [
            (nil, [3, 4]), (6, [3, 4]), (5, [3, 4]), (2.5, [1.5, 2]), (1e-3, [6e-4, 8e-4]),
        ]
            as [(Float?, [Float])]
        {
            let values = FloatBuffer(count: 2)
            Optimizer(.sgd(), count: 2).step(values, gradient: gradient, rate: 1, clipNorm: clip)
            #expect(zip(values.values, expected).allSatisfy { abs($0 + $1) < 1e-6 })
        }
        let values = buffer([1, 2])
        Optimizer(.sgd(), count: 2).step(values, gradient: buffer([0, .nan]), rate: 1, clipNorm: 1)
        #expect(values.values.contains { $0.isNaN }, "what is not a number has to show")
    }
}
