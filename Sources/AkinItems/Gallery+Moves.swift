import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinTensors

extension Gallery {
    /// Ends an `add`: items whose pictures lie in new places go there, in one transaction, and then what waited for
    /// that is written. `progress` is told how many files of those that waited are done.
    func settle(
        _ known: KnownItems<Self>, _ report: inout AddReport.Parts, _ counts: inout ChangeCounts,
        embedder: Embedder, as change: PendingChange, isCancelled: () -> Bool, progress: (Int) -> Void
    ) throws {
        guard !isCancelled(), !report.waiting.isEmpty || !report.changed.isEmpty else { return }
        let found = known.moved(report.waiting, changed: report.changed)
        let moves = zip(report.waiting, found).compactMap { file, item in item.map { (file, $0) } }
        if !moves.isEmpty { try move(moves, known, &report, &counts, as: change) }
        try put(report.changed, known, &report, &counts, as: change)
        var done = moves.count + report.changed.count
        progress(done)
        // Files that are copies after all; they were read before and not decoded.
        let rest = zip(report.waiting, found).filter { $1 == nil }.map(\.0)
        let reader = InputReader(
            rest.map { known.samples[$0.position] }, for: embedder.backbone.input)
        for first in stride(from: 0, to: rest.count, by: embedder.batch) {
            guard !isCancelled() else { return }
            let batch = reader.read(first..<min(first + embedder.batch, rest.count))
            let embeddings = embedder.embeddings(trusted: batch)
            var files: [ChangedFile] = []
            for (row, place) in batch.decoded.enumerated() {
                guard let hash = batch.hashes[place - first] else { continue }
                files.append(
                    ChangedFile(
                        position: rest[place].position, source: rest[place].source, hash: hash,
                        embedding: Array(embeddings[row])))
            }
            report.embedded += files.count
            report.blank += batch.blank.map { rest[$0].source }
            report.skipped += batch.skipped.map(\.skipped)
            try put(files, known, &report, &counts, as: change)
            done += batch.range.count
            progress(done)
        }
    }

    private func move(
        _ moves: [(file: WaitingFile, item: Item)], _ known: KnownItems<Self>,
        _ report: inout AddReport.Parts, _ counts: inout ChangeCounts, as change: PendingChange
    ) throws {
        var skipped: [Skipped] = []
        let (done, removed) = try write(change) { writer in
            var moves = moves
            try moves.removeAll { file, item in
                let now = try writer.current.item(item.id)
                let isSame = now?.source == item.source && now?.contentHash == item.contentHash
                let problem = known.problem(known.item(file, movedFrom: item)).map { "\($0)" }
                guard let reason = isSame ? problem : changedMeanwhile else { return false }
                skipped.append(Skipped(source: file.source, reason: reason))
                return true
            }
            let moving = Set(moves.map(\.item.id))
            var removed = 0
            for (file, _) in moves {
                guard let other = try writer.current.item(source: file.source), !moving.contains(other.id)
                else { continue }
                if try writer.removeItem(other.id) { removed += 1 }
            }
            for (file, item) in moves {
                _ = try writer.moveItem(item.id, to: known.item(file, movedFrom: item))
            }
            return (moves, removed)
        }
        report.skipped += skipped
        counts.removed += removed
        for (file, item) in done {
            let new = known.item(file, movedFrom: item)
            if known.keepsLabel(file.position, new) { report.keptLabels += 1 }
            counts.moved.append(
                Moved(
                    from: item.source, to: file.source, label: new.label == item.label ? nil : new.label))
        }
    }

    /// Writes files that are new, or hold something else than before; the items that they were may have moved away.
    private func put(
        _ files: [ChangedFile], _ known: KnownItems<Self>, _ report: inout AddReport.Parts,
        _ counts: inout ChangeCounts, as change: PendingChange
    ) throws {
        guard !files.isEmpty else { return }
        var (skipped, keptLabels, put) = ([Skipped](), 0, ChangeCounts())
        try write(change) { writer in
            for file in files {
                let old = try writer.current.item(source: file.source)
                let item = known.item(file.position, old)
                let problem = known.problem(item).map { "\($0)" }
                if let reason = isUsableEmbedding(file.embedding[...]) ? problem : unusable {
                    skipped.append(Skipped(source: file.source, reason: reason))
                    continue
                }
                put.count(try writer.put(item, contentHash: file.hash, file.embedding[...]))
                if old != nil, known.keepsLabel(file.position, item) { keptLabels += 1 }
            }
        }
        report.skipped += skipped
        report.keptLabels += keptLabels
        counts.added += put.added
        counts.updated += put.updated
        counts.unchanged += put.unchanged
    }
}
