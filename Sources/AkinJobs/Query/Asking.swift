import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinExchange
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch

/// A query that goes on.
final class Asking {
    private let query: Query
    private var index: EmbeddingIndex
    private let monitor: Monitor
    private var inquiry: Inquiry<EmbeddingIndex>
    /// What the index says of how it is to be asked.
    private var settings: [[UInt8]?]
    /// Answers given.
    private(set) var count = 0
    private var page: QueryPage?
    /// All replies, where a table is made of them.
    private var tabled: [QueryReply] = []
    /// How many inputs could not be read, and the first of them.
    private(set) var failed = 0
    private(set) var skipped: [Skipped] = []
    private var blank: [Source] = []
    /// Files that are there and will be written over.
    private let replaced: Set<FileIdentity>
    /// One of the inputs that is such a file.
    private(set) var inputInUse: String?
    /// So many are told at the end, of a query that may go on for ever.
    private static let mostTold = 1000

    /// Vectors: as many as fill a search a few times over.
    private static let batchSize = 256

    init(_ query: Query, _ index: EmbeddingIndex, _ monitor: Monitor) throws {
        self.query = query
        self.index = index
        self.monitor = monitor
        if let calibration = try index.calibration {
            if !calibration.isCurrent { monitor.note(.calibratedByOtherRules) }
            let classifier = try index.classifier(or: query.classifier)
            if calibration.classifier != classifier {
                monitor.note(.calibratedForOther(calibration.classifier, now: classifier))
            }
            let (before, now) = (calibration.total, try index.count)
            if abs(now - before) * 10 > before { monitor.note(.calibratedBefore(items: before, now: now)) }
        }
        replaced = Set(
            [query.sheet, query.table].compactMap(\.self).filter { !$0.isStream }
                .compactMap { FileIdentity(path: $0.path) })
        settings = try Self.settings(of: index)
        inquiry = try Self.inquiry(of: query, in: index)
    }

    /// Of a page of answers, where one is wanted; about how many questions there will be.
    func beginPage(expecting questions: Int, ofPictures isOfPictures: Bool) throws {
        guard let sheet = query.sheet else { return }
        page = try QueryPage(sheet, query, index, expecting: questions, ofPictures: isOfPictures)
    }

    /// Writes it, and the table.
    func finish() throws {
        try page?.write()
        guard let table = query.table else { return }
        let rows = query.leastSureFirst ? tabled.sorted { $0.sureness < $1.sureness } : tabled
        try table.write(SpreadsheetTable(of: rows).bytes)
    }

    private static func settings(of index: EmbeddingIndex) throws -> [[UInt8]?] {
        [try index.classifierRecord, try index.calibrationRecord]
    }

    private static func inquiry(
        of query: Query, in index: EmbeddingIndex
    ) throws -> Inquiry<EmbeddingIndex> {
        let classifier = try index.classifier(or: query.classifier)
        let isOfAll = query.scope == ItemScope()
        return Inquiry(
            classifier, in: index, scope: query.scope, listing: query.listing, method: query.method,
            calibration: try index.calibration, heedsEquals: query.classifier == nil
        ) { isOfAll ? try ($0 as? IndexReader)?.keptFit(of: classifier) : nil }
    }

    /// Somebody may have calibrated the index since.
    private func renew() throws {
        let now = try Self.settings(of: index)
        guard now != settings else { return }
        (settings, inquiry) = (now, try Self.inquiry(of: query, in: index))
    }

    /// Asks about pictures.
    func ask(
        about paths: QueryInputs.Paths, waitsForInput: Bool, _ work: Work,
        _ each: ([QueryReply]) throws -> Void
    ) throws {
        let backbone = try index.storedBackbone
        let inputs = QueryInputs(paths, waitsForInput: waitsForInput, query.reading, for: backbone.input)
        defer { inputs.stop() }
        // Meanwhile the pictures of a large folder are found.
        var embedder = Embedder(backbone)
        while let batch = inputs.next(unless: { monitor.isCancelled }) {
            try checkIfCancelled()
            if !replaced.isEmpty, inputInUse == nil {
                inputInUse =
                    batch.inputs.first {
                        FileIdentity(source: $0.source.path).map(replaced.contains) ?? false
                    }?.name
            }
            let samples = page == nil ? [] : batch.inputs.compactMap(\.sample)
            try give(replies(to: batch, by: &embedder, inputs), of: samples, to: each)
            if let progress = batch.progress { work.update(progress) }
        }
        if !inputs.isOver { try checkIfCancelled() }
        monitor.note(inputs.found)
        if !blank.isEmpty { monitor.note(.blank(blank)) }
    }

