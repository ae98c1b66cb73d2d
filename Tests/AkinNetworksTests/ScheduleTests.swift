import AkinNetworks
import TestSupport
import Testing

/// Twenty steps of each schedule, four to an epoch, against PyTorch's (`Tools/peers/optimizer_fixtures.py`) and Keras'
/// formulas.
@Suite struct ScheduleTests {
    private func factors(_ schedule: Schedule) -> [Float] {
        (0..<20).map { schedule.factor(step: $0, stepsPerEpoch: 4, epochs: 5) }
    }

    @Test(
        arguments: [
            ("exponential", .exponentialDecay(decay: 0.9, steps: 1, staircase: false)),
            ("step", .step(factor: 0.3, epochs: 2)), ("cosine", .cosine(warmUp: 0, floor: 0.1)),
            ("cosine-warm-up", .cosine(warmUp: 2, floor: 0.05)),
        ] as [(String, Schedule)])
    func asPyTorch(_ name: String, _ schedule: Schedule) throws {
        let fixture = try Safetensors(bytes: Fixtures.bytes("networks/optimizers.safetensors"))
        let expected = try #require(fixture["schedule/\(name)"]).values
        let found = factors(schedule)
        #expect(found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func asKeras() {
        for (steps, staircase) in [(3, false), (3, true), (7, true), (10_000, false)] {
            let found = factors(.exponentialDecay(decay: 0.5, steps: steps, staircase: staircase))
            for step in 0..<20 {
                let exponent = staircase ? Double(step / steps) : Double(step) / Double(steps)
                #expect(abs(Double(found[step]) - power(0.5, exponent)) < 1e-6)
            }
        }
    }

    @Test func constantAndTheEdges() {
        #expect(factors(.constant).allSatisfy { $0 == 1 })
        // A warm-up that is longer than the run, and one that ends within an epoch.
        #expect(
            zip(factors(.cosine(warmUp: 10, floor: 0)), 1...20).allSatisfy { abs($0 - Float($1) / 40) < 1e-6 }
        )
        let broken = factors(.cosine(warmUp: 0.6, floor: 0.2))
        #expect(zip(broken, [1 / 2.4, 2 / 2.4, 1] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(zip(broken.dropFirst(2), broken.dropFirst(3)).allSatisfy { $0 > $1 } && broken.last! > 0.2)
        // Beyond the end, where a run is taken further than it was planned.
        #expect(Schedule.cosine(warmUp: 1, floor: 0.2).factor(step: 30, stepsPerEpoch: 4, epochs: 5) == 0.2)
    }
}
