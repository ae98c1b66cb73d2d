import AkinNetworks
import AkinTensors
import AkinTraining

/// What a sampler composed, in arrays.
struct SampledBatch: Equatable {
    var images: [Int]
    var classes: [Int32]
    var pairs: [Pair]
    var triplets: [Triplet]
    var shots: Int
}

extension BatchSampler {
    /// A sampler with a small recipe's settings, changed as a test needs it.
    convenience init(
        _ classes: [Int32], _ batches: Recipe.Training.Batches, _ loss: LossSpecification.Kind = .contrastive,
        classGroups: [Int32]? = nil, _ change: (inout Recipe.Training) -> Void = { _ in }
    ) {
        self.init(classes: classes, classGroups: classGroups, settings: .settings(batches, loss, change))
    }

    func batch(_ epoch: Int, _ step: Int) -> SampledBatch {
        begin(epoch: epoch)
        compose(step: step)
        let batch = batch
        return SampledBatch(
            images: images.elements.map(Int.init),
            classes: Array(UnsafeBufferPointer(start: batch.classes, count: batch.count)),
            pairs: Array(batch.pairs), triplets: Array(batch.triplets), shots: batch.shots)
    }

    func batches(_ epoch: Int) -> [SampledBatch] { (0..<steps).map { batch(epoch, $0) } }
}

extension Recipe.Training {
    static func settings(
        _ batches: Batches, _ loss: LossSpecification.Kind = .contrastive,
        _ change: (inout Self) -> Void = { _ in }
    ) -> Self {
        var settings = try! Recipe.small().training
        settings.batches = batches
        settings.loss = LossSpecification(loss)
        settings.stepsPerEpoch = nil
        change(&settings)
        return settings
    }
}

extension [Int32] {
    /// Classes of images, some of them rare, with a single image or none.
    static func random(
        kinds: ClosedRange<Int>, count: ClosedRange<Int>, using generator: inout SeededGenerator
    ) -> [Int32] {
        let kinds = Float(Int.random(in: kinds, using: &generator))
        return (0..<Int.random(in: count, using: &generator)).map { _ in
            let u = generator.uniform()
            return Int32(u * u * kinds)
        }
    }
}
