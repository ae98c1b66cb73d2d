import AkinImages
import AkinNetworks
import AkinTensors

extension Recipe {
    /// The lower part of a network that is not trained: a backbone as it is. It is run once over the pictures and views of
    /// them, and the layers above it are trained on the vectors that it makes.
    public struct Frozen: Sendable, Hashable {
        /// The backbone.
        public var checkpoint: Checkpoint
        /// How many changed views of each picture training draws from, besides the picture as it is; of no account where the
        /// recipe has no augmentation.
        public var views: Int
        /// The file that it was read from; nil where it was made in Swift.
        package var file: String?
        /// What the file was called by, where that is a backbone's name.
        package var name: String?

        /// What `checkpoint` makes of a picture, and of eight views of it unless said.
        public init(_ checkpoint: Checkpoint, views: Int = 8) {
            self.checkpoint = checkpoint
            self.views = views
        }

        /// Whether they embed alike.
        public static func == (a: Frozen, b: Frozen) -> Bool {
            a.checkpoint.hash == b.checkpoint.hash && a.views == b.views
        }

        /// By what tells them apart.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(checkpoint.hash)
            hasher.combine(views)
        }
    }

    /// All defaults, but for the frozen part and the layers above it. Its preprocessing is that of the frozen part.
    ///
    /// - Parameter path: As of the other initialiser.
    public init(
        name: String = "backbone", data: Data = Data(), frozen: Frozen, layers: [LayerSpecification],
        training: Training = Training(), index: IndexSettings = IndexSettings(),
        evaluation: Evaluation = Evaluation(), path: String = "the recipe"
    ) {
        self.init(
            name: name, data: data, preprocessing: frozen.checkpoint.preprocessing, backbone: layers,
            training: training, index: index, evaluation: evaluation, path: path)
        self.frozen = frozen
    }

    /// What the layers take: a picture, or the vector that the frozen part makes of one.
    package var networkInput: Shape {
        frozen.map { Shape(vector: $0.checkpoint.dimension) } ?? Shape(preprocessing)
    }

    /// Embeddings `[count, dimension]`, by a checkpoint that this recipe has trained, of inputs `[count, ...]` that were made
    /// ready for it.
    package func embeddings(
        of inputs: UnsafePointer<Float>, count: Int, by checkpoint: Checkpoint
    ) -> Matrix {
        let network = frozen.map { checkpoint.network(above: $0.checkpoint) } ?? checkpoint.network()
        return EmbeddingPass(network, capacity: max(1, min(count, 128))).embeddings(of: inputs, count: count)
    }
}
