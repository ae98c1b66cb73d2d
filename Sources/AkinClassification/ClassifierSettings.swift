/// What commands and recipes say beside a classifier's name; each rule heeds what concerns it.
public struct ClassifierSettings: Sendable, Hashable {
    /// How many neighbours vote.
    public var k: Int
    /// What a neighbour's vote counts.
    public var weighting: Classifier.Weighting
    /// In which space support vectors tell classes apart.
    public var kernel: SupportVectors.Kernel
    /// Of the polynomial kernel.
    public var degree: Int
    /// What keeps a discriminant from believing too much of few items.
    public var shrinkage: Discriminant.Shrinkage
    /// How many trees a forest has.
    public var trees: Int
    /// What is drawn by chance is drawn with it.
    public var seed: UInt64

    /// The settings of who says nothing.
    public init(
        k: Int = 5, weighting: Classifier.Weighting = .uniform, kernel: SupportVectors.Kernel = .radial,
        degree: Int = 3, shrinkage: Discriminant.Shrinkage = .penalty, trees: Int = 100, seed: UInt64 = 1
    ) {
        self.k = k
        self.weighting = weighting
        self.kernel = kernel
        self.degree = degree
        self.shrinkage = shrinkage
        self.trees = trees
        self.seed = seed
    }
}
