import AkinNetworks
import AkinTensors
import AkinTraining
import Testing

/// Images of a batch that are blended with another.
@Suite struct BatchMixerTests {
    private static let (side, count) = (12, 40)

    /// Each image has one value everywhere: its number. So a mixed one tells by its values what it holds.
    private struct Mixed {
        var images: [[Float]]
        var mixtures: [Mixture]
    }

    private func mixed(
        _ training: String, count: Int = count, epoch: Int = 0, step: Int = 0, threads: Int = 2
    ) throws -> Mixed {
        let recipe = try Recipe.small(training: "loss: cross-entropy, \(training)")
        let mixer = try #require(BatchMixer(recipe, capacity: count, pool: ThreadPool(threads: threads)))
        let size = Self.side * Self.side
        var images = (0..<count).flatMap { [Float](repeating: Float($0), count: size) }
        let classes = (0..<count).map { Int32($0) }
        classes.withUnsafeBufferPointer { mixer.mix(&images, classes: $0, epoch: epoch, step: step) }
        return Mixed(
            images: (0..<count).map { Array(images[$0 * size..<($0 + 1) * size]) },
            mixtures: Array(mixer.mixtures.elements))
    }

    @Test func nothingWithoutARecipeThatAsksForIt() throws {
        #expect(BatchMixer(try Recipe.small(), capacity: 4, pool: .shared) == nil)
    }

    @Test func blendsEachWithAnother() throws {
        let batch = try mixed("mixup: 0.4")
        for (own, (image, mixture)) in zip(batch.images, batch.mixtures).enumerated() {
            let (own, other) = (Float(own), Float(mixture.label))
            #expect(other != own && mixture.share >= 0 && mixture.share <= 0.4)
            #expect(image.allSatisfy { abs($0 - (own + mixture.share * (other - own))) < 1e-4 })
        }
        #expect(batch.mixtures.contains { $0.share < 0.1 } && batch.mixtures.contains { $0.share > 0.3 })
    }

    @Test func followsFromSeedEpochAndStep() throws {
        let first = try mixed("mixup: 0.5")
        #expect(try mixed("mixup: 0.5", threads: 1).mixtures == first.mixtures)
        #expect(try mixed("mixup: 0.5", threads: 1).images == first.images)
        #expect(try mixed("mixup: 0.5", epoch: 1).mixtures != first.mixtures)
        #expect(try mixed("mixup: 0.5", step: 1).mixtures != first.mixtures)
        #expect(try mixed("mixup: 0.5, seed: 2").mixtures != first.mixtures)
    }

    @Test func aSingleImageStaysAsItIs() throws {
        let batch = try mixed("mixup: 0.5", count: 1)
        #expect(batch.images[0].allSatisfy { $0 == 0 } && batch.mixtures == [Mixture(label: 0, share: 0)])
    }
}
