import AkinBasics
import AkinClassification
import AkinEmbedding
import AkinEvaluation
import AkinImages
import AkinIndexing
import AkinItems
import AkinReporting
import AkinTensors
import AkinVectorSearch

/// Looks at an index from all sides, and tells people what it holds, how well it answers, what it mixes up and how far its answers can be
/// believed: in sentences, and as a page of HTML with pictures, charts and a map.
///
/// ```swift
/// let report = try ReportIndex("seals", to: "seals.html").run(Monitor())
/// for sentence in report.summary { print(sentence) }
/// ```
public struct ReportIndex: Job {
    /// Which.
    public var index: IndexPlace
    /// Where the page goes; nil: nowhere.
    public var output: OutputFile?
    /// So many items are asked about and lie on the map at most, of each class its share.
    public var limit: Int
    /// So many mistakes are shown at most.
    public var mistakes: Int
    /// By which the map begins.
    public var seed: UInt64
    /// With what to go on, at the end of the page: what each is for, and the command.
    public var commands: [(purpose: String, line: String)] = []

    /// What is to be reported of.
    public init(
        _ index: IndexPlace, to output: OutputFile? = nil, limit: Int = 10_000, mistakes: Int = 200,
        seed: UInt64 = 1
    ) {
        (self.index, self.output, self.limit) = (index, output, limit)
        (self.mistakes, self.seed) = (mistakes, seed)
    }

    /// Reports. Cancelled, there is no file, or that of before.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        guard limit > 0, mistakes >= 0 else {
            throw JobError.unusableNumber(
                what: "the number of items or mistakes", value: "\(min(limit, mistakes))",
                allowed: "1 or more items, 0 or more mistakes")
        }
        try monitor.checkMachine()
        let index = try index.reading()
        let (items, embeddings, copies) = try index.read { reader in
            let (items, embeddings) = try reader.labelled()
            return (items, embeddings, try reader.copies())
        }
        try OutputFile.check([output], of: self.index) { items.files }
        monitor.noteContradictions(among: copies)
        var report = IndexReport(
            index: absolutePath(index.path),
            items: items.map { IndexReport.Entry(label: $0.label, source: $0.source, group: $0.group) },
            backbone: index.backbone.name, dimension: index.dimension, metric: index.metric.kind,
            classifier: try index.classifier(or: nil))
        (report.copies, report.calibration) = (copies, try index.calibration)
        report.onePoint = try index.onePoint()?.description
        (report.commands, report.mostMistakes, report.seed) = (commands, mistakes, seed)

        let usable = items.indices.filter { isUsableEmbedding(embeddings[$0]) }
        let examples = LeftOutAsked(
            items: usable.map { items[$0] },
            embeddings: usable.count < items.count ? embeddings.rows(at: usable) : embeddings,
            metric: index.metric)
        do {
            report.answers = try monitor.during("leaving each out", unit: "rounds") { work in
                try examples.answers(
                    by: report.classifier, report.calibration, limit: limit,
                    isCancelled: { monitor.isCancelled }
                ) { work.update($0) }
            }
        } catch let error as EvaluationError { report.silence = error.description }
        if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
        report.trials = try trials(examples, beside: report.classifier, monitor)
        if let output {
            report.map = try map(examples, of: items.count, report, monitor)
            let pictures = try monitor.pictures(of: report.allSources, side: IndexReport.pictureSide)
            if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
            try Sheet(report: report, pictures: pictures).write(to: output)
        }
        return Result(report, file: output?.path)
    }

    /// What other classifiers make of the items, the best first; none where that would take long.
    private func trials(
        _ examples: LeftOutAsked, beside own: Classifier, _ monitor: Monitor
    ) throws -> [IndexReport.Trial] {
        guard examples.items.count <= CalibrateIndex.limit else { return [] }
        let items = LeftOutItems(
            examples.items, examples.embeddings, examples.metric, limit: CalibrateIndex.limit, seed: seed)
        guard items.examples.labels.names.count > 1, items.costOfFit <= CalibrateIndex.mostFitted else {
            return []
        }
        let others =
            CalibrateIndex.candidates(for: items) + [.averageClassDistance, .nearestNeighbours(k: 1)]
        let tried: CandidateClassifiers
        do {
            tried = try CandidateClassifiers([own] + others.filter { $0 != own }, asked: items, monitor)
        } catch JobError.interrupted { throw JobError.interrupted(.wroteNothing) }
        return tried.classifiers.indices.compactMap { candidate in
            tried.accuracy(of: candidate).map {
                IndexReport.Trial(
                    tried.classifiers[candidate], tried.tally(of: candidate), mean: $0)
            }
        }.sorted { ($1.mean, $0.tally.errors) < ($0.mean, $1.tally.errors) }
    }

    /// Of those that are asked about; nil where there are too few for one.
    private func map(
        _ examples: LeftOutAsked, of all: Int, _ report: IndexReport, _ monitor: Monitor
    ) throws -> MapPicture? {
        let positions = examples.spread(limit)
        guard positions.count > 2 else { return nil }
        let embeddings =
            positions.count < examples.items.count
            ? examples.embeddings.rows(at: positions) : examples.embeddings
        let map = try monitor.during("mapping", unit: "steps") { work in
            try PlaneMap(
                of: embeddings, by: examples.metric, seed: seed, isCancelled: { monitor.isCancelled },
                progress: { work.update($0) })
        }
        guard let map, !monitor.isCancelled else { throw JobError.interrupted(.wroteNothing) }
        var picture = MapPicture(
            index: report.index,
            items: positions.map {
                MapPicture.Entry(label: examples.items[$0].label, source: examples.items[$0].source)
            },
            map: map,
            trust: Trustworthiness(of: map.points, showing: embeddings, by: examples.metric, seed: seed),
            metric: report.metric, backbone: report.backbone)
        (picture.seed, picture.all) = (seed, all)
        return picture
    }
}

extension IndexReport {
    /// All that may be shown: those of the page, then those of the map.
    fileprivate var allSources: [Source] {
        let own = shownSources
        let known = Set(own)
        guard let map else { return own }
        return own + map.pictured.map { map.items[$0].source }.filter { !known.contains($0) }
    }
}
