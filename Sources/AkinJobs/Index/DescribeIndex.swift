import AkinBasics
import AkinClassification
import AkinEmbedding
import AkinIndexing
import AkinItems

/// Says what an index holds, and how long a search in it takes.
public struct DescribeIndex: Job {
    /// Which.
    public var index: IndexPlace

    /// What there is to say.
    public struct Result: Encodable, Sendable {
        /// What it holds.
        public let stats: IndexStats
        /// Which backbone made the embeddings.
        public let backbone: BackboneIdentity
        /// Whether the index can embed pictures: it holds the backbone, not only its name.
        public let hasBackbone: Bool
        /// How it is asked unless told otherwise; nil where nobody has chosen that.
        public let classifier: Classifier?
        /// How far its answers can be believed; nil where that has not been found out.
        public let calibration: Calibration?
        /// What of the graph cannot be read; nil if there is none, or all is well.
        public let graphDamage: String?
        /// Items of one content.
        public let copies: [Copies]
        /// That most items have one and the same embedding; nil where they have not.
        public let onePoint: OnePoint?
        /// How long searches take; nil without items, or where it could not be measured.
        public let search: SearchTimes?

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            try stats.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            var backbone = container.nestedContainer(keyedBy: BackboneKeys.self, forKey: .backbone)
            try backbone.encode(self.backbone.name, forKey: .name)
            try backbone.encode(self.backbone.hash.description, forKey: .hash)
            try backbone.encode(stats.dimension, forKey: .dimension)
            try backbone.encode(hasBackbone, forKey: .stored)
            try container.encodeIfPresent(classifier, forKey: .classifier)
            try container.encode(calibration?.summary, forKey: .calibration)
            try container.encodeIfPresent(graphDamage, forKey: .graphDamage)
            try container.encode(copies, forKey: .copies)
            try container.encodeIfPresent(onePoint, forKey: .onePoint)
            try container.encodeIfPresent(search, forKey: .search)
        }

        private enum CodingKeys: String, CodingKey {
            case search, copies, backbone, classifier, calibration
            case graphDamage = "graph_damage"
            case onePoint = "one_point"
        }

        /// As a description of a backbone has them; `stored` is `hasBackbone`.
        private enum BackboneKeys: CodingKey { case name, hash, dimension, stored }
    }

    /// Which is to be described.
    public init(_ index: IndexPlace) { self.index = index }

    /// Looks into it. Measuring reads all vectors once.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let index = try index.reading()
        let (stats, copies) = try index.read { (try $0.stats(), try $0.copies()) }
        monitor.noteContradictions(among: copies)
        var search: SearchTimes?
        do { search = try index.searchTimes() } catch { monitor.note(.searchNotMeasured(error)) }
        // What only a look at all codes shows.
        let hasDamagedCodes = stats.graph != nil && search != nil && search?.graphMilliseconds == nil
        return Result(
            stats: stats, backbone: index.backbone, hasBackbone: index.hasBackbone,
            classifier: try index.classifier, calibration: try index.calibration,
            graphDamage: stats.graphDamage ?? (hasDamagedCodes ? "its codes" : nil), copies: copies,
            onePoint: try index.onePoint(), search: search)
    }
}
