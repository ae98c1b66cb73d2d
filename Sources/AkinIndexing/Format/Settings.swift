import AkinBasics
import AkinStorage

/// The keys of table `settings`.
enum Setting {
    /// Version of the format: eight bytes, as are all numbers here.
    static let format = "format"
    static let dimension = "dimension"
    static let nextID = "next-id"
    /// So many rows belong to the graph; none if it is missing.
    static let graphRows = "graph-rows"
    /// What the graph was built with, and what its codes mean: a `GraphRecord`.
    static let graph = "graph"
    /// The number of the next change.
    static let nextChange = "next-change"
    /// How many changes can be undone; `EmbeddingIndex.historyLimit` if it is missing.
    static let historyLimit = "history-limit"
    /// The metric's name.
    static let metric = "metric"
    /// The hash of all that an embedding depends on in the backbone, 32 hexadecimal digits.
    static let backbone = "backbone"
    /// What kind of backbone the next is, as `BackboneRegistry` knows it.
    static let backboneFormat = "backbone-format"
    /// The backbone itself.
    static let backboneBytes = "backbone-bytes"
    /// Before format 4: the safetensors file of the backbone.
    static let checkpoint = "checkpoint"
    /// The kind of all backbones before format 4.
    static let onlyBackboneFormat = "akin-checkpoint"
    /// What made the embeddings, in an index without a backbone.
    static let backboneName = "backbone-name"
    /// By which classifier the index is asked unless told otherwise: JSON that `Indexing` does not look into. Missing where
    /// nobody has chosen one.
    static let classifier = "classifier"
    /// What the items, left out, have told of the answers: JSON that `Indexing` does not look into. Missing where it has not been
    /// found out, or is of another backbone.
    static let calibration = "calibration"
    /// Behind it comes the identity of a shared index: what was the same there and here when they last agreed, which
    /// `Indexing` does not look into.
    static let shared = "shared-"
    /// The hash of the settings that say what the vectors mean: a damaged one may be a valid one.
    static let seal = "seal"

    /// What `seal` should be, given these settings.
    static func seal(of value: (String) -> [UInt8]?) -> [UInt8] {
        var all: [UInt8] = []
        for key in [metric, dimension, backbone, backboneName] {
            let bytes = value(key) ?? []
            all += UInt64(bytes.count).stored + bytes
        }
        return Array(ContentHash(of: all).description.utf8)
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
        let failing = { IndexError($0, path: path) }
        values = try environment.read(failing: failing) { transaction throws(IndexError) in
            var values: [String: [UInt8]] = [:]
            try table.forEach(in: transaction, failing: failing) { (key, bytes) throws(IndexError) in
                values[key] = Array(bytes)
                return true
            }
            return values
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

    /// An index that an older program made has none.
    func checkSeal() throws(IndexError) {
        guard let seal = optionalBytes(Setting.seal), seal != Setting.seal(of: optionalBytes) else { return }
        throw .damagedSettings(path: path, key: Setting.seal)
    }
}

extension UInt64 {
    /// As a setting holds it.
    var stored: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
