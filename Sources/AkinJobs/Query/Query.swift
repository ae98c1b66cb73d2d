import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinExchange
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch
import Synchronization

/// Asks an index what pictures, or vectors, are.
///
/// ```swift
/// let result = try Query(["unknown.jpg"], in: "seals").run(Monitor())
/// for answer in result.answers { print(answer.source, answer.label) }
/// ```
public struct Query: Job {
    /// What is asked about.
    public enum Subject: Sendable {
        /// Picture files, and all pictures in folders; `-` is one on standard input.
        case pictures([String])
        /// The same as they come, from another program for example: each is answered at once.
        case stream(Paths)
        /// The vectors of a file, which the backbone of the index has made.
        case vectors(String)
    }

    /// Gives the next paths of a stream, at most so many; waits until there is one. None at its end. Called by a thread of the
    /// query's own.
    public typealias Paths = @Sendable (_ most: Int) -> [String]

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
    public var sheet: OutputFile?
    /// Whether page and table begin with the answers of which least is sure, not with the first.
    public var leastSureFirst = false
    /// How it was asked, for the foot of that page: a command as one would type it.
    public var command: String?
    /// A table of the answers for spreadsheets is written there, CSV.
    public var table: OutputFile?
    /// Files that a stream's paths come from: none of them is written over.
    public var lists: [String] = []
    /// How folders are read; no label is taken from them.
    public var reading: FolderReading
    /// Whether a picture's embedding is averaged over small shifts and rotations, which takes `Embedder.viewsOfAverage` times as long;
    /// one that is in the index is asked about as it is.
    public var augments = false

    /// All answers.
    public struct Result: Encodable, Sendable {
        /// In the order of what was asked about, as far as that can be read.
        public let answers: [QueryAnswer]
        /// Pictures that could not be read, and why.
        public let skipped: [Skipped]
    }

    /// What came of a query whose answers were given as they came.
    public struct Summary: Encodable, Sendable {
        /// How many answers were given.
        public let answered: Int
        /// How many pictures could not be read.
        public let failed: Int
        /// The first thousand of them, and why not.
        public let skipped: [Skipped]
    }

    /// Who is asked what.
    public init(
        about subject: Subject, in index: IndexPlace,
        classifier: Classifier? = nil, listing: Int = 5, scope: ItemScope = ItemScope(),
        method: SearchMethod = .automatic, sheet: OutputFile? = nil,
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
        let summary = try run(monitor) { answers += $0.compactMap(\.answer) }
        return Result(answers: answers, skipped: summary.skipped)
    }

    /// Asks, and gives what comes of it as it comes: `each` is called with some replies, one for each picture that was asked about, in
    /// their order. A batch sees the index as it is then, whatever others change meanwhile, be it the backbone.
    ///
    /// Cancelled, it writes sheet and table of what was answered by then, and throws `JobError.interrupted`.
    @discardableResult
    public func run(_ monitor: Monitor, each: ([QueryReply]) throws -> Void) throws -> Summary {
        while true {
            var hasBegun = false
            do {
                return try ask(monitor) {
                    hasBegun = true
                    try each($0)
                }
            } catch IndexError.rebuilt where !hasBegun {
                // Another program has given it another backbone while it was opened.
            }
        }
    }

    private func ask(_ monitor: Monitor, each: ([QueryReply]) throws -> Void) throws -> Summary {
        let index = try index.reading()
        try monitor.checkMachine()
        try scope.filter.check(in: index)
        try monitor.noteUnknownGroup(scope.excluding, in: index)
        let asking = try Asking(self, index, monitor)
        let unit = if case .vectors = subject { "vectors" } else { "images" }
        var interruption: JobError.Interruption?
        do {
            try monitor.during("answering", unit: unit, endsInOrder: true) { work in
                try ask(asking, of: index, work, each)
            }
        } catch JobError.interrupted(let early) {
            guard asking.count + asking.failed > 0 else { throw JobError.interrupted(early) }
            interruption = early
        }
        if let input = asking.inputInUse { throw JobError.fileInUse(input, by: .input) }
        try asking.finish()
        if let interruption { throw JobError.interrupted(interruption) }
        return Summary(answered: asking.count, failed: asking.failed, skipped: asking.skipped)
    }

    private func ask(
        _ asking: Asking, of index: EmbeddingIndex, _ work: Work, _ each: ([QueryReply]) throws -> Void
    ) throws {
        switch subject {
        case .pictures(let paths):
            let left = Mutex(paths[...])
            let next: Paths = { most in
                left.withLock { left in
                    defer { left = left.dropFirst(most) }
                    return Array(left.prefix(most))
                }
            }
            // What is wrong with one of them is told when it is its turn.
            func files() -> [String] {
                paths.flatMap { (try? Dataset(files: [$0], label: "unknown", reading).files) ?? [$0] }
            }
            try check(index, files)
            try asking.beginPage(expecting: sheet == nil ? 0 : files().count, ofPictures: true)
            let given = QueryInputs.Paths(next: next, count: paths.count, takesStandardInput: true)
            try asking.ask(about: given, waitsForInput: paths.contains("-"), work, each)
        case .stream(let paths):
            try check(index) { lists }
            try asking.beginPage(expecting: 0, ofPictures: true)
            let given = QueryInputs.Paths(next: paths, count: nil, takesStandardInput: false)
            try asking.ask(about: given, waitsForInput: true, work, each)
        case .vectors(let file):
            try check(index) { [file] }
            try asking.beginPage(expecting: 0, ofPictures: false)
            try asking.ask(aboutVectors: file, work, each)
        }
    }

    private func check(_ index: EmbeddingIndex, _ inputs: () throws -> [String]) throws {
        try OutputFile.check([sheet, table], of: self.index) { try inputs() + index.items().files }
    }
}
