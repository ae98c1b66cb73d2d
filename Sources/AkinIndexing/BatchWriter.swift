import AkinBasics
import AkinDatasets
import AkinTensors
import Synchronization

/// The last stage of `add`: writes embedded batches, as many at a time as have come while it wrote.
final class BatchWriter: Sendable {
    private let index: EmbeddingIndex
    private let change: PendingChange
    private let written = Atomic<Int>(0)

    /// `change`: what the history is to tell of all that is written.
    init(_ index: EmbeddingIndex, _ change: PendingChange) {
        self.index = index
        self.change = change
    }

    /// Samples whose outcome is on the disk.
    var done: Int { written.load(ordering: .relaxed) }

    /// Closes the `first` queue too when it fails, so that nobody works in vain.
    /// - Returns: What was changed, and what could not be.
    func run(
        from queue: BoundedQueue<EmbeddedBatch>, closing first: BoundedQueue<ReadBatch>
    ) throws(IndexError) -> (ChangeCounts, [Skipped]) {
        var counts = ChangeCounts()
        var skipped: [Skipped] = []
        do throws(IndexError) {
            while true {
                let batches = queue.popAll()
                guard !batches.isEmpty else { return (counts, skipped) }
                try write(batches, &counts, &skipped)
                written.add(batches.reduce(0) { $0 + $1.samples }, ordering: .relaxed)
            }
        } catch {
            queue.close()
            first.close()
            throw error
        }
    }

    private func write(
        _ batches: [EmbeddedBatch], _ counts: inout ChangeCounts, _ skipped: inout [Skipped]
    ) throws(IndexError) {
        for batch in batches { counts.unchanged += batch.unchanged }
        if batches.contains(where: { !$0.items.isEmpty || !$0.described.isEmpty }) {
            try index.edit(change) { change in
                for batch in batches {
                    for (position, item) in batch.items.enumerated() {
                        counts.count(
                            try change.editor.put(
                                item.item, contentHash: item.hash, batch.embeddings[position],
                                in: change.transaction))
                    }
                    for item in batch.described {
                        if let outcome = try change.editor.describe(
                            item.item, contentHash: item.hash, in: change.transaction)
                        {
                            counts.count(outcome)
                        } else {
                            skipped.append(
                                Skipped(
                                    source: item.item.source,
                                    reason: "its item was changed at the same time by another; add it again"))
                        }
                    }
                }
            }
        }
    }
}
