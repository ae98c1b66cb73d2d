import AkinEmbedding
import AkinItems
import AkinStorage
import AkinVectorSearch
import Synchronization

/// An index that is open: its tables, what was read of its settings, and what is kept in memory of the rest.
final class OpenIndex: Sendable {
    let path: String
    let readOnly: Bool
    let environment: Environment
    let tables: IndexTables
    let layout: BlockLayout
    /// The backbone, or its name.
    let backbone: StoredBackbone
    /// What can revive another one.
    let backbones: BackboneRegistry
    let metric: Metric
    /// Called with labels of which an upgrade has made one.
    let whenMerging: (@Sendable ([String]) -> Void)?
    /// Of the vectors, and of the graph's codes.
    let verifiedVectors = VerifiedBlocks()
    let verifiedCodes = VerifiedBlocks()
    /// The graph as it was last looked for.
    let graphView = Mutex<(snapshot: Snapshot, view: GraphView?)?>(nil)
    /// Whether anything was written by this object.
    let hasWritten = Atomic(false)

    /// The format that this program writes, and the newest that it reads.
    static let format: UInt64 = 7

    var dimension: Int { layout.dimension }

    /// As `EmbeddingIndex.init(opening:)`.
    init(
        _ path: String, readOnly: Bool, backbones: BackboneRegistry, whenWaiting: (@Sendable () -> Void)?,
        whenMerging: (@Sendable ([String]) -> Void)?
    ) throws(IndexError) {
        self.path = path
        self.readOnly = readOnly
        self.backbones = backbones
        self.whenMerging = whenMerging
        var options = Environment.Options()
        options.readOnly = readOnly
        options.whenWaiting = whenWaiting
        let found: IndexTables?
        do throws(StorageError) {
            environment = try Environment(at: path, options: options)
            found = try IndexTables(environment, creating: false)
        } catch .failed(.invalid, _, _) {
            throw .notAnIndex(path: path, reason: "its 'data.mdb' is no LMDB database")
        } catch {
            throw IndexError(error, path: path)
        }
        guard let found else {
            throw .notAnIndex(path: path, reason: "its database has none of an index's tables")
        }
        tables = found
        let settings = try Settings(path, environment, tables.settings)
        let format = try settings.number(Setting.format)
        guard format <= Self.format else {
            throw .newerFormat(path: path, found: format, supported: Self.format)
        }
        guard let kind = Metric.Kind(rawValue: try settings.text(Setting.metric)) else {
            throw .damagedSettings(path: path, key: Setting.metric)
        }
        guard let dimension = Int(exactly: try settings.number(Setting.dimension)),
            (1...largestDimension).contains(dimension)
        else { throw .damagedSettings(path: path, key: Setting.dimension) }
        backbone = try settings.backbone(dimension: dimension, from: backbones)
        try settings.checkSeal()
        metric = try backbone.metric(kind)
        layout = BlockLayout(dimension: dimension)
    }
}
