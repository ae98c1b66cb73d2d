import AkinNetworks
import AkinTensors
import AkinTraining
import Foundation
import Testing

/// The learning-rate range test: what follows from losses, and how a training comes to them.
@Suite struct RateTestTests {
    /// Eight powers of ten.
    private let rates = (0..<300).map { Float(1e-7 * pow(10, 8 * Double($0) / 299)) }

    private func noisy(_ loss: (Double) -> Double, noise: Double = 0.02) -> [Float] {
        var generator = SeededGenerator(seed: 3)
        return rates.map { rate in
            Float(loss(log10(Double(rate))) + noise * (Double(generator.uniform()) - 0.5))
        }
    }

    /// Falls from 1 to 0.2 around 1e-3, and rises again around 1.
    @Test func findsTheSteepestDescent() throws {
        let losses = noisy { 1 - 0.8 / (1 + exp(-4 * ($0 + 3))) + 3 / (1 + exp(-8 * $0)) }
        let test = RateTest(rates: rates, losses: losses, exploded: false)
        let suggestion = try #require(test.suggestion)
        #expect(abs(log10(suggestion) + 3) < 0.3, "\(suggestion)")
        let lowest = try #require(test.lowest)
        let harmful = try #require(test.harmful)
        #expect(suggestion < lowest && lowest < harmful)
        #expect(0.3...1.2 ~= harmful, "\(harmful)")
        #expect(test.points.count == 300 && test.points.map(\.loss) == losses)
        // Two digits.
        #expect(suggestion == Float(String(format: "%.1e", suggestion)))
    }

    /// Level and noisy until 1e-4, as the losses of small batches are; then it falls slowly, over three powers of ten, to a level with little noise.
    @Test(arguments: 1...20) func theNoiseOfTheBeginningIsNoDescent(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let losses = rates.map { rate in
            let left = 1 / (1 + exp(2 * (log10(Double(rate)) + 3)))
            return Float(1.1 + 0.7 * left + 0.6 * (left + 0.02) * (Double(generator.uniform()) - 0.5))
        }
        let test = RateTest(rates: rates, losses: losses, exploded: false)
        let suggestion = try #require(test.suggestion)
        #expect(abs(log10(suggestion) + 3) < 1.3, "\(suggestion)")
    }

    /// What is lowest at the last rate does not rise again; what is not found is null.
    @Test func theLowestMayBeTheLast() throws {
        let falling = RateTest(rates: rates, losses: noisy({ 1 - 0.1 * $0 }, noise: 0), exploded: false)
        #expect(!falling.risesAgain && falling.lowest == 10)
        let risen = RateTest(rates: rates, losses: noisy { 1 + abs($0 + 3) }, exploded: false)
        #expect(risen.risesAgain)
        let level = RateTest(rates: rates, losses: noisy({ _ in 0.5 }, noise: 0.3), exploded: false)
        let text = String(decoding: try JSONEncoder().encode(level), as: UTF8.self)
        #expect(text.contains("\"suggestion\":null") && text.contains("\"lowest\":null"))
    }

    /// Of a hundred trainings that learn nothing, next to none.
    @Test func chanceIsNoDescent() {
        let suggested = (1...100).count { seed in
            var generator = SeededGenerator(seed: UInt64(seed))
            let losses = rates.map { _ in 0.5 + 0.3 * (generator.uniform() - 0.5) as Float }
            return RateTest(rates: rates, losses: losses, exploded: false).suggestion != nil
        }
        #expect(suggested <= 4, "\(suggested)")
    }

    @Test func suggestsNothingAmongNoise() {
        let flat = RateTest(rates: rates, losses: noisy({ _ in 0.5 }, noise: 0.3), exploded: false)
        #expect(flat.suggestion == nil && flat.lowest == nil)
        let rising = RateTest(rates: rates, losses: noisy { 1 + max(0, $0) }, exploded: false)
        #expect(rising.suggestion == nil && rising.harmful.map { 0.4...3 ~= $0 } == true)
        let one = RateTest(rates: [1], losses: [2], exploded: true)
        #expect(one.suggestion == nil && one.harmful == 1)
        #expect(RateTest(rates: [], losses: [], exploded: true).harmful == nil)
    }

    /// One loss beyond all bounds does not move what is found before it.
    @Test func anExplosionIsNotSeenFarAround() throws {
        let loss = { (rate: Double) in 1 - 0.8 / (1 + exp(-4 * (rate + 3))) }
        let quiet = RateTest(rates: Array(rates[..<220]), losses: Array(noisy(loss)[..<220]), exploded: false)
        var losses = Array(noisy(loss)[..<220])
        losses[219] = 1e30
        let loud = RateTest(rates: Array(rates[..<220]), losses: losses, exploded: true)
        #expect(loud.suggestion == quiet.suggestion)
        #expect(quiet.harmful == nil)
        let lowest = try #require(loud.lowest)
        let harmful = try #require(loud.harmful)
        #expect(harmful > lowest)
    }

    @Test(arguments: [
        "sgd", "{sgd: {momentum: 0.9, nesterov: true}}", "rmsprop", "adadelta", "adam", "nadam", "adamw",
    ])
    func triesRatesWithEachOptimizer(_ optimizer: String) throws {
        let images = DrawnSymbols(9, seed: 3).images
        let recipe = try Recipe.small(training: "batch: 36, loss: cross-entropy, optimizer: \(optimizer)")
        var told = 0
        let test = try Trainer(recipe, data: images).testRates { done, total in
            told += 1
            #expect(done == told && total == 300)
        }
        let usual = recipe.training.optimizer.usualLearningRate
        #expect(test.points.first.map { abs($0.rate / usual - 1e-4) < 1e-6 } == true)
        #expect(zip(test.points, test.points.dropFirst()).allSatisfy { $0.rate < $1.rate })
        #expect(test.points.allSatisfy { $0.loss.isFinite && $0.smoothed.isFinite })
        // Some power of ten around what is usual learns.
        let suggestion = try #require(test.suggestion)
        #expect(0.01 * usual < suggestion && suggestion < 200 * usual, "\(suggestion)")
        if test.exploded { #expect(test.harmful != nil) }
        // The same bits again.
        #expect(try Trainer(recipe, data: images).testRates { _, _ in } == test)
    }

    /// A step that is tried is the one that training does.
    @Test func aTriedStepIsARealOne() throws {
        let images = DrawnSymbols(9, seed: 3).images
        let recipe = try Recipe.small(training: "batch: 12, epochs: 2, learning-rate: 0.003")
        let (one, other) = (
            try Trainer(recipe, data: images), try Trainer(recipe, data: images)
        )
        try one.run()
        for _ in 0..<2 * other.steps { #expect(try other.tryStep().gradientNorm > 0) }
        #expect(one.lastCheckpoint.bytes == other.lastCheckpoint.bytes)
    }

    @Test func weightsGoneWrongAreTold() throws {
        let images = DrawnSymbols(9, seed: 3).images
        let recipe = try Recipe.small(training: "batch: 36, learning-rate: 1e38, optimizer: sgd")
        let trainer = try Trainer(recipe, data: images)
        #expect(throws: TrainingError.self) { for _ in 0..<3 { _ = try trainer.tryStep() } }
    }
}
