import AkinBasics
import AkinItems

/// Brings items from one home of a gallery to another.
struct SharedTransfer {
    /// What is to become of the item of a source where it is brought.
    struct Step {
        let source: Source
        /// What it is to be; nil: it is to be removed.
        let item: Item?
        /// What it was when the sides were compared; nil: it was not there.
        let was: Item?

        /// Whether its content is new there.
        var bringsEmbedding: Bool { item != nil && item?.contentHash != was?.contentHash }
    }

    /// What agrees on both sides, brought up to date with every transaction.
    var record: SharedRecord
    var result: SharingResult
    /// So many steps are done.
    private var done = 0
    private let steps: [Step]
    /// Called with the record every so often: who is killed ends without a word.
    private let keep: (SharedRecord) throws -> Void
    private var kept = ContinuousClock.now
    /// So many transactions have come since.
    private var unkept = 0

    init(
        _ steps: [Step], _ comparison: SharedComparison, _ result: SharingResult,
        keep: @escaping (SharedRecord) throws -> Void
    ) {
        (self.steps, self.result, self.keep) = (steps, result, keep)
        record = comparison.record
    }

    /// Ends the pages, of which more would be fetched for nothing.
    private struct Stop: Error {}

    private struct Outcome {
        var added = 0
        var updated = 0
        var removed = 0
        var done: [Step] = []
        var left = 0
    }

    /// Does all steps, a transaction for some of them at a time.
    ///
    /// - Parameters:
    ///   - pages: Calls its closure with the items of these numbers, by ascending number, and their embeddings, some at a time.
    ///   - isCancelled: Asked before each transaction; after a yes nothing more is brought.
    mutating func run<Home: Gallery>(
        into home: Home, as change: PendingChange, isCancelled: () -> Bool, progress: (WorkProgress) -> Void,
        pages: (_ ids: [UInt64], _ body: ([Item], [Float]) throws -> Void) throws -> Void
    ) throws {
        progress(WorkProgress(done: 0, total: steps.count))
        let brought = Dictionary(
            steps.filter(\.bringsEmbedding).compactMap { step in step.item.map { ($0.id, step) } },
            uniquingKeysWith: { first, _ in first })
        try withoutActuallyEscaping(progress) { progress in
            try withoutActuallyEscaping(isCancelled) { isCancelled in
                guard !brought.isEmpty else { return }
                do {
                    try pages(brought.keys.sorted()) { items, values in
                        guard !isCancelled() else { throw Stop() }
                        let some = items.compactMap { brought[$0.id] }
                        try enter(try home.write(change) { try Self.bring(some, values, $0) })
                        progress(WorkProgress(done: done, total: steps.count))
                    }
                } catch is Stop {}
            }
        }
        let rest = steps.filter { !$0.bringsEmbedding }
        for start in stride(from: 0, to: rest.count, by: 500) {
            guard !isCancelled() else { return }
            let some = rest[start..<min(start + 500, rest.count)]
            try enter(try home.write(change) { try Self.describe(some, $0) })
            progress(WorkProgress(done: done, total: steps.count))
        }
    }

    private mutating func enter(_ outcome: Outcome) throws {
        for step in outcome.done { record[step.source] = step.item.map(SharedRecord.state) }
        result.added += outcome.added
        result.updated += outcome.updated
        result.removed += outcome.removed
        result.left += outcome.left
        done += outcome.done.count + outcome.left
        unkept += 1
        guard unkept >= 20 || kept.duration(to: .now) > .seconds(5) else { return }
        try keep(record)
        (unkept, kept) = (0, .now)
    }

    /// Items with their embeddings, one behind the other.
    private static func bring(
        _ steps: [Step], _ values: [Float], _ writer: some GalleryWriter
    ) throws -> Outcome {
        var outcome = Outcome()
        let dimension = writer.current.dimension
        func vector(_ place: Int) -> ArraySlice<Float> { values[place * dimension..<(place + 1) * dimension] }
        let new = steps.indices.filter { steps[$0].was == nil }
        if try !new.isEmpty && add(new.map { (steps[$0], vector($0)) }, writer) {
            outcome.added = new.count
            outcome.done = new.map { steps[$0] }
        } else {
            for place in new { try put(steps[place], vector(place), writer, &outcome) }
        }
        for place in steps.indices where steps[place].was != nil {
            try put(steps[place], vector(place), writer, &outcome)
        }
        return outcome
    }

    /// All of them at once, unless one has come to be there meanwhile: then none.
    private static func add(
        _ new: [(step: Step, vector: ArraySlice<Float>)], _ writer: some GalleryWriter
    ) throws -> Bool {
        var list = ItemList()
        var hashes: [ContentHash] = []
        for case let item? in new.map(\.step.item) {
            try NewItem(item).check()
            list.append(
                label: Array(item.label.utf8), source: Array(item.source.path.utf8),
                group: Array((item.group ?? "").utf8))
            hashes.append(item.contentHash)
        }
        let values = new.flatMap(\.vector)
        return try values.withUnsafeBufferPointer { values in
            guard let vectors = values.baseAddress else { return true }
            let batch = ItemBatch(items: list, range: 0..<list.count, vectors: vectors, contentHashes: hashes)
            return try writer.add(batch, keepingIDs: false) == nil
        }
    }

    private static func put(
        _ step: Step, _ vector: ArraySlice<Float>, _ writer: some GalleryWriter, _ outcome: inout Outcome
    ) throws {
        guard let item = step.item, try writer.isStill(step.was, at: step.source) else {
            outcome.left += 1
            return
        }
        try NewItem(item).check()
        switch try writer.put(NewItem(item), contentHash: item.contentHash, vector) {
        case .added: outcome.added += 1
        case .updated: outcome.updated += 1
        case .unchanged: break
        }
        outcome.done.append(step)
    }

    /// Items of which only what is said of them is new, or that are to be removed.
    private static func describe(
        _ steps: ArraySlice<Step>, _ writer: some GalleryWriter
    ) throws -> Outcome {
        var outcome = Outcome()
        for step in steps {
            guard let now = try writer.current.item(source: step.source),
                SharedRecord.state(now) == step.was.map(SharedRecord.state)
            else {
                outcome.left += 1
                continue
            }
            if let item = step.item {
                try NewItem(item).check()
                _ = try writer.describe(NewItem(item), contentHash: item.contentHash)
                outcome.updated += 1
            } else {
                _ = try writer.removeItem(now.id)
                outcome.removed += 1
            }
            outcome.done.append(step)
        }
        return outcome
    }
}
