import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinEvaluation
import AkinIndexing
import AkinItems
import AkinReporting
import AkinTensors
import AkinVectorSearch

/// Looks through pictures that nobody has labelled: says which of them are best labelled next, and puts those that belong to no class of
/// an index together into candidate classes. It changes nothing; `AddClusters` makes a class of a cluster.
public struct Discover: Job {
    /// Picture files, and all pictures in folders.
    public var pictures: [String]
    /// Which index they are compared with.
    public var index: IndexPlace
    /// How many pictures are named that are best labelled next.
    public var next: Int
    /// A manifest is written there, with the cluster of each picture as its label.
    public var manifest: OutputFile?
    /// A page of HTML is written there that shows all of it.
    public var sheet: OutputFile?
    /// How a page says that it came about: the command, as one would type it; nil if there was none.
    public var command: String?
    /// How folders are read; no label is taken from them.
    public var reading: FolderReading

    /// So many pictures are looked through at most: of more, from all over them.
    public static let limit = 5000

    /// What was found.
    public struct Result: Encodable, Sendable {
        /// How many pictures were looked through.
        public let pictures: Int
        /// How many more are in the index already.
        public let indexed: Int
        /// How many of them are of a class of the index, as far as can be told.
        public let known: Int
        /// How many may be of one of several.
        public let ambiguous: Int
        /// How many are of none.
        public let unknown: Int
        /// On average the pictures of a cluster lie no farther from each other.
        public let cut: Float
        /// Those that are best labelled next, in this order.
        public let next: [Next]
        /// Clusters of two or more unknown pictures, larger ones first.
        public let clusters: [Cluster]
        /// Unknown pictures that are like no other.
        public let alone: [Source]
        /// The manifest that was written.
        public let manifest: String?
        /// What could not be read.
        public let skipped: [Skipped]
    }

    /// A picture that is best labelled next.
    public struct Next: Encodable, Sendable {
        /// Its file.
        public let source: Source
        /// Whether it belongs to a class of the index.
        public let verdict: Verdict
        /// The class that it is probably of, if it is of one.
        public let label: String
        /// How probable that is.
        public let confidence: Float
        /// For how many of the pictures it tells most.
        public let standsFor: Int
        /// The number of its cluster; nil where it is in none.
        public let cluster: Int?

        private enum CodingKeys: String, CodingKey {
            case source, verdict, label, confidence, cluster
            case standsFor = "stands_for"
        }
    }

    /// Pictures that may be a class.
    public struct Cluster: Encodable, Sendable {
        /// Counted from 1.
        public let number: Int
        /// That first which lies nearest to the others.
        public let sources: [Source]
        /// The class of the index that most of them are next to.
        public let resembles: String
        /// How many of them are.
        public let resembling: Int
    }

    /// What is to be looked through.
    public init(
        _ pictures: [String], beside index: IndexPlace, next: Int = 20, manifest: OutputFile? = nil,
        sheet: OutputFile? = nil, _ reading: FolderReading = FolderReading()
    ) {
        (self.pictures, self.index, self.next) = (pictures, index, next)
        (self.manifest, self.sheet, self.reading) = (manifest, sheet, reading)
    }

    /// Looks through them. Cancelled, it writes nothing.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try monitor.checkMachine()
        let index = try index.reading()
        let all = try Dataset(files: pictures, label: "unknown", reading).withPages(takingAll: false)
        let (items, embeddings) = try index.read { try $0.labelled() }
        guard !items.isEmpty else { throw JobError.noItems(index.path) }
        try OutputFile.check([manifest, sheet], of: self.index) { all.files + items.files }
        let found = try embed(all, beside: items, index, monitor)
        let candidates = CandidateClasses(items, embeddings, index.metric)
        let judged = try Judged(found, items, embeddings, index, candidates)
        if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
        let clusters = candidates.clusters(of: found.embeddings.rows(at: judged.unknown))
            .map { $0.map { judged.unknown[$0] } }
        let order = candidates.order(
            found.embeddings, nearest: judged.nearest, uncertainty: judged.uncertainty, count: next)
        if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
        let result = judged.result(clusters, order, candidates.cut, found, manifest: manifest?.path)
        if let manifest { try result.writeManifest(to: manifest) }
        if let sheet {
            let pictures = SourcePictures()
            let foot = PageFoot(index: absolutePath(self.index.path), command: command)
            try Sheet(discovered: result.shown, foot: foot) { pictures.picture(of: $0) }.write(to: sheet)
        }
        return result
    }
}

extension Discover {
    /// Pictures that are not in the index, with their embeddings.
    struct Found {
        var sources: [Source] = []
        var embeddings: Matrix
        var indexed = 0
        var skipped: [Skipped]
    }

