import AkinImages
import AkinNetworks

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
        /// IDX: the file of the images. Folder: the sub-folder with the classes, if not `folder` itself.
        public var images: String?
        /// IDX: the file of the labels.
        public var labels: String?
        /// IDX: what the classes 0, 1, 2... are called.
        public var names: [String]?
        /// Only these labels are trained on.
        public var only: [String]?
        /// At most so many images of each class.
        public var imagesPerClass: Int?
        /// Which, if there are more.
        public var selection: Selection
        /// Held out of training: IDX files, a sub-folder, or the `split` of a manifest.
        public var test: Test?

        /// Where the pictures held out are.
        public struct Test: Sendable, Hashable {
            /// As in `Data`.
            public var images: String?
            /// As in `Data`.
            public var labels: String?
            /// Manifest: the split of the pictures held out.
            public var split: String?
        }
    }

    /// How a backbone is trained.
    public struct Training: Sendable, Hashable {
        /// Which pairs of a batch are compared.
        public enum Pairs: Sendable, Hashable {
            /// For each image of a batch so many partners of its class and of as many other classes.
            case proportion(positive: Int, negative: Int)
            /// All couples of a batch.
            case all
        }
        /// How the gradient changes the weights.
        public enum Optimizer: String, Sendable, CaseIterable { case adam }
        /// What is minimised.
        public enum Loss: String, Sendable, CaseIterable { case contrastive }

        /// What is minimised.
        public var loss: Loss
        /// How far the embeddings of two classes are pushed apart.
        public var margin: Float
        /// What the cross-entropy of the classification head counts; 0 for no head.
        public var classification: Float
        /// Which pairs of a batch are compared.
        public var pairs: Pairs
        /// Images in a batch at most.
        public var batch: Int
        /// How often each image is seen.
        public var epochs: Int
        /// How the gradient changes the weights.
        public var optimizer: Optimizer
        /// The step of the optimizer.
        public var learningRate: Float
        /// Of everything random.
        public var seed: UInt64
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
        }
        /// The key `protocol`.
        public var procedure: Procedure?
        /// Names of classifiers.
        public var classifiers: [String]
        /// Neighbours that vote.
        public var k: Int
        /// A fresh backbone for every item left out.
        public var retrain: Bool
    }
}
