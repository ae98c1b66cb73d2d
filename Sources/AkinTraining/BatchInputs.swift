import AkinImages
import AkinTensors

/// The inputs of a batch: images gathered from all there are, each turned and changed anew as the recipe says; above a
/// frozen part, vectors, for each image one of those that there are of it.
package final class BatchInputs {
    /// `[images of the batch, height, width, channels]`; of vectors `[images of the batch, dimension]`
    package let buffer: FloatBuffer
    private let data: PreparedImages
    private let preprocessing: Preprocessing
    private let augmentation: Augmentation
    private let seed: UInt64
    private let pool: ThreadPool
    private let scratch: FloatBuffer
    private let scratchCount: Int

    package init(_ recipe: Recipe, data: PreparedImages, capacity: Int, pool: ThreadPool) {
        self.data = data
        self.pool = pool
        preprocessing = recipe.preprocessing
        augmentation = recipe.training.augmentation
        seed = recipe.training.seed
        buffer = FloatBuffer(count: capacity * data.inputCount)
        scratchCount =
            (augmentation.scratchCount(
                height: preprocessing.height, width: preprocessing.width,
                channels: preprocessing.channels.count)
                + 15) & ~15
        scratch = FloatBuffer(count: scratchCount * pool.threads)
    }

    /// Fills the buffer. Number `i + q * data.count` stands for image i turned by q quarters. What happens to an image
    /// follows from the seed, the epoch, the step and its place in the batch.
    package func gather(_ images: UnsafeBufferPointer<Int32>, epoch: Int, step: Int) {
        let size = data.inputCount
        pool.forEach(images.count) { position, thread in
            let (quarter, image) = Int(images[position]).quotientAndRemainder(dividingBy: data.count)
            let (from, to) = (data.inputs.base + image * size, buffer.base + position * size)
            var generator = SeededGenerator(
                seed: seed, .augmentation(epoch: epoch, step: step, position: position))
            if let views = data.views {
                let number =
                    quarter * views.kind.perQuarter
                    + Int.random(in: 0..<views.kind.perQuarter, using: &generator)
                let place = image * (views.kind.perPicture - 1) + number - 1
                return to.update(
                    from: number == 0 ? from : views.values.base + place * size, count: size)
            }
            guard quarter > 0 || !augmentation.isNone else { return to.update(from: from, count: size) }
            augmentation.apply(
                from, height: preprocessing.height, width: preprocessing.width,
                channels: preprocessing.channels.count, quarterTurns: quarter, generator: &generator,
                scratch: scratch.base + thread * scratchCount, to: to)
        }
    }
}
