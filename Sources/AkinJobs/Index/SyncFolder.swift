import AkinDatasets
import AkinEmbedding
import AkinIndexing
import AkinItems

/// Makes an index follow a folder with a sub-folder for each label: adds new pictures, embeds changed ones again, removes
/// those that are gone. What was moved or renamed is told by its content, and so is a folder that was. Items from
/// elsewhere stay as they are, and one that was given another label keeps it.
public struct SyncFolder: Job {
    /// Which is to follow.
    public var index: IndexPlace
    /// What it follows. One that is missing or empty is an error, and removes nothing.
    public var folder: String
    /// How it is read.
    public var reading: FolderReading
    /// Whether all pages of TIFF files are taken, or the first of each.
    public var takesAllPages = false
    /// Whether nothing is changed or embedded, and only told what would be.
    public var isTrial = false

    /// What was done.
    @dynamicMemberLookup
    public struct Result: Encodable, Sendable {
        /// What became of the files.
        public let report: SyncReport
        /// What would become of the items, where it was only tried; nil where it was done.
        public let trial: [ItemChange]?

        /// Of the report.
        public subscript<Value>(dynamicMember part: KeyPath<SyncReport, Value>) -> Value {
            report[keyPath: part]
        }

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            try trial?.encodeAsTrial(to: encoder)
        }
    }

    /// What is to follow what.
    public init(_ folder: String, to index: IndexPlace, _ reading: FolderReading = FolderReading()) {
        self.index = index
        self.folder = folder
        self.reading = reading
    }

    /// Does it. Cancelled, it removes nothing; what has been added stays.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        if isTrial { return try tried(index.reading(), monitor) }
        return try index.changing(monitor) { try sync($0, monitor) }
    }

    private func sync(_ index: EmbeddingIndex, _ monitor: Monitor) throws -> Result {
        let backbone = try index.storedBackbone
        try monitor.checkMachine()
        let dataset = try Dataset(toSync: folder, reading).withPages(takingAll: takesAllPages)
        monitor.note(dataset)
        let report = try monitor.notingNewLabels(of: index) {
            try monitor.inTransactions("syncing", interruption: { .added($0, of: $1, unit: "images") }) {
                try index.sync(
                    folder, to: dataset, embedder: Embedder(backbone), isCancelled: $0, progress: $1)
            }
        }
        monitor.noteContradictions(among: report.copies)
        try monitor.afterChange {
            try monitor.maintain(index)
            try monitor.noteWhatTellsNothing(report.blank, in: index)
            if report.added + report.updated > 0 { try monitor.noteBetterClassifier(of: index) }
        }
        return Result(report: report, trial: nil)
    }

    private func tried(_ index: EmbeddingIndex, _ monitor: Monitor) throws -> Result {
        let trial = try IndexTrial(index)
        let dataset = try Dataset(toSync: folder, reading).withPages(takingAll: takesAllPages)
        monitor.note(dataset)
        let report = try monitor.notingNewLabels(of: trial.gallery) {
            try monitor.tryingOut {
                try trial.gallery.sync(
                    folder, to: dataset, embedder: trial.embedder, isCancelled: $0, progress: $1)
            }
        }
        monitor.noteContradictions(among: report.copies)
        if !report.blank.isEmpty { monitor.note(.blank(report.blank)) }
        return Result(report: report, trial: try trial.changes())
    }
}
