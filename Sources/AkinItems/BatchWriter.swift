import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinTensors
import Synchronization

/// Some samples on their way into a gallery.
struct EmbeddedBatch: Sendable {
    /// Samples that it came from, and that are done once it is written.
    var samples: Int
    /// What is new or has other content, with its embeddings.
    var items: [NewItem] = []
    var embeddings = Matrix(zeros: 0, columns: 0)
    /// Items of which only label or group have changed.
    var described: [NewItem] = []
    var unchanged = 0
}

/// The last stage of `add`: writes embedded batches, as many at a time as have come while it wrote.
final class BatchWriter<Home: Gallery>: Sendable {
    private let gallery: Home
    private let change: PendingChange
    private let written = Atomic<Int>(0)

    /// `change`: what the history is to tell of all that is written.
    init(_ gallery: Home, _ change: PendingChange) {
        self.gallery = gallery
        self.change = change
    }

    /// Samples whose outcome is on the disk.
    var done: Int { written.load(ordering: .relaxed) }

    /// Stops the reading too when it fails, so that nobody works in vain.
    /// - Returns: What was changed, and what could not be.
    func run(
        from queue: BoundedQueue<EmbeddedBatch>, stopping reading: InputBatches<any Error>
    ) throws -> (ChangeCounts, [Skipped]) {
        var counts = ChangeCounts()
        var skipped: [Skipped] = []
        do {
            while true {
                let batches = queue.popAll()
                guard !batches.isEmpty else { return (counts, skipped) }
                try write(batches, &counts, &skipped)
                written.add(batches.reduce(0) { $0 + $1.samples }, ordering: .relaxed)
            }
        } catch {
            queue.close()
            reading.stop()
            throw error
        }
    }

    private func write(
        _ batches: [EmbeddedBatch], _ counts: inout ChangeCounts, _ skipped: inout [Skipped]
    ) throws {
        for batch in batches { counts.unchanged += batch.unchanged }
        guard batches.contains(where: { !$0.items.isEmpty || !$0.described.isEmpty }) else { return }
        try gallery.write(change) { writer in
            for batch in batches {
                for (position, item) in batch.items.enumerated() {
                    guard let hash = item.contentHash else { continue }
                    counts.count(try writer.put(item, contentHash: hash, batch.embeddings[position]))
                }
                for item in batch.described {
                    guard let hash = item.contentHash else { continue }
                    if let outcome = try writer.describe(item, contentHash: hash) {
                        counts.count(outcome)
                    } else {
                        skipped.append(Skipped(source: item.source, reason: changedMeanwhile))
                    }
                }
            }
        }
    }
}

/// Why nothing became of a picture whose item somebody else has changed.
let changedMeanwhile = "its item was changed at the same time by another; add it again"
