import AkinBasics
import AkinEmbedding
import AkinItems
import AkinStorage
import AkinVectorSearch
import Foundation
import Synchronization

/// A database of labelled embeddings of one backbone: a folder holding one LMDB environment.
///
/// Every change is a transaction, or a series of them each of which leaves a valid index: a kill at any moment
/// leaves the old state or the new one. Any number of threads and processes may read while one writes; another
/// writer waits. Opening costs the same whatever the number of items.
public final class EmbeddingIndex: Gallery {
    let home: OpenIndex

    /// Where it lies.
    public var path: String { home.path }
    /// Which backbone made the embeddings.
    public var backbone: BackboneIdentity { home.backbone.identity }
    /// By what neighbours are near.
    public var metric: Metric { home.metric }
    /// Length of an embedding.
    public var dimension: Int { home.dimension }

    /// The format that this program writes, and the newest that it reads.
    package static let format = OpenIndex.format
    /// How many changes can be undone where nobody has said anything else.
    public static let historyLimit = IndexReader.usualHistoryLimit

    /// Opens the index in a folder. One that is open for reading only needs no permission to write there.
    ///
    /// - Parameters:
    ///   - backbones: The kinds of backbones that the index may hold.
    ///   - whenWaiting: Called when another program is changing the index and a change has to wait for it.
    ///   - whenMerging: Called once where an index of an older format is brought to this one by its first change, and
    ///     had labels that differ only in how their accents are written: with these labels, of which there is one each now.
    public init(
        opening path: String, readOnly: Bool = false, backbones: BackboneRegistry = .standard,
        whenWaiting: (@Sendable () -> Void)? = nil, whenMerging: (@Sendable ([String]) -> Void)? = nil
    ) throws(IndexError) {
        try Self.checkFolder(path)
        if access(PathText.system(path + "/data.mdb"), R_OK) != 0, errno == EACCES {
            throw .unreadable(path: path)
        }
        guard Folder.isThere(path) else {
            throw .notAnIndex(path: path, reason: "there is no such folder")
        }
        guard Self.exists(at: path) else {
            throw .notAnIndex(path: path, reason: "it holds no 'data.mdb'")
        }
        home = try OpenIndex(
            path, readOnly: readOnly, backbones: backbones, whenWaiting: whenWaiting, whenMerging: whenMerging
        )
    }

    /// The same index as it is now, also where it was given another backbone since.
    ///
    /// - Parameter whenWaiting: As in `init(opening:)`.
    public func reopened(whenWaiting: (@Sendable () -> Void)? = nil) throws(IndexError) -> EmbeddingIndex {
        try EmbeddingIndex(
            opening: path, readOnly: home.readOnly, backbones: home.backbones, whenWaiting: whenWaiting,
            whenMerging: home.whenMerging)
    }

    /// The backbone that made the embeddings, for making more of them.
    ///
    /// - Throws: `noBackbone` where the embeddings were imported: the index knows the name of what made them, but
    ///   cannot embed a picture. `unusableBackbone` where this machine lacks what the backbone needs, or `damagedBackbone`.
    public var storedBackbone: any Backbone {
        get throws(IndexError) {
            guard let model = try keptBackbone else { throw .noBackbone(path: path, name: backbone.name) }
            do { try model.prepare() } catch { throw .unusableBackbone(path: path, reason: "\(error)") }
            return model
        }
    }

    /// The backbone, where the index holds more than its name; whether it can embed on this machine is not looked at.
    package var keptBackbone: (any Backbone)? {
        get throws(IndexError) {
            if let problem = home.backbone.problem { throw problem }
            return home.backbone.model
        }
    }

    /// Whether this object has changed the index, so that what was begun with it cannot simply be begun again.
    package var hasWritten: Bool { home.hasWritten.load(ordering: .relaxed) }

    /// Whether the index can embed pictures: it holds the backbone, not only its name.
    public var hasBackbone: Bool { home.backbone.model != nil }

