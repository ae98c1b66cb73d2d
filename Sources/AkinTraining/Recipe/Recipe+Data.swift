extension Recipe {
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
        /// The folder, or the folder that `images`, `labels` and `manifest` are relative to. In a file it is itself
        /// relative to the recipe. `--data` replaces it.
        public var folder: String
        /// Manifest: the CSV file.
        public var manifest: String?
        /// IDX, CIFAR: the files of the images. Folder, Omniglot: the sub-folders with the classes, if not `folder`
        /// itself. What several hold is put together.
        public var images: [String]
        /// Folder: from which folder below it a label is taken, as in `FolderReading`.
        public var labelDepth: Int?
        /// Folder, Omniglot: patterns of what is passed over, as in `FolderReading`.
        public var ignore: [String]
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
        /// Held out of training: files, a sub-folder, the `split` of a manifest or of a folder with parts, or a share of
        /// the images.
        public var test: Test?

        /// A folder for each class, all of it, nothing held out, unless said.
        public init(
            format: Format = .folder, folder: String = ".", manifest: String? = nil, images: [String] = [],
            labelDepth: Int? = nil, ignore: [String] = [], labels: [String] = [], names: [String]? = nil,
            only: [String]? = nil, imagesPerClass: Int? = nil,
            selection: Selection = .first, test: Test? = nil
        ) {
            self.format = format
            self.folder = folder
            self.manifest = manifest
            self.images = images
            self.labelDepth = labelDepth
            self.ignore = ignore
            self.labels = labels
            self.names = names
            self.only = only
            self.imagesPerClass = imagesPerClass
            self.selection = selection
            self.test = test
        }

        /// Where the pictures held out are.
        public struct Test: Sendable, Hashable {
            /// As in `Data`.
            public var images: [String]
            /// As in `Data`.
            public var labels: [String]
            /// Manifest: the split of the pictures held out. Folder, with `labelDepth` 2 or more: the part.
            public var split: String?
            /// Instead: this share of each class, drawn with the run's seed, and all images of the classes that are
            /// not trained on.
            public var share: Float?

            /// What is held out by a share, or by what the data's format has for it.
            public init(
                images: [String] = [], labels: [String] = [], split: String? = nil, share: Float? = nil
            ) {
                self.images = images
                self.labels = labels
                self.split = split
                self.share = share
            }
        }
    }
}
