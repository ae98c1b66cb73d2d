import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinExchange
import AkinIndexing
import AkinItems
import AkinReporting
import AkinTensors
import AkinVectorSearch

/// Asks an index what pictures, or vectors, are.
///
/// ```swift
/// let result = try Query(["unknown.jpg"], in: "seals").run(Monitor())
/// for answer in result.answers { print(answer.source, answer.label) }
/// ```
public struct Query: Job {
    /// What is asked about.
    public enum Subject: Sendable, Hashable {
        /// Picture files, and all pictures in folders.
        case pictures([String])
        /// The vectors of a file, which the backbone of the index has made.
        case vectors(String)
    }

    /// What is asked about.
    public var subject: Subject
    /// Which index is asked.
    public var index: IndexPlace
    /// How the class is found; nil: as the index is to be asked.
    public var classifier: Classifier?
    /// How many neighbours an answer lists; at least those that voted.
    public var listing: Int
    /// Items outside it are as if they were not there.
    public var scope: ItemScope
    /// How neighbours are searched.
    public var method: SearchMethod
    /// A page of HTML is written there that shows what was asked about beside its neighbours.
    public var sheet: String?
    /// How folders are read; no label is taken from them.
    public var reading: FolderReading
    /// Whether a picture's embedding is averaged over small shifts and rotations, which takes `Embedder.viewsOfAverage` times as long;
    /// one that is in the index is asked about as it is.
    public var augments = false

    /// All answers.
    public struct Result: Encodable, Sendable {
        /// In the order of what was asked about.
        public let answers: [QueryAnswer]
        /// Pictures that could not be read, and why.
        public let skipped: [Skipped]
    }

    /// What came of a query whose answers were given as they came.
    public struct Summary: Encodable, Sendable {
        /// How many answers were given.
        public let answered: Int
        /// Pictures that could not be read, and why.
        public let skipped: [Skipped]
    }

    /// Who is asked what.
    public init(
        about subject: Subject, in index: IndexPlace,
        classifier: Classifier? = nil, listing: Int = 5, scope: ItemScope = ItemScope(),
        method: SearchMethod = .automatic, sheet: String? = nil,
        _ reading: FolderReading = FolderReading()
    ) {
        self.subject = subject
        self.index = index
        self.classifier = classifier
        self.listing = listing
        self.scope = scope
        self.method = method
        self.sheet = sheet
        self.reading = reading
    }

    /// As the above, about picture files and all pictures in folders.
    public init(
        _ pictures: [String], in index: IndexPlace, classifier: Classifier? = nil
    ) {
        self.init(about: .pictures(pictures), in: index, classifier: classifier)
    }

    /// Asks, and gives all answers together.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        var answers: [QueryAnswer] = []
        let summary = try run(monitor) { answers += $0 }
        return Result(answers: answers, skipped: summary.skipped)
    }

    /// Asks, and gives the answers as they come: `each` is called with those of a batch, in order.
    @discardableResult
    public func run(_ monitor: Monitor, each: ([QueryAnswer]) throws -> Void) throws -> Summary {
        let index = try index.reading()
        try monitor.checkMachine()
        try checkLabels(in: index)
        let asking = try Asking(self, index, monitor)
        let unit = if case .vectors = subject { "vectors" } else { "images" }
        let skipped = try monitor.during("answering", unit: unit) { work in
            switch subject {
            case .pictures(let paths): try asking.ask(aboutPictures: paths, work, each)
            case .vectors(let file): try asking.ask(aboutVectors: file, work, each)
            }
        }
        if let sheet {
            let pictures = SourcePictures()
            try Sheet(queries: asking.kept) { pictures.picture(of: $0) }.write(to: sheet)
        }
        return Summary(answered: asking.count, skipped: skipped)
    }

    /// Refuses labels that the index has not.
    private func checkLabels(in index: EmbeddingIndex) throws {
        guard let labels = scope.filter.labels else { return }
        let known = try index.stats().labels
        for label in labels where known[label] == nil {
            throw try JobError.unknown(label: label, in: index)
        }
    }
}

/// A query that goes on.
private final class Asking {
    private let query: Query
    private let index: EmbeddingIndex
    private let monitor: Monitor
    private let inquiry: Inquiry<EmbeddingIndex>
    /// Answers given.
    private(set) var count = 0
    /// Of a sheet.
    private(set) var kept: [(source: Source, answer: Answer)] = []

    /// As many as fill the network a few times over, so that answers come soon and nothing waits for long.
    private static let batchSize = 256

