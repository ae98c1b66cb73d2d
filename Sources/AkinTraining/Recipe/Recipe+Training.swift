import AkinImages
import AkinNetworks

extension Recipe {
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
        /// Of how many pictures of `data.test` the loss and the accuracy are measured after each epoch, about, as many of each
        /// class, two at least; nil for none. Nothing else changes with it.
        public var heldOutPictures: Int?
        /// A checkpoint with the same layers whose weights training begins with: a path, relative to the recipe, or the name of a
        /// backbone.
        public var start: String?
        /// Of everything random.
        public var seed: UInt64

        /// The documented defaults, unless said. `learningRate` is by default the one that is usual for the optimizer.
        public init(
            loss: LossSpecification = .usual(.contrastive), batches: Batches = .shuffled(size: 256),
            stepsPerEpoch: Int? = nil, pairs: Pairs = .proportion(), tripletsPerImage: Int = 1,
            mining: Mining = .random, epochs: Int = 50, optimizer: OptimizerSpecification = .adam(),
            learningRate: Float? = nil, schedule: Schedule = .constant, clipNorm: Float? = nil,
            augmentation: Augmentation = Augmentation(), mixup: Float = 0, classRotations: Bool = false,
            validation: Validation? = nil, heldOutPictures: Int? = nil, start: String? = nil, seed: UInt64 = 1
        ) {
            self.loss = loss
            self.batches = batches
            self.stepsPerEpoch = stepsPerEpoch
            self.pairs = pairs
            self.tripletsPerImage = tripletsPerImage
            self.mining = mining
            self.epochs = epochs
            self.optimizer = optimizer
            self.learningRate = learningRate ?? optimizer.usualLearningRate
            self.schedule = schedule
            self.clipNorm = clipNorm
            self.augmentation = augmentation
            self.mixup = mixup
            self.classRotations = classRotations
            self.validation = validation
            self.heldOutPictures = heldOutPictures
            self.start = start
            self.seed = seed
        }

        /// Which images make a batch.
        public enum Batches: Sendable, Hashable {
            /// Every image once in an epoch, `size` at a time, each class spread evenly over the batches.
            case shuffled(size: Int)
            /// `count` pairs drawn from all images, `positive` of them (a share) of one class (papers 001 to 004);
            /// where `withinGroup`, each of two images of one group: what stands before the `/` of their labels.
            case pairs(count: Int, positive: Float = 0.5, withinGroup: Bool = false)
            /// So many classes with so many images each (P x K).
            case classes(Int, images: Int)
            /// N-way K-shot: `ways` classes with `shots` images as support and `queries` to be told apart.
            case episodes(ways: Int, shots: Int, queries: Int)
        }

        /// Which pairs of a batch are compared, where the batch does not say.
        public enum Pairs: Sendable, Hashable {
            /// For each image of a batch so many partners of its class and of as many other classes.
            case proportion(positive: Int = 1, negative: Int = 4)
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
            /// A tenth of the classes, measured after each epoch, unless said.
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
}
