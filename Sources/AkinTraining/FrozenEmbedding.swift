import AkinImages
import AkinNetworks
import AkinTensors

/// A frozen part at work: pictures become vectors.
final class FrozenEmbedding {
    let kind: FrozenViews.Kind
    let dimension: Int
    private let preprocessing: Preprocessing
    private let pass: EmbeddingPass
    private let pool: ThreadPool
    /// `[pass.capacity, height, width, channels]`
    private let batch: FloatBuffer
    private let scratch: FloatBuffer
    private let scratchCount: Int

    /// Nil where the recipe has no frozen part.
    init?(_ recipe: Recipe, pool: ThreadPool) {
        guard let kind = FrozenViews.Kind(recipe), let checkpoint = recipe.frozen?.checkpoint else {
            return nil
        }
        self.kind = kind
        self.pool = pool
        dimension = checkpoint.dimension
        preprocessing = checkpoint.preprocessing
        pass = EmbeddingPass(checkpoint.network(), capacity: 64, pool: pool)
        batch = FloatBuffer(count: pass.capacity * preprocessing.inputCount)
        scratchCount =
            (kind.augmentation.scratchCount(
                height: preprocessing.height, width: preprocessing.width,
                channels: preprocessing.channels.count) + 15) & ~15
        scratch = FloatBuffer(count: scratchCount * pool.threads)
    }

    /// Writes the vectors of `count` pictures, those as they are to `plain` and the others to `views`, as `FrozenViews` has
    /// them. What happens to a view follows from the seed, its number and that of its picture; `first` is that of the first.
    func embed(
        _ pictures: UnsafePointer<Float>, count: Int, first: Int, plain: UnsafeMutablePointer<Float>,
        views: UnsafeMutablePointer<Float>
    ) {
        let (size, perPicture) = (preprocessing.inputCount, kind.perPicture)
        for start in stride(from: 0, to: count * perPicture, by: pass.capacity) {
            let part = min(pass.capacity, count * perPicture - start)
            pool.forEach(part) { position, thread in
                let (picture, number) = (start + position).quotientAndRemainder(dividingBy: perPicture)
                change(
                    pictures + picture * size, picture: first + picture, number: number, thread: thread,
                    to: batch.base + position * size)
            }
            let vectors = pass.run(batch.base, count: part)
            for position in 0..<part {
                let (picture, number) = (start + position).quotientAndRemainder(dividingBy: perPicture)
                let destination =
                    number == 0
                    ? plain + picture * dimension
                    : views + (picture * (perPicture - 1) + number - 1) * dimension
                destination.update(from: vectors + position * dimension, count: dimension)
            }
        }
    }

    private func change(
        _ source: UnsafePointer<Float>, picture: Int, number: Int, thread: Int,
        to destination: UnsafeMutablePointer<Float>
    ) {
        guard number > 0 else {
            return destination.update(from: source, count: preprocessing.inputCount)
        }
        let (quarter, view) = number.quotientAndRemainder(dividingBy: kind.perQuarter)
        var generator = SeededGenerator(seed: kind.seed, .view(ofPicture: picture, number: number))
        (view == 0 ? Augmentation() : kind.augmentation).apply(
            source, height: preprocessing.height, width: preprocessing.width,
            channels: preprocessing.channels.count, quarterTurns: quarter, generator: &generator,
            scratch: scratch.base + thread * scratchCount, to: destination)
    }
}
