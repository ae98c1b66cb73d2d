import AkinIndexing
import AkinItems

/// Takes back the last change of an index; run again, the one before. What was taken back can be done again until there is
/// another change.
public struct UndoChange: Job {
    /// Of which.
    public var index: IndexPlace
    /// Whether it may be the change that has put the first items into the index.
    public var mayEmpty: Bool
    /// Whether nothing is changed, and only told what would be.
    public var isTrial: Bool

    /// Whose last change is to be taken back.
    public init(of index: IndexPlace, mayEmpty: Bool = false, isTrial: Bool = false) {
        (self.index, self.mayEmpty, self.isTrial) = (index, mayEmpty, isTrial)
    }

    /// Takes it back; gives what that was.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> HistoryStep {
        guard !isTrial else { return try tried(index.reading()) }
        return try index.changing(monitor) { index in
            let change = try index.undo(
                mayEmpty: mayEmpty, where: SharedRecord.isPulled, SharedRecord.bytes(after:_:))
            // It may have its old backbone again.
            try monitor.afterChange {
                try monitor.keepFit(of: change.verb == .rebuild ? index.reopened() : index)
            }
            return HistoryStep(change: change, trial: nil)
        }
    }

    private func tried(_ index: EmbeddingIndex) throws -> HistoryStep {
        try index.read { reader in
            var last: (change: Change, items: [ItemChange])?
            try reader.forEachChange { change, isUndone, items in
                if !isUndone { last = (change, items) }
                return false
            }
            guard let last else { throw IndexError.nothingToUndo(path: index.path) }
            let items = last.items.map(\.reversed)
            let before = try reader.count
            let left = before + items.count { $0.kind == .added } - items.count { $0.kind == .removed }
            if !mayEmpty, before > 0, left == 0 {
                throw IndexError.wouldBeEmpty(path: index.path, last.change)
            }
            return HistoryStep(change: last.change, trial: items)
        }
    }
}
