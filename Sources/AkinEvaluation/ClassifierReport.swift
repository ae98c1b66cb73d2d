import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// How classifiers answer the same questions by the same items (thesis, table 5.10); a JSON document.
public struct ClassifierReport: Codable, Sendable, Equatable {
    /// How many items the answers are made by.
    public var items: Int
    /// How many classes these have.
    public var classes: Int
    /// Length of an embedding.
    public var dimension: Int
    /// How distances are measured.
    public var metric: Metric.Kind
    /// How many pictures were asked about.
    public var questions: Int
    /// How many others were not, for the items have them as well; nil (and absent) where they were asked about too.
    public var copies: Int?
    /// Labels of the questions that the items do not have: they count as errors.
    public var absent: [String]
    /// In the order in which they were given.
    public var classifiers: [Row]

    package init(
        items: Int, classes: Int, dimension: Int, metric: Metric.Kind, questions: Int, copies: Int?,
        absent: [String], classifiers: [Row]
    ) {
        (self.items, self.classes, self.dimension, self.metric) = (items, classes, dimension, metric)
        (self.questions, self.copies, self.absent) = (questions, copies, absent)
        self.classifiers = classifiers
    }

    /// What one of them answered.
    public struct Row: Measured, Codable, Sendable, Equatable {
        /// Which, with its settings.
        public var classifier: String
        /// How many pictures were asked about.
        public var items: Int
        /// How many were given a wrong class.
        public var errors: Int
        /// 0...1
        public var accuracy: Double
        /// Wilson's 95 % interval of `accuracy`.
        public var interval: Interval
        /// How long it took to fit, in seconds; next to nothing for those that look at the items when they are asked.
        public var fitSeconds: Double
        /// How long it took to answer all, in seconds, without embedding the pictures.
        public var answerSeconds: Double

        package init(classifier: String, _ tally: Tally, fitSeconds: Double, answerSeconds: Double) {
            self.classifier = classifier
            (items, errors) = (tally.items, tally.errors)
            (accuracy, interval) = (tally.accuracy, tally.interval)
            (self.fitSeconds, self.answerSeconds) = (fitSeconds, answerSeconds)
        }

        enum CodingKeys: String, CodingKey {
            case classifier, items, errors, accuracy, interval
            case fitSeconds = "fit_seconds"
            case answerSeconds = "answer_seconds"
        }
    }
}

/// Labelled embeddings by which others, whose classes are known, are answered.
public struct ClassifierTable: Sendable {
    private let known: Examples
    private let questions: Examples
    private let copies: Int?

    /// - Parameters:
    ///   - known: By which the answers are made.
    ///   - questions: Of the same dimension, by the same metric.
    ///   - copies: How many were taken out of these, for they are among the known; nil where nobody looked.
    /// - Throws: `EvaluationError.nothingToEvaluate`, `ClassificationError.nothingToCompareWith`, `.wrongDimension`, `.notANumber`
    public init(known: Examples, questions: Examples, copies: Int? = nil) throws {
        guard questions.labels.count > 0 else { throw EvaluationError.nothingToEvaluate }
        guard known.labels.count > 0 else { throw ClassificationError.nothingToCompareWith }
        let (dimension, found) = (known.embeddings.columns, questions.embeddings.columns)
        guard dimension == found else {
            throw ClassificationError.wrongDimension(expected: dimension, found: found)
        }
        for row in 0..<questions.embeddings.rows where !questions.embeddings[row].allSatisfy(\.isFinite) {
            throw ClassificationError.notANumber(query: row)
        }
        self.known = known
        self.questions = questions
        self.copies = copies
    }

    /// Fits each of the classifiers and asks it. All hold what they need in memory, and none lists neighbours: so the times are those of
    /// the classifiers alone.
    ///
    /// - Parameter progress: Is told after each how many are done; false ends it, and the report is nil.
    /// - Throws: `ClassificationError`
    public func report(
        _ classifiers: [Classifier], progress: (_ done: Int) -> Bool = { _ in true }
    ) throws -> ClassifierReport? {
        for classifier in classifiers { try classifier.check(metric: known.metric.kind) }
        let gallery = try known.gallery()
        let names = Set(known.labels.names)
        var report = ClassifierReport(
            items: known.labels.count, classes: names.count, dimension: known.embeddings.columns,
            metric: known.metric.kind, questions: questions.labels.count, copies: copies,
            absent: questions.labels.names.filter { !names.contains($0) }, classifiers: [])
        for (done, classifier) in classifiers.enumerated() {
            guard progress(done) else { return nil }
            let (labels, fit, answer) = try gallery.read { reader in
                let began = ContinuousClock.now
                let rule = try classifier.rule.fitted(to: reader, in: ItemScope())
                let fitted = ContinuousClock.now
                let labels = try rule.predictions(
                    for: questions.embeddings, in: reader, listing: 0, method: .exact
                ).map(\.label)
                return (labels, fitted - began, ContinuousClock.now - fitted)
            }
            let own = questions.labels
            let errors = zip(labels, own.classes).count { $0 != own.names[$1] }
            report.classifiers.append(
                ClassifierReport.Row(
                    classifier: classifier.description, Tally(items: own.count, errors: errors),
                    fitSeconds: fit / .seconds(1), answerSeconds: answer / .seconds(1)))
        }
        return progress(classifiers.count) ? report : nil
    }
}
