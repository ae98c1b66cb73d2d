import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinImages
import AkinIndexing
import AkinItems
import AkinReporting
import AkinTensors
import AkinVectorSearch

/// Looks for labels that are probably wrong, for classes that are mixed up, and for pictures that are there several times, be it
/// turned, mirrored, cropped or saved anew. It changes nothing.
public struct CheckLabels: Job {
    /// Of which index.
    public var index: IndexPlace
    /// What answers the items that are left out; nil: as the index is to be asked, or where nobody has chosen that, ridge, as long as
    /// that takes seconds.
    public var classifier: Classifier?
    /// Whether the pictures themselves are compared; else only files of the very same content are named.
    public var comparesPictures: Bool
    /// A page of HTML is written there that shows what was found.
    public var sheet: OutputFile?
    /// How a page says that it came about: the command, as one would type it; nil if there was none.
    public var command: String?

    /// How many items are left out at most, some of each class.
    public static let limit = 10_000
    /// The pictures of how many items are compared at most.
    public static let mostCompared = 10_000

    /// What was found.
    public struct Result: Encodable, Sendable {
        /// Of the labels.
        public let labels: LabelCheck
        /// Items that are one picture.
        public let duplicates: [DuplicateGroup]
        /// How many pictures were compared with each other.
        public let compared: Int
        /// How many could not be read, or are not what they were.
        public let unread: Int

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            try labels.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(duplicates, forKey: .duplicates)
            try container.encode(compared, forKey: .compared)
            try container.encode(unread, forKey: .unread)
        }

        private enum CodingKeys: CodingKey { case duplicates, compared, unread }
    }

    /// What is to be looked at.
    public init(
        _ index: IndexPlace, classifier: Classifier? = nil, comparingPictures: Bool = true,
        sheet: OutputFile? = nil
    ) {
        (self.index, self.classifier, self.sheet) = (index, classifier, sheet)
        comparesPictures = comparingPictures
    }

    /// Looks. Cancelled, it writes nothing.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try monitor.checkMachine()
        let index = try index.reading()
        let (all, embeddings) = try index.read { try $0.labelled() }
        try OutputFile.check([sheet], of: self.index) { all.files }
        let items = LeftOutItems(all, embeddings, index.metric, limit: Self.limit, seed: 1)
        let names = items.examples.labels.names
        guard let label = names.first else { throw JobError.noItems(index.path) }
        guard names.count > 1 else { throw JobError.indexOfOneClass(index.path, label: label) }
        let chosen = try classifier ?? index.classifier ?? items.usualClassifier
        try chosen.check(metric: index.metric.kind)
        let answers = try monitor.during("leaving each out", unit: "items") { _ in
            try items.answers(by: chosen)
        }
        let labels = LabelCheck(items, by: chosen, answers)
        if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
        let isCompared = comparesPictures && all.count <= Self.mostCompared
        if comparesPictures, !isCompared { monitor.note(.tooManyToCompare(all.count)) }
        let sketches = isCompared ? try self.sketches(of: all, monitor) : []
        let pairs = monitor.during("comparing") { work in
            DuplicateSearch(sketches.map(\.sketch))
                .pairs(isCancelled: { monitor.isCancelled }, progress: { work.update($0) })
        }
        guard let pairs else { throw JobError.interrupted(.wroteNothing) }
        let result = Result(
            labels: labels, duplicates: DuplicateGroup.groups(of: all, pairs),
            compared: sketches.count { $0.isRead }, unread: sketches.count { !$0.isRead })
        if let sheet {
            let pictures = SourcePictures()
            let foot = PageFoot(
                index: absolutePath(self.index.path), classifier: labels.classifier, command: command)
            try Sheet(suspects: labels, result.duplicates, foot: foot) { pictures.picture(of: $0) }
                .write(to: sheet)
        }
        return result
    }
}

extension CheckLabels {
    /// What of an item's picture is compared.
    private struct Sketch: Sendable {
        /// Whether the picture is there, and is what the item was made from.
        var isRead = false
        /// Nil as well where the picture tells nothing, or a copy of it has been taken.
        var sketch: PictureSketch?
    }

    /// Of each item; of files of one content the first.
    private func sketches(of items: [Item], _ monitor: Monitor) throws -> [Sketch] {
        let samples = Dataset(sources: items.map { ($0.source, $0.label, $0.group) }).samples
        var sketches: [Sketch] = []
        var seen = Set<ContentHash>()
        let isFirst = items.map { seen.insert($0.contentHash).inserted }
        try monitor.during("reading pictures") { work in
            let block = 32 * ThreadPool.shared.threads
            for first in stride(from: 0, to: items.count, by: block) {
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
                let count = min(block, items.count - first)
                sketches += ThreadPool.shared.map(count) { place in
                    let position = first + place
                    guard let content = try? samples[position].content(),
                        content.hash == items[position].contentHash
                    else { return Sketch() }
                    guard isFirst[position] else { return Sketch(isRead: true) }
                    guard let image = try? content.image(fitting: PictureSketch.decodingSize) else {
                        return Sketch()
                    }
                    return Sketch(isRead: true, sketch: PictureSketch(image))
                }
                work.update(WorkProgress(done: first + count, total: items.count))
            }
        }
        return sketches
    }
}

extension LeftOutItems {
    /// By what items are asked where nobody has chosen: ridge finds more wrong labels than the nearest item does, which may be
    /// wrong itself.
    fileprivate var usualClassifier: Classifier {
        costOfFit <= 3e10 ? .ridge : .usual
    }
}