    /// Calls `body` with a view of the index as it is now; no later change shows in it. The reader must not be used after
    /// that.
    ///
    /// Changes wait for no reader and no reader for changes; but what a reader may still see takes room in the file, so
    /// `body` should be short. It may change the index, which its reader does not show. Where `lock.mdb` cannot be written, a
    /// program that changes the index does not heed the reader: if it was faster, `body` is called again.
    ///
    /// - Throws: What `body` throws, and `IndexError`.
    public func read<R>(_ body: (IndexReader) throws -> R) throws -> R {
        try home.read(failing: { $0 as any Error }, body)
    }

    /// Calls `body` with what changes the index: all that it does comes into effect at once when it returns, and
    /// nothing of it if it throws. It is one change in the history, and undone as one.
    ///
    /// Other writers wait; within `body` only the writer given may change the index, for another would wait for it.
    /// Readers see the index as before.
    ///
    /// - Throws: What `body` throws, and `IndexError`.
    public func write<R>(_ change: PendingChange, _ body: (IndexWriter) throws -> R) throws -> R {
        try home.write(change, body)
    }
}

extension EmbeddingIndex {
    /// Makes an empty index that holds a backbone.
    ///
    /// `path` must not exist or be an empty folder: nothing is ever overwritten.
    ///
    /// - Parameter metric: By default the one that the backbone is made for.
    /// - Throws: `noLearnedMetric` if the metric is `learnedL1` and the backbone was not trained with one.
    public static func create(
        at path: String, backbone: any Backbone, metric: Metric.Kind? = nil,
        backbones: BackboneRegistry = .standard
    ) throws(IndexError) -> EmbeddingIndex {
        try create(
            at: path, dimension: backbone.dimension, metric: metric ?? backbone.metric,
            backbone: StoredBackbone(backbone), backbones)
    }

    /// Makes an empty index for embeddings that something else makes: of another program's model, or of numbers
    /// that no network made.
    ///
    /// `path` must not exist or be an empty folder: nothing is ever overwritten. The metric cannot be `learnedL1`, which
    /// comes with a backbone.
    public static func create(
        at path: String, dimension: Int, metric: Metric.Kind = .l2, backbone: BackboneIdentity = .unnamed()
    ) throws(IndexError) -> EmbeddingIndex {
        guard !backbone.name.isEmpty, !backbone.name.utf8.contains(0) else { throw .badBackboneName }
        return try create(
            at: path, dimension: dimension, metric: metric, backbone: StoredBackbone(named: backbone),
            .standard)
    }

    private static func create(
        at path: String, dimension: Int, metric: Metric.Kind, backbone: StoredBackbone,
        _ backbones: BackboneRegistry
    ) throws(IndexError) -> EmbeddingIndex {
        _ = try backbone.metric(metric)
        guard (1...largestDimension).contains(dimension) else {
            throw .unsupportedDimension(dimension, limit: largestDimension)
        }
        try makeFolder(path)
        try OpenIndex.create(at: path, dimension: dimension, metric: metric, backbone: backbone)
        return try EmbeddingIndex(opening: path, backbones: backbones)
    }

    /// A folder that is new, empty, or holds no more than what a killed `create` left behind.
    static func makeFolder(_ path: String) throws(IndexError) {
        try checkFolder(path)
        let names: [String]
        do throws(WriteError) {
            try Folder.make(path)
        } catch {
            throw .folderUnusable(path: path, reason: error.reason)
        }
        do throws(FileError) {
            names = try Folder.entries(path).map(\.name)
        } catch {
            throw .folderUnusable(path: path, reason: "\(error)")
        }
        guard !names.isEmpty else { return }
        guard Set(names).isSubset(of: ["data.mdb", "lock.mdb"]) else {
            throw names.contains("data.mdb") ? .alreadyAnIndex(path: path) : .folderNotEmpty(path: path)
        }
        if exists(at: path), try !OpenIndex.isUnfinished(at: path) { throw .alreadyAnIndex(path: path) }
    }

    /// Throws where a path is an address: no folder of that name is looked for, or made.
    private static func checkFolder(_ path: String) throws(IndexError) {
        guard !path.isDatabaseAddress else { throw .address }
    }

    /// Whether there is an index, sound or not, in the folder.
    public static func exists(at path: String) -> Bool {
        var status = stat()
        return stat(PathText.system(path + "/data.mdb"), &status) == 0 && status.st_size > 0
    }
}
