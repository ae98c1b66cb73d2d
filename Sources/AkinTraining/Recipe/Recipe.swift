import AkinImages
import AkinNetworks
import AkinVectorSearch

/// How a backbone is trained and evaluated: a YAML file, every key of which is documented in `Recipes.md`, or a value
/// made in Swift, whose initialisers have the same defaults.
public struct Recipe: Sendable, Hashable {
    /// The file it was read from; what messages call it.
    public var path: String
    /// What the backbone is called.
    public var name: String
    /// Where the pictures are.
    public var data: Data
    /// A backbone that is taken as it is, called as at the command line (`hog+shapes`); nil where one is trained. It brings its
    /// preprocessing and its metric, and has no layers here.
    public var ready: String?
    /// How a picture becomes the network's input.
    public var preprocessing: Preprocessing
    /// The network's layers, in order; those above the frozen part where there is one.
    public var backbone: [LayerSpecification]
    /// What lies under the layers and is not trained; nil where all of the network is. It brings its preprocessing.
    public var frozen: Frozen?
    /// How it is trained.
    public var training: Training
    /// The index that `akin run` makes.
    public var index: IndexSettings
    /// What `akin run` evaluates.
    public var evaluation: Evaluation

    /// All defaults, but for the size of the input and the layers. Whether it makes sense is told by `check`, and when
    /// training begins.
    ///
    /// - Parameter path: What messages call it. A relative path of `training.start` is relative to its folder, here
    ///   the working directory.
    public init(
        name: String = "backbone", data: Data = Data(), preprocessing: Preprocessing,
        backbone: [LayerSpecification], training: Training = Training(),
        index: IndexSettings = IndexSettings(), evaluation: Evaluation = Evaluation(),
        path: String = "the recipe"
    ) {
        self.path = path
        self.name = name
        self.data = data
        self.preprocessing = preprocessing
        self.backbone = backbone
        self.training = training
        self.index = index
        self.evaluation = evaluation
    }

    /// The folder in which the recipe lies.
    public var folder: String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// How embeddings are compared in validation, episodes and pairs: as the loss has trained them, but by cosine where
    /// that is by distance and the index is by cosine.
    public var trainedMetric: Metric.Kind {
        let metric = training.loss.kind.metric
        return metric == .l2 && index.metric == .cosine ? .cosine : metric
    }

    /// The index that `akin run` makes.
    public struct IndexSettings: Sendable, Hashable {
        /// How it compares embeddings.
        public var metric: Metric.Kind

        /// By default by Euclidean distance.
        public init(metric: Metric.Kind = .l2) { self.metric = metric }
    }
}
