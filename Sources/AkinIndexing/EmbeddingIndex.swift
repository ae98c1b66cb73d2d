import AkinBasics
import AkinEmbedding
import AkinNetworks
import AkinStorage
import AkinTensors
import AkinVectorSearch
import Foundation
import Synchronization

/// A database of labelled embeddings of one backbone: a folder holding one LMDB environment.
///
/// Every change is a transaction, or a series of them each of which leaves a valid index: a kill at any moment
/// leaves the old state or the new one. Any number of threads and processes may read while one writes; another
/// writer waits. Opening costs the same whatever the number of items.
public final class EmbeddingIndex: Sendable {
    /// Where it lies.
    public let path: String
    /// Which backbone made the embeddings.
    public let backbone: BackboneIdentity
    /// By what neighbours are near.
    public let metric: Metric
    /// Length of an embedding.
    public let dimension: Int

    /// The format that this program writes, and the newest that it reads.
    package static let format: UInt64 = 3
    /// How many changes can be undone where nobody has said anything else.
    public static let historyLimit = 20

    let readOnly: Bool
    let environment: Environment
    let tables: IndexTables
    let layout: BlockLayout
    /// The backbone itself; nil where only its name is known. `checkpoint` is for use.
    let storedCheckpoint: Checkpoint?
    /// Of the vectors, and of the graph's codes.
    let verifiedVectors = VerifiedBlocks()
    let verifiedCodes = VerifiedBlocks()
    /// The graph as it was last looked for.
    let graphView = Mutex<(snapshot: Snapshot, view: GraphView?)?>(nil)

    /// Makes an empty index.
    ///
    /// `path` must not exist or be an empty folder: nothing is ever overwritten.
    ///
    /// - Throws: `noLearnedMetric` if the metric is `learnedL1` and the backbone was not trained with one.
    public static func create(
        at path: String, checkpoint: Checkpoint, metric: Metric.Kind = .l2
    ) throws(IndexError) -> EmbeddingIndex {
        try create(at: path, dimension: checkpoint.dimension, metric: metric, backbone: Backbone(checkpoint))
    }

    /// Makes an empty index, with or without the backbone itself.
    static func create(
        at path: String, dimension: Int, metric: Metric.Kind, backbone: Backbone
    ) throws(IndexError) -> EmbeddingIndex {
        _ = try backbone.metric(metric)
        guard (1...BlockLayout.largestDimension).contains(dimension) else {
            throw .unsupportedDimension(dimension, limit: BlockLayout.largestDimension)
        }
        try makeFolder(path)
        try translating(path) {
            let environment = try Environment(at: path)
            let tables = try IndexTables(environment, creating: true)!
            try environment.write { transaction in
                // Another process may have been faster; a kill may have left tables without settings.
                guard try tables.settings.count(in: transaction) == 0 else {
                    throw IndexError.alreadyAnIndex(path: path)
                }
                let settings: [(String, [UInt8])] = [
                    (Setting.format, format.stored), (Setting.nextID, UInt64(1).stored),
                    (Setting.metric, Array(metric.rawValue.utf8)),
                ]
                for (key, value) in settings { try tables.settings.set(value, for: key, in: transaction) }
                try tables.set(backbone, dimension: dimension, in: transaction)
            }
        }
        return try EmbeddingIndex(opening: path)
    }

