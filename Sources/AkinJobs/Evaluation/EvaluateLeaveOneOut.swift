import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinIndexing
import AkinReporting

/// Leaves each item of an index out once, and has all the others classify it, with the embeddings that there are.
public struct EvaluateLeaveOneOut: Job {
    /// Whose items.
    public var index: IndexPlace
    /// How the class is found; nil: as the index is to be asked.
    public var classifier: Classifier?
    /// Whether the whole group of an item is left out with it.
    public var byGroup: Bool
    /// Whether an item is compared with those of the same content too.
    public var keepsCopies: Bool
    /// A page of HTML is written there that shows the mistakes.
    public var sheet: OutputFile?
    /// How it was asked, for the foot of that page: a command as one would type it.
    public var command: String?

    /// What is to be evaluated.
    public init(
        _ index: IndexPlace, classifier: Classifier? = nil, byGroup: Bool = false,
        keepingCopies: Bool = false, sheet: OutputFile? = nil
    ) {
        self.index = index
        self.classifier = classifier
        self.byGroup = byGroup
        keepsCopies = keepingCopies
        self.sheet = sheet
    }

    /// Evaluates it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> LeaveOneOutReport {
        try monitor.checkMachine()
        let index = try index.reading()
        try OutputFile.check([sheet], of: self.index) { try index.items().files }
        let outcomes = try LeaveOneOut.outcomes(
            in: index, classifier: try index.classifier(or: classifier), byGroup: byGroup,
            keepingCopies: keepsCopies)
        if let note = outcomes.note { monitor.note(.classifier(note)) }
        if outcomes.nearCopies > 0 { monitor.note(.nearCopies(outcomes.nearCopies)) }
        let report = try LeaveOneOutReport(outcomes)
        if let sheet {
            let foot = PageFoot(
                index: absolutePath(self.index.path), classifier: report.classifier, command: command)
            try report.sheet(foot: foot).write(to: sheet)
        }
        return report
    }
}

extension LeaveOneOutReport {
    /// A page of HTML that shows the mistakes, with the pictures as far as they can be read.
    ///
    /// - Parameter foot: How it came about.
    public func sheet(foot: PageFoot? = nil) -> Sheet {
        let pictures = SourcePictures()
        return Sheet(mistakesOf: self, foot: foot) { pictures.picture(of: $0) }
    }
}
