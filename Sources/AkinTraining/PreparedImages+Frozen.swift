import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors

/// Pictures as the training of a recipe takes them.
extension PreparedImages {
    /// Decodes and preprocesses all of `dataset`, on all threads. Where the recipe has a frozen part, that is run over the
    /// pictures and their views, some at a time, and only the vectors are kept.
    ///
    /// - Parameter progress: Told how many pictures have gone through the frozen part; what it throws ends it.
    public init(
        _ dataset: Dataset, for recipe: Recipe, progress: (WorkProgress) throws -> Void
    ) rethrows {
        guard let embedding = FrozenEmbedding(recipe, pool: .shared) else {
            self.init(dataset, preprocessing: recipe.preprocessing)
            return
        }
        var vectors = Vectors(embedding, pictures: dataset.count)
        var (kept, hashes, skipped) = ([Sample](), [ContentHash](), dataset.skipped)
        let reading = InputReader(dataset.samples, preprocessing: recipe.preprocessing)
            .readingAhead(batch: 64)
        defer { reading.stop() }
        while let batch = reading.next() {
            batch.inputs.withUnsafeBufferPointer { inputs in
                guard let base = inputs.baseAddress else { return }
                vectors.append(base, count: batch.decoded.count)
            }
            kept += batch.decoded.map { dataset.samples[$0] }
            hashes += batch.decoded.compactMap { batch.hashes[$0 - batch.range.lowerBound] }
            skipped += batch.skipped.map(\.skipped)
            try progress(WorkProgress(done: batch.range.upperBound, total: dataset.count))
        }
        self.init(
            inputs: vectors.plain, inputCount: embedding.dimension, views: vectors.views,
            labels: kept.map(\.label), sources: kept.map(\.source), groups: kept.map(\.group),
            contents: hashes, skipped: skipped)
    }

    /// As the above, without a word.
    public init(_ dataset: Dataset, for recipe: Recipe) { self.init(dataset, for: recipe) { _ in } }

    /// Whether nothing has to be done to them before a training by `recipe`.
    package func isReady(for recipe: Recipe) -> Bool { views?.kind == FrozenViews.Kind(recipe) }

    /// The same, so that a training by `recipe` can take them: themselves, or what its frozen part makes of them.
    package func ready(for recipe: Recipe, pool: ThreadPool = .shared) -> PreparedImages {
        if isReady(for: recipe) { return self }
        precondition(views == nil, "vectors that another frozen part has made, or of other views")
        guard let embedding = FrozenEmbedding(recipe, pool: pool) else { return self }
        precondition(
            inputCount == recipe.preprocessing.inputCount, "inputs are not of the frozen part's size")
        var vectors = Vectors(embedding, pictures: count)
        vectors.append(inputs.base, count: count)
        return PreparedImages(
            inputs: vectors.plain, inputCount: embedding.dimension, views: vectors.views,
            labels: (0..<count).map(label(at:)), sources: sources, groups: groups, contents: contents,
            skipped: skipped)
    }

    /// What a frozen part has made of some pictures, with room for more.
    private struct Vectors {
        let plain: FloatBuffer
        let views: FrozenViews
        private let embedding: FrozenEmbedding
        private var count = 0

        init(_ embedding: FrozenEmbedding, pictures: Int) {
            self.embedding = embedding
            let kind = embedding.kind
            plain = FloatBuffer(count: pictures * embedding.dimension)
            views = FrozenViews(
                kind: kind,
                values: FloatBuffer(count: pictures * (kind.perPicture - 1) * embedding.dimension))
        }

        mutating func append(_ pictures: UnsafePointer<Float>, count more: Int) {
            let dimension = embedding.dimension
            embedding.embed(
                pictures, count: more, first: count, plain: plain.base + count * dimension,
                views: views.values.base + count * (embedding.kind.perPicture - 1) * dimension)
            count += more
        }
    }
}

extension Recipe {
    /// How many numbers are kept in memory of each picture that is trained on: those of its input or, above a frozen part, those of
    /// its vector and the vectors of its views.
    package var floatsPerPicture: Int {
        networkInput.count * (FrozenViews.Kind(self)?.perPicture ?? 1)
    }
}