    init(_ query: Query, _ index: EmbeddingIndex, _ monitor: Monitor) throws {
        self.query = query
        self.index = index
        self.monitor = monitor
        let calibration = try index.calibration
        if let before = calibration?.total {
            let now = try index.count
            if abs(now - before) * 10 > before { monitor.note(.calibratedBefore(items: before, now: now)) }
        }
        let classifier = try index.classifier(or: query.classifier)
        let isOfAll = query.scope == ItemScope()
        inquiry = Inquiry(
            classifier, in: index, scope: query.scope, listing: query.listing, method: query.method,
            calibration: calibration, heedsEquals: query.classifier == nil
        ) { isOfAll ? try ($0 as? IndexReader)?.keptFit(of: classifier) : nil }
    }

    /// What could not be read.
    func ask(
        aboutPictures paths: [String], _ work: Work, _ each: ([QueryAnswer]) throws -> Void
    ) throws -> [Skipped] {
        let backbone = try index.storedBackbone
        // Their labels are what is asked for; one is needed to find them all.
        let dataset = try Dataset(files: paths, label: "unknown", query.reading).withPages(takingAll: false)
        monitor.note(dataset)
        let embedder = Embedder(backbone)
        var skipped = dataset.skipped
        let reading = InputReader(dataset.samples, for: backbone.input)
            .readingAhead(batch: Self.batchSize)
        defer { reading.stop() }
        var blank: [Source] = []
        while let batch = reading.next() {
            try checkIfCancelled()
            skipped += batch.skipped.map(\.skipped)
            if !batch.decoded.isEmpty {
                let isBlank = Set(batch.blank)
                blank += batch.blank.map { dataset.samples[$0].source }
                try each(
                    answers(
                        to: embeddings(of: batch, by: embedder),
                        from: batch.decoded.map { (dataset.samples[$0].source, isBlank.contains($0)) }))
            }
            work.update(WorkProgress(done: batch.range.upperBound, total: dataset.count))
        }
        if !blank.isEmpty { monitor.note(.blank(blank)) }
        return skipped
    }

    private func embeddings(of batch: InputBatch, by embedder: Embedder) throws -> Matrix {
        guard query.augments else { return embedder.embeddings(of: batch) }
        let (plain, mean) = embedder.averagedEmbeddings(of: batch)
        guard !index.metric.kind.mayBeNegative else { return mean }
        var averaged = mean
        let nearest = try index.read { try $0.neighbours(of: plain, k: 1) }
        for (row, found) in nearest.enumerated() where found.first.map({ $0.distance <= 0 }) ?? false {
            averaged[row] = plain[row]
        }
        return averaged
    }

    /// Nothing is left out of a file of vectors.
    func ask(
        aboutVectors file: String, _ work: Work, _ each: ([QueryAnswer]) throws -> Void
    ) throws -> [Skipped] {
        let vectors = try Matrix(vectorsIn: file, by: index.backbone)
        let source = absolutePath(file)
        for first in stride(from: 0, to: vectors.rows, by: Self.batchSize) {
            try checkIfCancelled()
            let rows = first..<min(first + Self.batchSize, vectors.rows)
            try each(
                answers(to: vectors.rows(at: rows), from: rows.map { (Source("\(source)#\($0)"), false) }))
            work.update(WorkProgress(done: rows.upperBound, total: vectors.rows))
        }
        return []
    }

    private func checkIfCancelled() throws {
        if monitor.isCancelled { throw JobError.interrupted(.answered(count)) }
    }

    /// Answers some queries, `[sources, dimension]`.
    private func answers(
        to queries: Matrix, from sources: [(source: Source, isBlank: Bool)]
    ) throws -> [QueryAnswer] {
        let answers: Answers
        do {
            answers = try inquiry.answers(to: queries)
        } catch ClassificationError.nothingAdmitted {
            try checkGroups()
            throw ClassificationError.nothingAdmitted
        }
        if count == 0, let note = answers.note { monitor.note(.classifier(note)) }
        count += answers.predictions.count
        if query.sheet != nil { kept += zip(sources, answers.predictions).map { ($0.source, $1) } }
        return zip(sources, answers.predictions).map { QueryAnswer($0.source, $1, isBlank: $0.isBlank) }
    }

    /// Names a group that the index has not, where nothing was left to compare with. Looks at every item: not to be
    /// asked before that.
    private func checkGroups() throws {
        guard let groups = query.scope.filter.groups else { return }
        let known = Set(try index.items().compactMap(\.group)).sorted()
        for group in groups where !known.contains(group) {
            throw JobError.unknownGroup(group, nearest: nearest(to: group, in: known))
        }
    }
}
