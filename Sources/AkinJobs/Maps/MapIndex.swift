import AkinBasics
import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinReporting
import AkinTensors
import AkinVectorSearch

/// Draws the items of an index as points on a plane.
///
/// ```swift
/// let map = try MapIndex("seals", to: "seals.html").run(Monitor())
/// for point in map.points { print(point.label, point.x, point.y) }
/// ```
public struct MapIndex: Job {
    /// Of which.
    public var index: IndexPlace
    /// Where the picture goes: a page of HTML with the items' pictures, or a drawing, `.svg`; nil: nowhere.
    public var output: OutputFile?
    /// How points are placed.
    public var method: PlaneMap.Method
    /// Which items.
    public var filter: ItemFilter
    /// With which the map begins.
    public var seed: UInt64

    /// Where the items lie.
    public struct Result: Encodable, Sendable {
        /// The index.
        public let index: String
        /// The file that was written, if one was to be.
        public let file: String?
        /// How points were placed.
        public let method: PlaneMap.Method.Kind
        /// About how many neighbours of an item count; nil for principal components.
        public let perplexity: Double?
        /// What share of the items' variance principal components show, 0...1; nil by another method, and where there is none.
        public let share: Double?
        /// With which it began.
        public let seed: UInt64
        /// By which items are near.
        public let metric: Metric.Kind
        /// How far neighbours on the map can be trusted, 0...1 (`Trustworthiness`); nil of fewer than three items.
        public let trustworthiness: Double?
        /// By so many neighbours of each item.
        public let neighbours: Int?
        /// By ascending number.
        public let points: [Point]
    }

    /// An item on a map.
    public struct Point: Encodable, Sendable {
        /// Its number in the index.
        public let id: UInt64
        /// Its class.
        public let label: String
        /// Where it comes from.
        public let source: Source
        /// To the right, in units without a meaning, about 0.
        public let x: Float
        /// Upwards, in the same units.
        public let y: Float
    }

    /// What is to be drawn; all items by default.
    public init(
        _ index: IndexPlace, to output: OutputFile? = nil, method: PlaneMap.Method = .neighbours(),
        only filter: ItemFilter = ItemFilter(), seed: UInt64 = 1
    ) {
        self.index = index
        self.output = output
        self.method = method
        self.filter = filter
        self.seed = seed
    }

    /// Draws them. Cancelled, there is no file, or that of before.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try monitor.checkMachine()
        let format = try output.map { try MapFormat($0) }
        let index = try index.reading()
        try OutputFile.check([output], of: self.index) { try index.items().files }
        let (items, embeddings, all) = try self.items(of: index)
        if let point = try index.onePoint() { monitor.note(.onePoint(point)) }
        let map = try monitor.during("mapping", unit: "steps") { work in
            try PlaneMap(
                of: embeddings, by: index.metric, method: method, seed: seed,
                isCancelled: { monitor.isCancelled }, progress: { work.update($0) })
        }
        guard let map, !monitor.isCancelled else { throw JobError.interrupted(.wroteNothing) }
        let trust = Trustworthiness(of: map.points, showing: embeddings, by: index.metric, seed: seed)
        if let output, let format {
            var picture = MapPicture(
                index: absolutePath(index.path),
                items: items.map { MapPicture.Entry(label: $0.label, source: $0.source) },
                map: map, trust: trust, metric: index.metric.kind, backbone: index.backbone.name)
            (picture.seed, picture.all) = (seed, all)
            try write(picture, as: format, to: output, monitor)
        }
        let perplexity: Double? = if case .neighbours(let found) = map.method { found } else { nil }
        return Result(
            index: index.path, file: output?.path, method: map.method.kind, perplexity: perplexity,
            share: map.share, seed: seed, metric: index.metric.kind, trustworthiness: trust?.value,
            neighbours: trust?.neighbours,
            points: items.enumerated().map { row, item in
                Point(
                    id: item.id, label: item.label, source: item.source, x: map.points[row, 0],
                    y: map.points[row, 1])
            })
    }

    /// Those that are asked for, their embeddings, and how many there are in the index.
    private func items(of index: EmbeddingIndex) throws -> ([Item], Matrix, Int) {
        let (items, embeddings) = try index.read { try $0.labelled() }
        guard !items.isEmpty else { throw JobError.noItems(index.path) }
        try filter.check(in: index)
        let admitted = items.indices.filter { filter.admits(items[$0]) }
        guard !admitted.isEmpty else { throw JobError.noItemsLeft(index.path) }
        guard admitted.count < items.count else { return (items, embeddings, items.count) }
        return (admitted.map { items[$0] }, embeddings.rows(at: admitted), items.count)
    }
}
