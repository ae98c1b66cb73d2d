import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinStorage
import AkinTensors
import Synchronization

/// The first stage of `add` and `rebuild`: reads pictures, and decodes those that are new or changed.
struct BatchReader {
    private let index: EmbeddingIndex
    private let dataset: Dataset
    private let preprocessing: Preprocessing
    private let readsAll: Bool
    private let keepsLabels: Bool
    /// As many as the network takes at once.
    private let batch: Int

    /// `readsAll`: also what the index has already. `keepsLabels`: what it has keeps its label and group.
    init(
        _ index: EmbeddingIndex, _ dataset: Dataset, for embedder: Embedder, readsAll: Bool = false,
        keepsLabels: Bool = false
    ) {
        self.index = index
        self.dataset = dataset
        self.readsAll = readsAll
        self.keepsLabels = keepsLabels
        batch = embedder.batch
        preprocessing = embedder.backbone.preprocessing
    }

    func run(into queue: BoundedQueue<ReadBatch>) throws(IndexError) {
        defer { queue.close() }
        for start in stride(from: 0, to: dataset.count, by: batch) {
            let samples = dataset.samples[start..<min(start + batch, dataset.count)]
            guard queue.push(try read(Array(samples))) else { return }
        }
    }

    private enum Outcome {
        case unchanged
        case described(HashedItem)
        case decoded(HashedItem, input: [Float])
        case skipped(String)
    }

    private func read(_ samples: [Sample]) throws(IndexError) -> ReadBatch {
        let known = try records(samples)
        let outcomes = Mutex([Outcome?](repeating: nil, count: samples.count))
        ThreadPool.shared.forEach(samples.count) { position, _ in
            let outcome = read(samples[position], known: known[position])
            outcomes.withLock { $0[position] = outcome }
        }
        var batch = ReadBatch()
        batch.sources = samples.map(\.source)
        if keepsLabels {
            batch.keptLabels = zip(samples, known).count { $1 != nil && $1?.label != $0.label }
        }
        for (sample, outcome) in zip(samples, outcomes.withLock { $0 }) {
            switch outcome! {
            case .unchanged: batch.unchanged += 1
            case .described(let item): batch.described.append(item)
            case .decoded(let item, let input):
                batch.items.append(item)
                batch.inputs += input
            case .skipped(let reason): batch.skipped.append(Skipped(source: sample.source, reason: reason))
            }
        }
        return batch
    }

    /// What the index holds of each sample's source.
    private func records(_ samples: [Sample]) throws(IndexError) -> [ItemRecord?] {
        if readsAll { return Array(repeating: nil, count: samples.count) }
        return try index.reading { transaction in
            try samples.map { sample in
                guard !sample.source.isEmpty,
                    let id = try index.tables.sources.value(of: TextKey(sample.source), in: transaction)
                else { return nil }
                return try index.tables.record(id, in: transaction, path: index.path)
            }
        }
    }

    private func read(_ sample: Sample, known: ItemRecord?) -> Outcome {
        let kept = keepsLabels ? known : nil
        let item = NewItem(
            label: kept?.label ?? sample.label, source: sample.source, group: sample.group ?? kept?.group)
        do throws(IndexError) { try index.check(item) } catch { return .skipped("\(error)") }
        do throws(DatasetError) {
            let content = try sample.content()
            let hashed = HashedItem(item: item, hash: content.hash)
            if let known, known.contentHash == hashed.hash {
                return known.isSame(item, contentHash: hashed.hash) ? .unchanged : .described(hashed)
            }
            let image = try content.image(fitting: preprocessing.decodingTarget)
            return .decoded(hashed, input: preprocessing.input(from: image))
        } catch {
            return .skipped(Skipped(source: sample.source, error: error).reason)
        }
    }
}
