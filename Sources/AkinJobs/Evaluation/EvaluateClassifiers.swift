import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch

/// Has classifiers answer the same labelled pictures by the items of an index, and tells how often each is right, and how long it
/// takes (thesis, table 5.10).
public struct EvaluateClassifiers: Job {
    /// By whose items the answers are made.
    public var index: IndexPlace
    /// A folder with a sub-folder for each class, or another index with embeddings of the same backbone.
    public var pictures: String
    /// How it is read where it is a folder of pictures.
    public var reading: FolderReading
    /// Which are asked.
    public var classifiers: [Classifier]
    /// Whether pictures that the index has too are asked about.
    public var keepsCopies: Bool

    /// Those of the table, with support vector machines that tell classes apart for its regressions on the class' number.
    public static let ofThesis: [Classifier] =
        [.averageClassDistance] + SupportVectors.Kernel.allCases.map { .supportVectors(kernel: $0) }
        + [1, 5, 15, 25].map { .nearestNeighbours(k: $0) }
        + [25, 50, 75, 100].map { .randomForest(trees: $0) }

    /// What is to be asked about what.
    public init(
        _ index: IndexPlace, on pictures: String, classifiers: [Classifier] = Self.ofThesis,
        _ reading: FolderReading = FolderReading(), keepingCopies: Bool = false
    ) {
        self.index = index
        self.pictures = pictures
        self.classifiers = classifiers
        self.reading = reading
        keepsCopies = keepingCopies
    }

    /// What is asked about.
    private struct Questions {
        var labels: [String]
        var contents: [ContentHash]
        var embeddings: Matrix
        var skipped: [Skipped] = []
    }

    /// Asks.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Evaluated<ClassifierReport> {
        let index = try index.reading()
        for classifier in classifiers { try classifier.check(metric: index.metric.kind) }
        try monitor.checkMachine()
        let (items, embeddings) = try index.labelled()
        guard !items.isEmpty else { throw JobError.noItems(index.path) }
        var questions = try questions(for: index, monitor)
        let own = keepsCopies ? [] : Set(items.map(\.contentHash))
        let kept = questions.contents.indices.filter { !own.contains(questions.contents[$0]) }
        let copies = questions.labels.count - kept.count
        guard !kept.isEmpty || copies == 0 else {
            throw JobError.onlyCopies(pictures, index: index.path)
        }
        if copies > 0 {
            questions.labels = kept.map { questions.labels[$0] }
            questions.embeddings = questions.embeddings.rows(at: kept)
        }
        let table = try ClassifierTable(
            known: Examples(
                labels: ItemLabels(items.map(\.label)), trusted: embeddings, metric: index.metric),
            questions: Examples(
                labels: ItemLabels(questions.labels), trusted: questions.embeddings, metric: index.metric),
            copies: keepsCopies ? nil : copies)
        let report = try monitor.during("answering", unit: "classifiers", endsInOrder: true) { work in
            try table.report(classifiers) { done in
                work.update(WorkProgress(done: done, total: classifiers.count))
                return !monitor.isCancelled
            }
        }
        guard let report else { throw JobError.interrupted(.wroteNothing) }
        return Evaluated(report: report, skipped: questions.skipped)
    }

    private func questions(for index: EmbeddingIndex, _ monitor: Monitor) throws -> Questions {
        guard EmbeddingIndex.exists(at: pictures) else {
            let images = try monitor.embed(pictures, reading, with: index.storedBackbone)
            return Questions(
                labels: images.labels, contents: images.contents, embeddings: images.embeddings,
                skipped: images.skipped)
        }
        let other = try EmbeddingIndex(opening: pictures, readOnly: true)
        // Of imported embeddings it may not be known what made them.
        if index.hasBackbone, other.hasBackbone { try index.check(other.backbone) }
        let (items, embeddings) = try other.labelled()
        return Questions(
            labels: items.map(\.label), contents: items.map(\.contentHash), embeddings: embeddings)
    }
}
