import AkinBasics
import AkinEmbedding
import AkinNetworks
import AkinTensors
import AkinVectorSearch

extension EmbeddingIndex {
    /// The backbone that made the embeddings, for making more of them.
    ///
    /// - Throws: `noBackbone` where the embeddings were imported: the index knows the name of what made them, but
    ///   cannot embed a picture.
    public var checkpoint: Checkpoint {
        get throws(IndexError) {
            guard let storedCheckpoint else { throw .noBackbone(path: path, name: backbone.name) }
            return storedCheckpoint
        }
    }

    /// Whether the index can embed pictures: it holds the backbone, not only its name.
    public var hasCheckpoint: Bool { storedCheckpoint != nil }

    /// Makes an empty index for embeddings that something else makes: of another program's model, or of numbers
    /// that no network made.
    ///
    /// `path` must not exist or be an empty folder: nothing is ever overwritten. The metric cannot be `learnedL1`, which
    /// comes with a checkpoint.
    public static func create(
        at path: String, dimension: Int, metric: Metric.Kind = .l2, backbone: BackboneIdentity = .unnamed()
    ) throws(IndexError) -> EmbeddingIndex {
        guard !backbone.name.isEmpty, !backbone.name.utf8.contains(0) else { throw .badBackboneName }
        return try create(
            at: path, dimension: dimension, metric: metric,
            backbone: Backbone(identity: backbone, checkpoint: nil))
    }
}

/// A backbone as an index keeps it: the checkpoint, or only what it is called.
struct Backbone {
    let identity: BackboneIdentity
    let checkpoint: Checkpoint?

    var settings: [(String, [UInt8])] {
        let content =
            checkpoint.map { (Setting.checkpoint, $0.bytes) }
            ?? (Setting.backboneName, Array(identity.name.utf8))
        return [content, (Setting.backbone, Array(identity.hash.description.utf8))]
    }
}

extension Backbone {
    init(_ checkpoint: Checkpoint) {
        self.init(identity: checkpoint.identity, checkpoint: checkpoint)
    }
}

extension Backbone {
    /// The metric of a name, with what the backbone has learned for it.
    func metric(_ kind: Metric.Kind) throws(IndexError) -> Metric {
        guard let metric = Metric(kind, learned: checkpoint?.learnedL1) else {
            throw .noLearnedMetric(backbone: identity.name)
        }
        return metric
    }
}

extension Setting {
    /// What made the embeddings, in an index without `checkpoint`.
    static let backboneName = "backbone-name"
    /// The hash of the settings that say what the vectors mean: a damaged one may be a valid one.
    static let seal = "seal"

    /// What `seal` should be, given these settings.
    static func seal(of value: (String) throws -> [UInt8]?) rethrows -> [UInt8] {
        var all: [UInt8] = []
        for key in [metric, dimension, backbone, backboneName] {
            let bytes = try value(key) ?? []
            all += UInt64(bytes.count).stored + bytes
        }
        return Array(ContentHash(of: all).description.utf8)
    }
}

extension Settings {
    /// An index that an older program made has none.
    func checkSeal() throws(IndexError) {
        guard let seal = optionalBytes(Setting.seal), seal != Setting.seal(of: optionalBytes) else { return }
        throw .damagedSettings(path: path, key: Setting.seal)
    }

    /// The backbone, which is to make embeddings of this length.
    func backbone(dimension: Int) throws(IndexError) -> Backbone {
        if optionalBytes(Setting.checkpoint) == nil, optionalBytes(Setting.backboneName) != nil {
            guard let hash = ContentHash(digits: try bytes(Setting.backbone)) else {
                throw .damagedSettings(path: path, key: Setting.backbone)
            }
            let identity = BackboneIdentity(name: try text(Setting.backboneName), hash: hash)
            return Backbone(identity: identity, checkpoint: nil)
        }
        let bytes = try bytes(Setting.checkpoint)
        let backbone: Backbone
        do throws(CheckpointError) {
            backbone = Backbone(try Checkpoint(bytes: bytes))
        } catch {
            throw .checkpoint(error)
        }
        guard backbone.checkpoint?.dimension == dimension else {
            throw .damagedSettings(path: path, key: Setting.dimension)
        }
        guard try text(Setting.backbone) == backbone.identity.hash.description else {
            throw .damagedSettings(path: path, key: Setting.checkpoint)
        }
        return backbone
    }
}
