import AkinIndexing

/// Examines an index, and puts right what can be.
public struct VerifyIndex: Job {
    /// Which.
    public var index: IndexPlace
    /// How many of its items the graph is measured on.
    public var sample: Int
    /// Whether what follows from the rest is made again.
    public var repairs: Bool
    /// Whether, repairing, items that would have to be embedded again, and cannot be, are removed.
    public var dropsUnreadable: Bool

    /// What is to be examined; nothing is changed by default.
    public init(
        _ index: IndexPlace, sample: Int = 1000, repairing: Bool = false, droppingUnreadable: Bool = false
    ) {
        self.index = index
        self.sample = sample
        repairs = repairing
        dropsUnreadable = droppingUnreadable
    }

    /// Examines it. Faults that are found, and left, are in the result; they are no error. Copies are no fault.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> VerifyReport {
        let report = try repairs ? index.changing(monitor, verified) : verified(index.reading())
        monitor.noteContradictions(among: report.copies)
        return report
    }

    private func verified(_ index: EmbeddingIndex) throws -> VerifyReport {
        try index.verify(sample: sample, repairing: repairs, droppingUnreadable: dropsUnreadable)
    }
}
