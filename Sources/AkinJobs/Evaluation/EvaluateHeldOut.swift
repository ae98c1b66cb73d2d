import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinIndexing
import AkinReporting

/// Asks an index about labelled pictures that it has not seen.
public struct EvaluateHeldOut: Job {
    /// What is asked.
    public var index: IndexPlace
    /// Folders with a sub-folder for each class; several are asked about together, and counted apart as well.
    public var folders: [String]
    /// How they are read.
    public var reading: FolderReading
    /// How the class is found; nil: as the index is to be asked.
    public var classifier: Classifier?
    /// How many neighbours an answer lists, at least those that voted.
    public var listing: Int
    /// Whether a picture that the index has too is compared with itself.
    public var keepsCopies: Bool
    /// A page of HTML is written there that shows the pictures beside their neighbours.
    public var sheet: OutputFile?
    /// How it was asked, for the foot of that page: a command as one would type it.
    public var command: String?

    /// What came of it; encoded, the report.
    public struct Result: Encodable, Sendable {
        /// How it went.
        public let report: HoldOutReport
        /// What the report is made from, one for each picture that could be read.
        public let outcomes: Outcomes
        /// The answer of each of the outcomes.
        public let answers: [Answer]
        /// Pictures that could not be read, and why.
        public let skipped: [Skipped]
        let index: String
        let explanation: String

        /// As the report.
        public func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }

        /// A page of HTML that shows the pictures beside their neighbours, as far as they can be read.
        ///
        /// - Parameter command: How it was asked, for its foot.
        public func sheet(command: String? = nil) -> Sheet {
            let pictures = SourcePictures()
            return Sheet(
                answersOf: outcomes, answers, title: "Pictures that \(index) had not seen",
                explanation: explanation,
                foot: PageFoot(
                    index: absolutePath(index), classifier: outcomes.classifier, command: command)
            ) { pictures.picture(of: $0) }
        }
    }

    /// What is to be asked about what.
    public init(
        _ index: IndexPlace, on folders: [String], classifier: Classifier? = nil,
        listing: Int = 5, _ reading: FolderReading = FolderReading(), keepingCopies: Bool = false,
        sheet: OutputFile? = nil
    ) {
        self.index = index
        self.folders = folders
        self.reading = reading
        self.classifier = classifier
        self.listing = listing
        keepsCopies = keepingCopies
        self.sheet = sheet
    }

    /// Asks.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let index = try index.reading()
        let classifier = try index.classifier(or: classifier)
        let backbone = try index.storedBackbone
        try monitor.checkMachine()
        var parts: [(name: String, dataset: Dataset)] = []
        for folder in folders {
            parts.append((folder, try Dataset(folder: folder, reading).withPages(takingAll: false)))
            monitor.note(parts.last!.dataset)
        }
        try OutputFile.check([sheet], of: self.index) {
            try parts.flatMap(\.dataset.files) + index.items().files
        }
        let images = try monitor.embed { progress in
            HeldOutImages(parts: parts, for: backbone) { progress(WorkProgress(done: $0, total: $1)) }
        }
        let (outcomes, answers) = try images.outcomes(
            in: index, classifier: classifier, listing: listing, keepingCopies: keepsCopies)
        if let note = outcomes.note { monitor.note(.classifier(note)) }
        let result = Result(
            report: HoldOutReport(outcomes), outcomes: outcomes, answers: answers,
            skipped: images.skipped, index: self.index.path, explanation: classifier.explanation)
        if let sheet { try result.sheet(command: command).write(to: sheet) }
        return result
    }
}