    private func give(
        _ replies: [QueryReply], of samples: [Sample], to each: ([QueryReply]) throws -> Void
    ) throws {
        try page?.append(replies, of: samples)
        if query.table != nil { tabled += replies }
        for reply in replies {
            switch reply {
            case .answer(let answer):
                if answer.blank == true, blank.count < Self.mostTold { blank.append(answer.source) }
            case .failure(let failure):
                failed += 1
                if skipped.count < Self.mostTold { skipped.append(failure.skipped) }
            }
        }
        try each(replies)
    }

    /// One for each input. Another program may have given the index another backbone since: then that answers, and what was
    /// read for the old one is read again.
    private func replies(
        to batch: QueryInputs.Batch, by embedder: inout Embedder, _ inputs: QueryInputs
    ) throws -> [QueryReply] {
        while true {
            do {
                return try replies(to: batch, by: embedder)
            } catch IndexError.rebuilt {
                embedder = Embedder(try reopened())
                inputs.read(for: embedder.backbone.input)
                monitor.note(.otherBackbone(index.backbone.name))
            }
        }
    }

    /// The new backbone, where that is not changed at once again.
    private func reopened() throws -> any Backbone {
        while true {
            index = try index.reopened()
            do {
                (settings, inquiry) = (try Self.settings(of: index), try Self.inquiry(of: query, in: index))
                return try index.storedBackbone
            } catch IndexError.rebuilt {}
        }
    }

    private func replies(to batch: QueryInputs.Batch, by embedder: Embedder) throws -> [QueryReply] {
        let read = batch.read(for: embedder.backbone.input)
        // By their positions among the samples.
        let asked = batch.inputs.filter { $0.failure == nil }
        let isBlank = Set(read.blank)
        var answerOf: [Int: QueryAnswer] = [:]
        var failures = Dictionary(
            uniqueKeysWithValues: read.skipped.map { ($0.position, $0.skipped.reason) })
        if !read.decoded.isEmpty {
            do {
                let answers = try answers(
                    to: embeddings(of: read, by: embedder),
                    from: read.decoded.map { (asked[$0].name, asked[$0].source, isBlank.contains($0)) })
                answerOf = Dictionary(uniqueKeysWithValues: zip(read.decoded, answers))
            } catch let error as ClassificationError where goesOn(after: error) {
                for position in read.decoded { failures[position] = error.description }
            }
        }
        var position = -1
        return batch.inputs.map { input in
            if input.failure == nil { position += 1 }
            if input.failure == nil, let answer = answerOf.removeValue(forKey: position) {
                return .answer(answer)
            }
            let error = input.failure ?? failures[position] ?? ""
            return .failure(QueryFailure(input: input.name, source: input.source, error: error))
        }
    }

    /// Whether a query that another program keeps open is not ended by what has become of the index meanwhile: it may be filled
    /// again.
    private func goesOn(after error: ClassificationError) -> Bool {
        guard case .stream = query.subject, count > 0 else { return false }
        return error == .nothingToCompareWith || error == .nothingAdmitted
    }

    private func embeddings(of batch: InputBatch, by embedder: Embedder) throws -> Matrix {
        guard query.augments else { return embedder.embeddings(trusted: batch) }
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
    func ask(aboutVectors file: String, _ work: Work, _ each: ([QueryReply]) throws -> Void) throws {
        let vectors = try Matrix(vectorsIn: file, by: index.backbone)
        let source = absolutePath(file)
        for first in stride(from: 0, to: vectors.rows, by: Self.batchSize) {
            try checkIfCancelled()
            let rows = first..<min(first + Self.batchSize, vectors.rows)
            let answers = try answers(
                to: vectors.rows(at: rows),
                from: rows.map { ("\(file)#\($0)", Source("\(source)#\($0)"), false) })
            try give(answers.map { .answer($0) }, of: [], to: each)
            work.update(WorkProgress(done: rows.upperBound, total: vectors.rows))
        }
    }

    private func checkIfCancelled() throws {
        if monitor.isCancelled { throw JobError.interrupted(.answered(count)) }
    }

    /// Answers some queries, `[inputs, dimension]`.
    private func answers(
        to queries: Matrix, from inputs: [(name: String, source: Source, isBlank: Bool)]
    ) throws -> [QueryAnswer] {
        try renew()
        let answers = try inquiry.answers(to: queries)
        if count == 0, let note = answers.note { monitor.note(.classifier(note)) }
        count += answers.predictions.count
        return zip(inputs, answers.predictions).map {
            QueryAnswer(
                $0.name, $0.source, $1, isCalibrated: inquiry.isCalibrated, isBlank: $0.isBlank)
        }
    }
}
