import AkinBasics
import AkinEvaluation

/// Looks for the class of each item of an index among all others: how well items of one class find one another.
public struct EvaluateRetrieval: Job {
    /// Whose items.
    public var index: IndexPlace
    /// To how many of the nearest is counted, each at least 1.
    public var depths: [Int]
    /// Whether an item is compared with those of its group too.
    public var keepsGroups: Bool
    /// Whether an item is compared with those of the same content too.
    public var keepsCopies: Bool

    /// What is to be evaluated.
    public init(
        _ index: IndexPlace, depths: [Int] = [1, 5, 10], keepingGroups: Bool = false,
        keepingCopies: Bool = false
    ) {
        self.index = index
        self.depths = depths
        keepsGroups = keepingGroups
        keepsCopies = keepingCopies
    }

    /// Evaluates it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> RetrievalReport {
        try monitor.checkMachine()
        let index = try index.reading()
        let outcomes = try monitor.during("comparing", unit: "items") { work in
            try Retrieval.outcomes(
                in: index, depths: depths, keepingGroups: keepsGroups, keepingCopies: keepsCopies
            ) { progress in
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
                work.update(progress)
            }
        }
        return RetrievalReport(outcomes)
    }
}
