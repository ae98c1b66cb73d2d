import AkinBasics

/// Why a classifier could not be made or could not answer.
public enum ClassificationError: ExplainedError, Equatable {
    /// `known`: the names that there are.
    case unknownClassifier(String, nearest: String?, known: [String])
    case neighboursNotPositive(Int)
    /// What stands behind the name of a classifier.
    case unusableSetting(String, classifier: String)
    /// Of a polynomial kernel.
    case unusableDegree(Int, allowed: ClosedRange<Int>)
    /// A number of a classifier that has to be above 0, `what`, is not.
    case unusableNumber(Double, what: String)
    /// Of a forest.
    case unusableTrees(Int, allowed: ClosedRange<Int>)
    /// Weights of 1 / distance make no sense where a distance can be below 0.
    case weightingNeedsDistances(metric: String)
    /// There is no learned similarity where distances are measured otherwise.
    case lacksSimilarity(metric: String)
    case nothingToCompareWith
    /// Filter and exclusion leave no item.
    case nothingAdmitted
    case wrongDimension(expected: Int, found: Int)
    /// There are so many labels, or what is to be learned of each, and so many embeddings.
    case countsDiffer(labels: Int, embeddings: Int)
    /// A fit needs more memory than there is.
    case lacksMemory
    /// No distance from the query to any item is a number.
    case notANumber(query: Int)
}

extension ClassificationError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .unknownClassifier(let name, let nearest, let known):
            if let nearest {
                "there is no classifier '\(name)'; did you mean '\(nearest)'?"
            } else {
                "there is no classifier '\(name)'; use "
                    + known.map { "'\($0)'" }.joined(separator: " or ")
            }
        case .neighboursNotPositive(let k):
            "the number of neighbours is \(k); it has to be at least 1"
        case .unusableSetting(let setting, let classifier):
            "'\(setting)' is no setting of the classifier '\(classifier)'; give its name alone, nearest-neighbours:K, "
                + "random-forest:TREES, support-vectors:KERNEL or discriminant:ledoit-wolf"
        case .unusableDegree(let degree, let allowed):
            "the degree of the kernel is \(degree); it has to be \(allowed.lowerBound) to \(allowed.upperBound)"
        case .unusableNumber(let value, let what):
            "the \(what) of the classifier is \(value); it has to be a number above 0"
        case .unusableTrees(let trees, let allowed):
            "the number of trees is \(trees); it has to be \(allowed.lowerBound) to \(allowed.upperBound)"
        case .weightingNeedsDistances(let metric):
            "votes cannot be weighted by distances of the metric '\(metric)', which may be below 0; "
                + "use uniform votes or an index with the metric 'l2'"
        case .lacksSimilarity(let metric):
            "there is no learned similarity where items are compared by the metric '\(metric)'; take another classifier, or an "
                + "index with the metric 'learned-l1' and a backbone that was trained with the loss binary-cross-entropy"
        case .nothingToCompareWith:
            "the index has no items to compare with; add some"
        case .nothingAdmitted:
            "no item of the index is left to compare with; ask for other labels or groups, or exclude less"
        case .wrongDimension(let expected, let found):
            "the queries have \(found) dimensions, the index has \(expected); "
                + "embed them with the index's backbone"
        case .countsDiffer(let labels, let embeddings):
            "\(labels) labels came with \(embeddings) embeddings; give at least one, and one for each label"
        case .lacksMemory:
            "there is too little memory to fit the classifier to so many items; take another, or fewer items"
        case .notANumber(let query):
            "embedding \(query + 1) holds values that are not numbers; check the backbone's training"
        }
    }
}