    /// A folder that is new, empty, or holds no more than what a killed `create` left behind.
    static func makeFolder(_ path: String) throws(IndexError) {
        let names: [String]
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .folderUnusable(path: path, reason: error.localizedDescription)
        }
        guard !names.isEmpty else { return }
        guard Set(names).isSubset(of: ["data.mdb", "lock.mdb"]) else {
            throw names.contains("data.mdb") ? .alreadyAnIndex(path: path) : .folderNotEmpty(path: path)
        }
        let unfinished = try translating(path) {
            guard hasData(path) else { return true }
            let environment = try Environment(at: path)
            guard let settings: Table<String, [UInt8]> = try environment.table("settings") else {
                return try environment.isEmpty
            }
            return try environment.read { try settings.count(in: $0) == 0 }
        }
        if !unfinished { throw .alreadyAnIndex(path: path) }
    }

    /// Whether there is an index, sound or not, in the folder.
    public static func exists(at path: String) -> Bool { hasData(path) }

    private static func hasData(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/data.mdb")
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0 > 0
    }

    /// Opens the index in a folder. One that is open for reading only needs no permission to write there.
    ///
    /// `whenWaiting` is called when another program is changing the index and a change has to wait for it.
    public init(
        opening path: String, readOnly: Bool = false, whenWaiting: (@Sendable () -> Void)? = nil
    ) throws(IndexError) {
        self.path = path
        self.readOnly = readOnly
        guard FileManager.default.fileExists(atPath: path) else {
            throw .notAnIndex(path: path, reason: "there is no such folder")
        }
        guard Self.hasData(path) else {
            throw .notAnIndex(path: path, reason: "it holds no 'data.mdb'")
        }
        (environment, tables) = try Self.translating(path) {
            var options = Environment.Options()
            options.readOnly = readOnly
            options.whenWaiting = whenWaiting
            let environment: Environment
            do throws(StorageError) {
                environment = try Environment(at: path, options: options)
            } catch .failed(.invalid, _, _) {
                throw IndexError.notAnIndex(path: path, reason: "its 'data.mdb' is no LMDB database")
            } catch {
                throw error
            }
            guard let tables = try IndexTables(environment, creating: false) else {
                throw IndexError.notAnIndex(path: path, reason: "its database has none of an index's tables")
            }
            return (environment, tables)
        }
        let settings = try Settings(path, environment, tables.settings)
        let format = try settings.number(Setting.format)
        guard format <= Self.format else {
            throw .newerFormat(path: path, found: format, supported: Self.format)
        }
        let dimension = try settings.number(Setting.dimension)
        guard let kind = Metric.Kind(rawValue: try settings.text(Setting.metric)) else {
            throw .damagedSettings(path: path, key: Setting.metric)
        }
        guard let dimension = Int(exactly: dimension), (1...BlockLayout.largestDimension).contains(dimension)
        else { throw .damagedSettings(path: path, key: Setting.dimension) }
        let backbone = try settings.backbone(dimension: dimension)
        try settings.checkSeal()
        self.backbone = backbone.identity
        storedCheckpoint = backbone.checkpoint
        metric = try backbone.metric(kind)
        self.dimension = dimension
        layout = BlockLayout(dimension: dimension)
    }

    /// Calls `body` with a consistent view of the index.
    func reading<R>(_ body: (borrowing ReadTransaction) throws -> R) throws(IndexError) -> R {
        try Self.translating(path) {
            try environment.read { transaction in
                _ = try checkedFormat(in: transaction)
                return try body(transaction)
            }
        }
    }

    /// Calls `body` with a write transaction; what it did is on the disk when this returns.
    func writing<R>(_ body: (borrowing WriteTransaction) throws -> R) throws(IndexError) -> R {
        try Self.translating(path) { try transact(body) }
    }

    /// As `writing`, but for a `body` with errors of its own.
    func transact<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        guard !readOnly else { throw IndexError.openForReading(path: path) }
        while true {
            let result: R? = try environment.write { transaction in
                guard try checkedFormat(in: transaction) == Self.format else { return nil }
                return try body(transaction)
            }
            if let result { return result }
            try upgrade()
        }
    }

    /// Compares what this object knows of the index with what the index says now: another process may have given it
    /// another backbone, or a newer format.
    private func checkedFormat(in transaction: borrowing some Transaction & ~Copyable) throws -> UInt64 {
        guard let format = try tables.number(Setting.format, in: transaction, path: path),
            let found = try tables.settings.bytes(of: Setting.backbone, in: transaction)
        else { throw IndexError.damagedSettings(path: path, key: Setting.format) }
        guard format <= Self.format else {
            throw IndexError.newerFormat(path: path, found: format, supported: Self.format)
        }
        guard found.elementsEqual(backbone.hash.description.utf8) else {
            throw IndexError.rebuilt(path: path)
        }
        return format
    }

    /// Brings an index of an older format to this one, which has tables that the older lacks.
    private func upgrade() throws {
        try environment.create(tables.newer)
        try environment.write { transaction in
            try tables.settings.set(Self.format.stored, for: Setting.format, in: transaction)
        }
    }

    /// Gives errors of the storage as errors of the index.
    static func translating<R>(_ path: String, _ body: () throws -> R) throws(IndexError) -> R {
        do {
            return try body()
        } catch {
            guard let error = IndexError(error, path: path) else {
                preconditionFailure("an error of no module of ours: \(error)")
            }
            throw error
        }
    }
}

extension IndexError {
    /// An error of the index or of its storage; nil for any other.
    init?(_ error: any Error, path: String) {
        switch error {
        case let error as IndexError: self = error
        case StorageError.openForReading: self = .openForReading(path: path)
        case let error as StorageError: self = .storage(error)
        default: return nil
        }
    }
}

/// All settings of an index, as they are at one moment.
struct Settings {
    let path: String
    private let values: [String: [UInt8]]

    init(
        _ path: String, _ environment: Environment, _ table: Table<String, [UInt8]>
    ) throws(IndexError) {
        self.path = path
        values = try EmbeddingIndex.translating(path) {
            try environment.read { transaction in
                var values: [String: [UInt8]] = [:]
                try table.forEach(in: transaction) { key, bytes in
                    values[key] = Array(bytes)
                    return true
                }
                return values
            }
        }
    }

    /// Nil if there is no such setting.
    func optionalBytes(_ key: String) -> [UInt8]? { values[key] }

    func bytes(_ key: String) throws(IndexError) -> [UInt8] {
        if let bytes = optionalBytes(key) { return bytes }
        if key == Setting.format { throw .notAnIndex(path: path, reason: "its making was not finished") }
        throw .damagedSettings(path: path, key: key)
    }

    func number(_ key: String) throws(IndexError) -> UInt64 {
        guard let number = try bytes(key).withUnsafeBytes({ UInt64(stored: $0) }) else {
            throw .damagedSettings(path: path, key: key)
        }
        return number
    }

    func text(_ key: String) throws(IndexError) -> String {
        guard let text = String(validating: try bytes(key), as: UTF8.self) else {
            throw .damagedSettings(path: path, key: key)
        }
        return text
    }
}

extension UInt64 {
    /// As a setting holds it.
    var stored: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
