import AkinClassification
import AkinEvaluation
import AkinReporting

extension ReportIndex {
    /// What there is to say of an index.
    public struct Result: Encodable, Sendable {
        /// The index.
        public let index: String
        /// The file that was written, if one was to be.
        public let file: String?
        /// The most important in sentences.
        public let summary: [String]
        /// How many items it has.
        public let items: Int
        /// How many of them were asked about and could be answered rightly.
        public let asked: Int
        /// How many of these were given a wrong class.
        public let errors: Int
        /// Whether whole groups were left out.
        public let byGroup: Bool
        /// What share was right, 0...1; nil (and absent) where nothing could be asked about, or there is one class.
        public let accuracy: Double?
        /// Its 95 % interval.
        public let interval: Interval?
        /// The mean of the classes' shares.
        public let macroAccuracy: Double?
        /// Its 95 % interval.
        public let macroInterval: Interval?
        /// How often a stranger looks stranger than one of its own, 0...1; nil (and absent) with fewer than three classes.
        public let areaUnderROC: Double?
        /// What share of strangers is called known where 95 % of its own are.
        public let strangersKnownAt95: Double?
        /// By how much confidence and truth differ in the mean, 0...1; nil (and absent) where it is not calibrated.
        public let calibrationError: Double?
        /// Classes that are taken for others, most frequent first.
        public let confusions: [Confusion]
        /// What several classifiers make of the items, the best first; empty where that would take long.
        public let classifiers: [Trial]

        /// What a classifier makes of the items, each left out.
        public struct Trial: Encodable, Sendable {
            /// Which.
            public let classifier: Classifier
            /// How many it was asked about.
            public let asked: Int
            /// How many of them it gave a wrong class.
            public let errors: Int
            /// The mean of the classes' shares of right answers, 0...1.
            public let macroAccuracy: Double

            private enum CodingKeys: String, CodingKey {
                case classifier, asked, errors
                case macroAccuracy = "macro_accuracy"
            }
        }

        init(_ report: IndexReport, file: String?) {
            index = report.index
            self.file = file
            summary = report.summary.map(\.text)
            items = report.items.count
            let right = report.right
            (asked, errors) = (right?.tally.items ?? 0, right?.tally.errors ?? 0)
            byGroup = report.answers?.byGroup ?? false
            (accuracy, interval) = (right?.tally.accuracy, right?.interval)
            (macroAccuracy, macroInterval) = (report.mean?.accuracy, report.mean?.interval)
            let strangers = report.strangers
            areaUnderROC = strangers?.area
            strangersKnownAt95 = strangers?.strangersKnown(whereOwnAre: 0.95)
            calibrationError = report.reliability?.error
            confusions = report.confusions
            classifiers = report.trials.map {
                Trial(
                    classifier: $0.classifier, asked: $0.tally.items, errors: $0.tally.errors,
                    macroAccuracy: $0.mean)
            }
        }

        private enum CodingKeys: String, CodingKey {
            case index, file, summary, items, asked, errors, accuracy, interval, confusions, classifiers
            case byGroup = "by_group"
            case macroAccuracy = "macro_accuracy"
            case macroInterval = "macro_interval"
            case areaUnderROC = "auroc"
            case strangersKnownAt95 = "fpr_at_95_tpr"
            case calibrationError = "calibration_error"
        }
    }
}