    private func embed(
        _ all: Dataset, beside items: [Item], _ index: EmbeddingIndex, _ monitor: Monitor
    ) throws -> Found {
        let backbone = try index.storedBackbone
        monitor.note(all)
        let dataset = all.atMost(Self.limit)
        if dataset.count < all.count { monitor.note(.onlySome(dataset.count, of: all.count)) }
        let known = Set(items.map(\.contentHash))
        let embedder = Embedder(backbone)
        let reading = InputReader(dataset.samples, for: backbone.input)
            .readingAhead(batch: 4 * embedder.batch) { (_) throws(Never) in { !known.contains($1) } }
        defer { reading.stop() }
        var found = Found(
            embeddings: Matrix(zeros: 0, columns: index.dimension), skipped: dataset.skipped)
        var (blank, seen) = ([Source](), Set<ContentHash>())
        try monitor.during("embedding") { work in
            while let batch = reading.next() {
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
                found.skipped += batch.skipped.map(\.skipped)
                found.indexed += batch.hashes.count { $0.map(known.contains) ?? false }
                blank += batch.blank.map { dataset.samples[$0].source }
                let embedded = embedder.embeddings(trusted: batch)
                for (row, position) in batch.decoded.enumerated() {
                    // Of copies one is enough.
                    guard let hash = batch.hashes[position - batch.range.lowerBound],
                        isUsableEmbedding(embedded[row]), seen.insert(hash).inserted
                    else { continue }
                    found.sources.append(dataset.samples[position].source)
                    found.embeddings.append(Array(embedded[row]))
                }
                work.update(WorkProgress(done: batch.range.upperBound, total: dataset.count))
            }
        }
        if !blank.isEmpty { monitor.note(.blank(blank)) }
        if found.sources.isEmpty, found.indexed == 0, let first = found.skipped.first {
            throw JobError.noUsablePicture(count: found.skipped.count, first: first)
        }
        return found
    }

    /// What an index makes of pictures.
    private struct Judged {
        var answers: [Answer]
        /// Positions of those that are of none of its classes.
        var unknown: [Int]

        init(
            _ found: Found, _ items: [Item], _ embeddings: Matrix, _ index: EmbeddingIndex,
            _ candidates: CandidateClasses
        ) throws {
            let classifier = try index.classifier(or: nil)
            var calibration = try index.calibration
            if calibration == nil, Set(items.map(\.label)).count > 1 {
                let left = LeftOutItems(
                    items, embeddings, index.metric, limit: CalibrateIndex.limit, seed: 1)
                calibration = try left.calibration(
                    of: classifier, by: left.answers(by: classifier), strangersKnown: 0.05)
            }
            answers =
                found.sources.isEmpty
                ? []
                : try Inquiry(
                    classifier, in: index, listing: 1, calibration: calibration, heedsEquals: true
                ).answers(to: found.embeddings).predictions
            let hasBorder = calibration?.border != nil
            let answers = answers
            unknown = answers.indices.filter { place in
                // Where it is not known from where on a picture is unknown, the cut tells it.
                hasBorder
                    ? answers[place].verdict == .unknown
                    : (answers[place].neighbours.first?.distance ?? .infinity) > candidates.cut
            }
        }

        var nearest: [Float] { answers.map { $0.neighbours.first?.distance ?? .infinity } }

        /// Of an unknown picture all is uncertain.
        var uncertainty: [Float] {
            let unknown = Set(unknown)
            return answers.indices.map { unknown.contains($0) ? 1 : max(0, 1 - answers[$0].confidence) }
        }

        func result(
            _ clusters: [[Int]], _ order: LabelOrder, _ cut: Float, _ found: Found, manifest: String?
        ) -> Result {
            let several = clusters.filter { $0.count > 1 }
            var clusterOf: [Int: Int] = [:]
            for (number, members) in several.enumerated() {
                for one in members { clusterOf[one] = number + 1 }
            }
            let isUnknown = Set(unknown)
            func verdict(_ place: Int) -> Verdict {
                isUnknown.contains(place) ? .unknown : answers[place].verdict
            }
            let verdicts = answers.indices.map(verdict)
            return Result(
                pictures: answers.count, indexed: found.indexed, known: verdicts.count { $0 == .known },
                ambiguous: verdicts.count { $0 == .ambiguous }, unknown: unknown.count, cut: cut,
                next: zip(order.order, order.standsFor).map { place, standsFor in
                    Next(
                        source: found.sources[place], verdict: verdict(place), label: answers[place].label,
                        confidence: answers[place].confidence, standsFor: standsFor,
                        cluster: clusterOf[place])
                },
                clusters: several.enumerated().map { number, members in
                    let counts = Dictionary(members.map { (answers[$0].label, 1) }, uniquingKeysWith: +)
                    let most = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }!
                    return Cluster(
                        number: number + 1, sources: members.map { found.sources[$0] }, resembles: most.key,
                        resembling: most.value)
                },
                alone: clusters.filter { $0.count == 1 }.map { found.sources[$0[0]] }, manifest: manifest,
                skipped: found.skipped)
        }
    }
}

extension Dataset {
    /// From all over them, at even steps.
    fileprivate func atMost(_ limit: Int) -> Dataset {
        count <= limit ? self : with((0..<limit).map { samples[$0 * count / limit] })
    }
}
