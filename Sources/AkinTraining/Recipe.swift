import AkinImages
import AkinNetworks
import AkinVectorSearch

/// How a backbone is trained and evaluated: a YAML file. Every key is documented in `Recipes.md`.
public struct Recipe: Sendable, Hashable {
    /// The file it was read from.
    public var path: String
    /// What the backbone is called: by default as the recipe's folder.
    public var name: String
    /// Where the pictures are.
    public var data: Data
    /// How a picture becomes the network's input.
    public var preprocessing: Preprocessing
    /// The network's layers, in order.
    public var backbone: [LayerSpecification]
    /// How it is trained.
    public var training: Training
    /// The index that `akin run` makes.
    public var index: IndexSettings
    /// What `akin run` evaluates.
    public var evaluation: Evaluation

    /// How embeddings are compared in validation, episodes and pairs: as the loss has trained them, but by cosine where
    /// that is by distance and the index is by cosine.
    public var trainedMetric: Metric.Kind {
        let metric = training.loss.kind.metric
        return metric == .l2 && index.metric == Metric.Kind.cosine.rawValue ? .cosine : metric
    }

    /// Where the pictures are, and which of them to use.
    public struct Data: Sendable, Hashable {
        /// What the pictures and their labels are stored in.
        public enum Format: String, Sendable, CaseIterable {
            /// A folder for each class.
            case folder
            /// A CSV file with the columns `path,label,group,split`.
            case manifest
            /// IDX files, plain or gzip.
            case idx
            /// The binary files of CIFAR-10.
            case cifar
            /// The trees of Omniglot: alphabet/character/drawings.
            case omniglot
        }
        /// Which images of a class are taken where not all are.
        public enum Selection: String, Sendable, CaseIterable {
            /// The first of each class, in the order of the data.
            case first
            /// Drawn with the run's seed.
            case random
        }

        /// What the pictures and their labels are stored in.
        public var format: Format
        /// The folder, or the folder that `images`, `labels` and `manifest` are relative to; itself relative to the
        /// recipe. `--data` replaces it.
        public var folder: String
        /// Manifest: the CSV file.
        public var manifest: String?
        /// IDX, CIFAR: the files of the images. Folder, Omniglot: the sub-folders with the classes, if not `folder`
        /// itself. What several hold is put together.
        public var images: [String]
        /// IDX: the files of the labels, one for each of `images`.
        public var labels: [String]
        /// IDX, CIFAR: what the classes 0, 1, 2... are called.
        public var names: [String]?
        /// Only these labels are trained on; `*` stands for any characters.
        public var only: [String]?
        /// At most so many images of each class.
        public var imagesPerClass: Int?
        /// Which, if there are more.
        public var selection: Selection
        /// Held out of training: files, a sub-folder, the `split` of a manifest, or a share of the images.
        public var test: Test?

        /// Where the pictures held out are.
        public struct Test: Sendable, Hashable {
            /// As in `Data`.
            public var images: [String]
            /// As in `Data`.
            public var labels: [String]
            /// Manifest: the split of the pictures held out.
            public var split: String?
            /// Instead: this share of each class, drawn with the run's seed, and all images of the classes that are
            /// not trained on.
            public var share: Float?
        }
    }

    /// How a backbone is trained.
    public struct Training: Sendable, Hashable {
        /// What is minimised.
        public var loss: LossSpecification
        /// Which images make a batch.
        public var batches: Batches
        /// Batches of an epoch; nil for as many as it takes to see as many images as there are.
        public var stepsPerEpoch: Int?
        /// Which pairs of a batch are compared.
        public var pairs: Pairs
        /// Triplets drawn for each image.
        public var tripletsPerImage: Int
        /// How the partners of pairs and triplets are chosen.
        public var mining: Mining
        /// How long training goes on at most.
        public var epochs: Int
        /// How the gradient changes the weights.
        public var optimizer: OptimizerSpecification
        /// The step of the optimizer.
        public var learningRate: Float
        /// How that changes.
        public var schedule: Schedule
        /// The gradient is shortened to this length where it is longer.
        public var clipNorm: Float?
        /// How images are changed each time they are seen.
        public var augmentation: Augmentation
        /// Images are blended with up to this share of another one of the batch.
        public var mixup: Float
        /// Whether each class turned by 90, 180 and 270 degrees is a class of its own.
        public var classRotations: Bool
        /// Classes that training does not see, and what is measured on them.
        public var validation: Validation?
        /// A checkpoint with the same layers whose weights training begins with; relative to the recipe.
        public var start: String?
        /// Of everything random.
        public var seed: UInt64

