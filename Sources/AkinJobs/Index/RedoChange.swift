import AkinIndexing
import AkinItems

/// Does again what was taken back last of an index; run again, what was taken back before that. Nothing is embedded for it.
public struct RedoChange: Job {
    /// Of which.
    public var index: IndexPlace
    /// Whether nothing is changed, and only told what would be.
    public var isTrial: Bool

    /// Of which something is to be done again.
    public init(of index: IndexPlace, isTrial: Bool = false) { (self.index, self.isTrial) = (index, isTrial) }

    /// Does it again; gives what that was.
    ///
    /// - Throws: `IndexError.nothingToRedo` where nothing was taken back, or there was another change since.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> HistoryStep {
        guard !isTrial else { return try tried(index.reading()) }
        return try index.changing(monitor) { index in
            let change = try index.redo(where: SharedRecord.isPulled, SharedRecord.bytes(after:_:))
            // It may have its newer backbone again.
            try monitor.afterChange {
                try monitor.keepFit(of: change.verb == .rebuild ? index.reopened() : index)
            }
            return HistoryStep(change: change, trial: nil)
        }
    }

    private func tried(_ index: EmbeddingIndex) throws -> HistoryStep {
        try index.read { reader in
            guard let next = try reader.undone().first, let found = try reader.itemChanges(of: next.number)
            else {
                throw IndexError.nothingToRedo(path: index.path, last: try reader.history().first)
            }
            return HistoryStep(change: next, trial: found.items)
        }
    }
}
