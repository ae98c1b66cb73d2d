import AkinImages
import AkinNetworks

/// How a backbone is trained and evaluated: a YAML file. Every key is documented in `Recipes.md`.
public struct Recipe: Sendable, Hashable {
    /// The file it was read from.
    public var path: String
    public var name: String
    public var data: Data
    public var preprocessing: Preprocessing
    public var backbone: [LayerSpecification]
    public var training: Training
    public var index: IndexSettings
    public var evaluation: Evaluation

    /// Where the pictures are, and which of them to use.
    public struct Data: Sendable, Hashable {
        public enum Format: String, Sendable, CaseIterable {
            /// A folder for each class.
            case folder
            /// A CSV file with the columns `path,label,group,split`.
            case manifest
            case idx
        }
        public enum Selection: String, Sendable, CaseIterable {
            /// The first of each class, in the order of the data.
            case first
            /// Drawn with the run's seed.
            case random
        }

        public var format: Format
        /// The folder, or the folder that `images`, `labels` and `manifest` are relative to; itself relative to the
        /// recipe. `--data` replaces it.
        public var folder: String
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
        public var selection: Selection
        /// Held out of training: IDX files, a sub-folder, or the `split` of a manifest.
        public var test: Test?

        public struct Test: Sendable, Hashable {
            /// As in `Data`.
            public var images: String?
            public var labels: String?
            public var split: String?
        }
    }

    public struct Training: Sendable, Hashable {
        public enum Pairs: Sendable, Hashable {
            /// For each image of a batch so many partners of its class and of as many other classes.
            case proportion(positive: Int, negative: Int)
            /// All couples of a batch.
            case all
        }
        public enum Optimizer: String, Sendable, CaseIterable { case adam }
        public enum Loss: String, Sendable, CaseIterable { case contrastive }

        public var loss: Loss
        public var margin: Float
        /// What the cross-entropy of the classification head counts; 0 for no head.
        public var classification: Float
        public var pairs: Pairs
        public var batch: Int
        public var epochs: Int
        public var optimizer: Optimizer
        public var learningRate: Float
        public var seed: UInt64
    }

    public struct IndexSettings: Sendable, Hashable {
        /// The name of a metric.
        public var metric: String
    }

    /// What `akin run` evaluates.
    public struct Evaluation: Sendable, Hashable {
        public enum Procedure: String, Sendable, CaseIterable {
            /// The test set, classified by the index.
            case test
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