        /// Which images make a batch.
        public enum Batches: Sendable, Hashable {
            /// Every image once in an epoch, `size` at a time, each class spread evenly over the batches.
            case shuffled(size: Int)
            /// `count` pairs drawn from all images, `positive` of them (a share) of one class (papers 001 to 004);
            /// where `withinGroup`, each of two images of one group: what stands before the `/` of their labels.
            case pairs(count: Int, positive: Float, withinGroup: Bool = false)
            /// So many classes with so many images each (P x K).
            case classes(Int, images: Int)
            /// N-way K-shot: `ways` classes with `shots` images as support and `queries` to be told apart.
            case episodes(ways: Int, shots: Int, queries: Int)
        }

        /// Which pairs of a batch are compared, where the batch does not say.
        public enum Pairs: Sendable, Hashable {
            /// For each image of a batch so many partners of its class and of as many other classes.
            case proportion(positive: Int, negative: Int)
            /// All couples of a batch.
            case all
        }

        /// What is measured on classes that training does not see.
        public struct Validation: Sendable, Hashable {
            /// These classes are held back: labels, `*` standing for any characters (`Korean/*`).
            public var labels: [String]
            /// If there are no labels: this share of the classes, drawn with the seed.
            public var share: Float
            /// Classes of a one-shot episode; fewer where there are fewer.
            public var ways: Int
            /// How many episodes.
            public var episodes: Int
            /// Whether an episode's classes share what stands before the `/` in their labels, as in an alphabet.
            public var withinGroup: Bool
            /// Measured after every so many epochs.
            public var every: Int
            /// Training ends after so many measurements without a better one; nil: never.
            public var patience: Int?
            /// All of it.
            public init(
                labels: [String] = [], share: Float = 0.1, ways: Int = 20, episodes: Int = 400,
                withinGroup: Bool = false, every: Int = 1, patience: Int? = nil
            ) {
                self.labels = labels
                self.share = share
                self.ways = ways
                self.episodes = episodes
                self.withinGroup = withinGroup
                self.every = every
                self.patience = patience
            }
        }
    }

    /// The index that `akin run` makes.
    public struct IndexSettings: Sendable, Hashable {
        /// The name of a metric.
        public var metric: String
    }

    /// What `akin run` evaluates.
    public struct Evaluation: Sendable, Hashable {
        /// How answers are judged.
        public enum Procedure: String, Sendable, CaseIterable {
            /// The test set, classified by the index.
            case test
            /// Every item, classified by all others.
            case leaveOneOut = "leave-one-out"
            /// Whether two pictures of the test set are of one class: by the distance of their embeddings.
            case pairs
            /// N-way K-shot episodes drawn from the test set.
            case episodes
        }
        /// The key `protocol`.
        public var procedure: Procedure?
        /// Names of classifiers.
        public var classifiers: [String]
        /// Neighbours that vote.
        public var k: Int
        /// A fresh backbone for every item left out.
        public var retrain: Bool
        /// Episodes: their classes.
        public var ways: Int
        /// Episodes: known pictures of each class.
        public var shots: Int
        /// How many episodes.
        public var episodes: Int
        /// Whether an episode's classes share what stands before the `/` in their labels, as in an alphabet.
        public var withinGroup: Bool
        /// How many pairs are drawn, half of them of one class.
        public var pairs: Int
    }
}
