import AkinItems
import AkinTensors
import AkinVectorSearch

/// Support vector machines (Cortes and Vapnik 1995) by LIBSVM: for every two classes one that tells these apart; the class
/// that wins most often is the answer. Of equal ones that is it whose machines' values have the larger sum.
///
/// Embeddings are taken about their mean and, by the metric `cosine`, of unit length. An item may lie on the wrong side for
/// a cost, which is divided among the classes, so that small ones weigh as much as large ones: the cost times items /
/// (classes · the class' items), as scikit-learn's `class_weight="balanced"`.
///
/// The score of a class is the softmin of how many classes win against it; not calibrated.
///
/// To fit takes long for thousands of items of two classes: so an evaluation leaves out ten folds, not one item after the
/// other.
public struct SupportVectors: ClassificationRule {
    /// `support-vectors`
    public static let name = "support-vectors"

    /// In which space a plane divides two classes. Products are about the mean `m` of all items, and multiplied by `g`, the
    /// inverse of twice the embeddings' variance (their mean squared distance from `m`).
    public enum Kernel: String, Sendable, Hashable, Codable, CaseIterable {
        /// `g <x - m, y - m>`
        case linear
        /// `(g <x - m, y - m> + 1)³`, or of another degree
        case polynomial
        /// `exp(-g |x - y|²)`
        case radial
    }

    /// In which space classes are divided.
    public let kernel: Kernel
    /// Of the polynomial kernel; that of others is the usual one.
    public let degree: Int
    /// What it costs at most that an item lies on the wrong side, where classes are of equal size.
    public let cost: Double

    /// The degrees that a polynomial kernel may have.
    public static let degrees = 1...10
    private static let usualDegree = 3

    /// In the space of that kernel, at a cost above 0; the degree is one of `degrees`.
    public init(kernel: Kernel = .radial, degree: Int = 3, cost: Double = 10) {
        self.kernel = kernel
        self.degree = kernel == .polynomial ? degree : Self.usualDegree
        self.cost = cost
    }

    /// The kernel and its degree.
    public init(_ settings: ClassifierSettings) throws(ClassificationError) {
        guard Self.degrees.contains(settings.degree) else {
            throw .unusableDegree(settings.degree, allowed: Self.degrees)
        }
        self.init(kernel: settings.kernel, degree: settings.degree)
    }

    /// Throws if the cost is not above 0, or no kernel may have the degree.
    public func check(metric: Metric.Kind) throws(ClassificationError) {
        guard Self.degrees.contains(degree) else { throw .unusableDegree(degree, allowed: Self.degrees) }
        guard cost > 0, cost.isFinite else { throw .unusableNumber(cost, what: "cost") }
    }

    /// That single items do not decide.
    public var explanation: String {
        "The class is the one that most often wins a comparison of two classes; the nearest single items can be of another."
    }

    /// The name with its settings: `support-vectors (radial)`; of the polynomial kernel the degree where it is not 3.
    public var description: String {
        let degree = degree == Self.usualDegree ? "" : ", degree \(degree)"
        return "\(Self.name) (\(kernel.rawValue)\(degree))"
    }

    /// Ten.
    public var stratifiedFolds: Int? { 10 }

    /// Holds the coordinates of all items in double precision, and while it fits the kernels between the items of two classes
    /// for each thread. What LIBSVM takes grows with the square of the items of two classes, or faster.
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        try check(metric: reader.metric.kind)
        let (_, examples) = try Examples.of(reader, in: scope)
        let (space, coordinates) = SpannedSpace.of(examples.embeddings, by: examples.metric)
        return FittedSupportVectors(
            labels: examples.labels, scope: scope, space: space,
            machines: try SupportVectorMachines(coordinates, examples.labels.members, self))
    }
}

private struct FittedSupportVectors: FittedRule {
    let labels: ItemLabels
    let scope: ItemScope
    let space: SpannedSpace
    let machines: SupportVectorMachines

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let (coordinates, beyond) = space.coordinates(of: queries)
        let lost = machines.lost(by: coordinates, beyond: beyond)
        return try reader.predictions(
            for: queries, in: scope, listing: listed, method: method, names: labels.names,
            counts: labels.counts
        ) { row in Array(lost[row]) }
    }
}

extension Classifier {
    /// Support vector machines for every two classes: `SupportVectors`.
    public static func supportVectors(kernel: SupportVectors.Kernel = .radial, degree: Int = 3) -> Classifier
    { Classifier(SupportVectors(kernel: kernel, degree: degree)) }
}
