import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinExchange
import AkinItems
import AkinTensors

/// Embeds pictures and writes the embeddings into files, without an index: those that `AddPictures` would keep, to the last bit.
public struct EmbedPictures: Job {
    /// By which.
    public var backbone: BackboneName
    /// Folders whose sub-folders are the labels, and picture files; or one manifest, a CSV or TSV file.
    public var paths: [String]
    /// As of `ExportItems`: one file that says everything, or one of vectors and, if wanted, one of the pictures; their endings tell the
    /// formats. A pipe gets NumPy's.
    public var outputs: [OutputFile]
    /// The label of all of them, however they lie in folders; files by themselves need it.
    public var label: String?
    /// How folders are read.
    public var reading: FolderReading
    /// Whether all pages of TIFF files are taken, or the first of each.
    public var takesAllPages = false

    /// What was written.
    public struct Result: Encodable, Sendable {
        /// How many pictures.
        public let embedded: Int
        /// Length of an embedding.
        public let dimension: Int
        /// The backbone's name, and the hash that tells it from others.
        public let backbone: BackboneIdentity
        /// Where to.
        public let files: [String]
        /// Those that are of one colour, or come out so: all such have one embedding.
        public let blank: [Source]
        /// Pictures that are in no file, and why.
        public let skipped: [Skipped]
        /// What lies beside the pictures and was passed over.
        public let ignored: [Ignored]
        /// Embedded, divided by the whole time.
        public let imagesPerSecond: Double

        enum CodingKeys: String, CodingKey {
            case embedded, dimension, backbone, hash, files, blank, skipped, ignored
            case imagesPerSecond = "images_per_second"
        }

        /// The backbone's name and hash side by side, as of `BackboneDescription`.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(embedded, forKey: .embedded)
            try container.encode(dimension, forKey: .dimension)
            try container.encode(backbone.name, forKey: .backbone)
            try container.encode(backbone.hash.description, forKey: .hash)
            try container.encode(files, forKey: .files)
            try container.encode(blank, forKey: .blank)
            try container.encode(skipped, forKey: .skipped)
            try container.encode(ignored, forKey: .ignored)
            try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
        }
    }

    /// What is to be embedded.
    public init(
        _ paths: [String], with backbone: BackboneName, to outputs: [OutputFile], label: String? = nil,
        _ reading: FolderReading = FolderReading()
    ) {
        self.paths = paths
        self.backbone = backbone
        self.outputs = outputs
        self.label = label
        self.reading = reading
    }

    /// Embeds and writes: the files are there as a whole afterwards, or none is. Rows come in the order of the pictures' paths; the
    /// ids count them from 1. What could not be read is in the result.
    ///
    /// - Throws: `JobError.noUsablePicture` where not one can be used; cancelled, `interrupted`.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let began = ContinuousClock.now
        let files = try self.files
        // Those that are there already are told before the pictures are looked for.
        for output in outputs { try output.check() }
        let backbone = try self.backbone.backbone()
        monitor.noteCollapse(of: backbone)
        try monitor.checkMachine()
        let dataset = try Dataset(of: paths, label: label, reading, takingAllPages: takesAllPages)
        try OutputFile.check(outputs) { dataset.files + self.backbone.files + paths }
        monitor.note(dataset)
        let made = try monitor.during("embedding", endsInOrder: true) { work in
            try write(dataset, by: Embedder(backbone), to: files) { done in
                work.update(done)
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
            }
        }
        if !made.blank.isEmpty { monitor.note(.blank(made.blank)) }
        return Result(
            embedded: made.count, dimension: backbone.dimension, backbone: backbone.identity,
            files: outputs.map(\.path), blank: made.blank, skipped: dataset.skipped + made.skipped,
            ignored: dataset.ignored,
            imagesPerSecond: Double(made.count) / max((ContinuousClock.now - began) / .seconds(1), 1e-9))
    }

    private var files: ExchangeFiles {
        get throws(ExchangeError) {
            let paths = outputs.map(\.path)
            if let first = outputs.first, first.isStream, paths.count <= 2,
                first.path.split(separator: "/").last?.contains(".") != true
            {
                return try ExchangeFiles(streaming: first.path, items: paths.dropFirst().first)
            }
            return try ExchangeFiles(paths)
        }
    }

    /// What has become of the pictures.
    private struct Made {
        var count = 0
        var blank: [Source] = []
        var skipped: [Skipped] = []
    }

    /// Reading one batch, and embedding and writing the one before, overlap.
    private func write(
        _ dataset: Dataset, by embedder: Embedder, to files: ExchangeFiles,
        progress: (WorkProgress) throws -> Void
    ) throws -> Made {
        let samples = dataset.filesOnce
        let writer = try ExportWriter(
            files, embedder.backbone.identity, dimension: embedder.backbone.dimension, count: samples.count,
            isExact: false)
        let reading = InputReader(samples, for: embedder.backbone.input)
            .readingAhead(batch: embedder.batch)
        defer { reading.stop() }
        var made = Made()
        while let batch = reading.next() {
            try write(batch, of: samples, by: embedder, to: writer, &made)
            try progress(WorkProgress(done: batch.range.upperBound, total: samples.count))
        }
        let skipped = dataset.skipped + made.skipped
        if made.count == 0, let first = skipped.first {
            throw JobError.noUsablePicture(count: skipped.count, first: first)
        }
        try writer.finish(overwriting: outputs.allSatisfy(\.replaces))
        return made
    }

    private func write(
        _ batch: InputBatch, of samples: [Sample], by embedder: Embedder, to writer: ExportWriter,
        _ made: inout Made
    ) throws {
        let embeddings = embedder.embeddings(trusted: batch)
        let blank = Set(batch.blank)
        var (items, rows) = ([Item](), [Int]())
        var skipped = batch.skipped.map { (position: $0.position, skipped: $0.skipped) }
        for (row, position) in batch.decoded.enumerated() {
            let sample = samples[position]
            let item = NewItem(label: sample.label, source: sample.source, group: sample.group)
            do throws(GalleryError) { try item.check() } catch {
                skipped.append((position, Skipped(source: sample.source, reason: "\(error)")))
                continue
            }
            guard isUsableEmbedding(embeddings[row]),
                let hash = batch.hashes[position - batch.range.lowerBound]
            else {
                skipped.append((position, Skipped(source: sample.source, reason: unusable)))
                continue
            }
            if blank.contains(position) { made.blank.append(sample.source) }
            items.append(
                Item(
                    id: UInt64(made.count + items.count + 1), label: item.label, source: item.source,
                    group: item.group, contentHash: hash))
            rows.append(row)
        }
        try writer.write(items, rows.count == embeddings.rows ? embeddings : embeddings.rows(at: rows))
        made.count += items.count
        made.skipped += skipped.sorted { $0.position < $1.position }.map(\.skipped)
    }
}
