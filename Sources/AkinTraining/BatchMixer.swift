import AkinImages
import AkinNetworks
import AkinTensors

/// Blends each image of a batch with another one of it (Zhang et al. 2018, mixup).
///
/// An image is always at least a half of what becomes of it: with more of the other, it would be the other blended with
/// less than a half of this.
package final class BatchMixer {
    /// What the batch's images hold of others, in their order.
    package let mixtures: FixedList<Mixture>
    private let mixup: Float
    private let seed: UInt64
    private let inputCount: Int
    private let pool: ThreadPool
    /// The batch as it was: `[capacity, inputCount]`.
    private let plain: FloatBuffer

    /// Floats that it works in.
    var workCount: Int { plain.count }

    /// Nil where `recipe` asks for none.
    package init?(_ recipe: Recipe, capacity: Int, pool: ThreadPool) {
        guard recipe.training.mixup > 0 else { return nil }
        mixup = recipe.training.mixup
        seed = recipe.training.seed
        inputCount = recipe.networkInput.count
        self.pool = pool
        mixtures = FixedList(capacity: capacity)
        plain = FloatBuffer(count: capacity * inputCount)
    }

    /// Blends images, `[classes.count, inputCount]`, in their place. With which, and how much of them, follows from the
    /// seed, the epoch, the step and the place in the batch. A single image stays as it is.
    package func mix(
        _ images: UnsafeMutablePointer<Float>, classes: UnsafeBufferPointer<Int32>, epoch: Int, step: Int
    ) {
        let count = classes.count
        plain.base.update(from: images, count: count * inputCount)
        mixtures.removeAll()
        for label in classes { mixtures.append(Mixture(label: label, share: 0)) }
        guard count > 1 else { return }
        pool.forEach(count) { position, _ in
            var generator = SeededGenerator(
                seed: seed, .mixup(epoch: epoch, step: step, position: position))
            let partner = (position + 1 + Int.random(in: 0..<count - 1, using: &generator)) % count
            let share = mixup * generator.uniform()
            let (image, other) = (images + position * inputCount, plain.base + partner * inputCount)
            for i in 0..<inputCount { image[i] += share * (other[i] - image[i]) }
            mixtures.base[position] = Mixture(label: classes[partner], share: share)
        }
    }
}
