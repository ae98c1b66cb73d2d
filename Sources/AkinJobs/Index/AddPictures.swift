import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinEvaluation
import AkinIndexing
import AkinItems

/// Embeds pictures and adds them to an index.
///
/// Those that are in the index already are left alone, or embedded again if the file has changed; one whose file lies in
/// another place now is still the same item. They keep the label that they have there, unless `label` or a manifest gives
/// another, or it was that of a folder that they have left.
public struct AddPictures: Job {
    /// To which.
    public var index: IndexPlace
    /// Folders whose sub-folders are the labels, and picture files; or one manifest, a CSV or TSV file.
    public var paths: [String]
    /// The label of all of them, however they lie in folders; files by themselves need it.
    public var label: String?
    /// How folders are read.
    public var reading: FolderReading
    /// Whether all pages of TIFF files are taken, or the first of each.
    public var takesAllPages = false
    /// Whether nothing is changed or embedded, and only told what would be.
    public var isTrial = false

    /// What is to be added.
    public init(
        _ paths: [String], to index: IndexPlace, label: String? = nil,
        _ reading: FolderReading = FolderReading()
    ) {
        self.index = index
        self.paths = paths
        self.label = label
        self.reading = reading
    }

    /// Whether the pictures are those of a manifest, which brings their labels.
    public var isManifest: Bool { Dataset.isManifest(paths) }

    /// The pictures, not yet read.
    func dataset() throws -> Dataset {
        try Dataset(of: paths, label: label, reading, takingAllPages: takesAllPages)
    }

    /// Adds them. Cancelled, or killed, it has lost nothing: run again, it goes on. What could not be read is in the
    /// result.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let keepsLabels = !isManifest && label == nil
        if isTrial { return try tried(index.reading(), keepingLabels: keepsLabels, monitor) }
        return try index.changing(monitor) {
            try Self.add(try dataset(), to: $0, keepingLabels: keepsLabels, monitor)
        }
    }

    /// Adds pictures of a data set to an index that is open for changes.
    static func add(
        _ dataset: @autoclosure () throws -> Dataset, to index: EmbeddingIndex, keepingLabels: Bool,
        _ monitor: Monitor
    ) throws -> Result {
        let backbone = try index.storedBackbone
        try monitor.checkMachine()
        let dataset = try dataset()
        try dataset.tableLabels.check(besides: index.read { try $0.labelCounts() })
        monitor.note(dataset)
        let first = try index.read { try $0.nextID }
        let report = try monitor.notingNewLabels(of: index) {
            try monitor.inTransactions("indexing", interruption: { .added($0, of: $1, unit: "images") }) {
                try index.add(
                    dataset, embedder: Embedder(backbone), keepingLabels: keepingLabels, isCancelled: $0,
                    progress: $1)
            }
        }
        monitor.noteContradictions(among: report.copies)
        var receipt: Receipt?
        try monitor.afterChange {
            try monitor.maintain(index)
            try monitor.noteWhatTellsNothing(report.blank, in: index)
            if report.added + report.updated > 0 { try monitor.noteBetterClassifier(of: index) }
            receipt = try Self.receipt(from: first, in: index, monitor)
        }
        return Result(report: report, receipt: receipt, trial: nil)
    }

    private func tried(
        _ index: EmbeddingIndex, keepingLabels: Bool, _ monitor: Monitor
    ) throws -> Result {
        let trial = try IndexTrial(index)
        let dataset = try dataset()
        try dataset.tableLabels.check(besides: index.read { try $0.labelCounts() })
        monitor.note(dataset)
        let report = try monitor.notingNewLabels(of: trial.gallery) {
            try monitor.tryingOut {
                try trial.gallery.add(
                    dataset, embedder: trial.embedder, keepingLabels: keepingLabels, isCancelled: $0,
                    progress: $1)
            }
        }
        monitor.noteContradictions(among: report.copies)
        if !report.blank.isEmpty { monitor.note(.blank(report.blank)) }
        return Result(report: report, receipt: nil, trial: try trial.changes())
    }
}
