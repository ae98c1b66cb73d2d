/// What commands and recipes say beside a classifier's name; each rule heeds what concerns it.
public struct ClassifierSettings: Sendable, Hashable {
    /// How many neighbours vote.
    public var k: Int
    /// What a neighbour's vote counts.
    public var weighting: Classifier.Weighting
    /// In which space support vectors tell classes apart.
    public var kernel: SupportVectors.Kernel

    /// The settings of who says nothing.
    public init(
        k: Int = 5, weighting: Classifier.Weighting = .uniform, kernel: SupportVectors.Kernel = .radial
    ) {
        self.k = k
        self.weighting = weighting
        self.kernel = kernel
    }
}
