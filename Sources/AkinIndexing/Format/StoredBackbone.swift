import AkinBasics
import AkinEmbedding
import AkinVectorSearch

/// A backbone as an index keeps it: itself, or only what it is called.
struct StoredBackbone {
    let identity: BackboneIdentity
    let model: (any Backbone)?

    /// Only what it is called.
    init(named identity: BackboneIdentity) {
        self.identity = identity
        model = nil
    }

    init(_ model: any Backbone) {
        identity = model.identity
        self.model = model
    }

    /// A backbone from what was kept of it.
    init(
        format: String, bytes: [UInt8], from backbones: BackboneRegistry, path: String
    ) throws(IndexError) {
        do {
            self.init(try backbones.backbone(format: format, bytes: bytes))
        } catch {
            throw .unusableBackbone(path: path, reason: "\(error)")
        }
    }

    /// The settings that hold it.
    var settings: [(String, [UInt8])] {
        var settings = [(Setting.backbone, Array(identity.hash.description.utf8))]
        if let model {
            settings.append((Setting.backboneFormat, Array(type(of: model).format.utf8)))
            settings.append((Setting.backboneBytes, model.bytes))
        } else {
            settings.append((Setting.backboneName, Array(identity.name.utf8)))
        }
        return settings
    }

    /// The metric of a name, with what the backbone has learned for it.
    func metric(_ kind: Metric.Kind) throws(IndexError) -> Metric {
        guard let metric = Metric(kind, learned: model?.learnedL1) else {
            throw .noLearnedMetric(backbone: identity.name)
        }
        return metric
    }
}

extension Settings {
    /// The kind of the backbone that is kept and itself; nil where only its name is.
    var keptBackbone: (format: String, bytes: [UInt8])? {
        get throws(IndexError) {
            if let bytes = optionalBytes(Setting.backboneBytes) {
                return (try text(Setting.backboneFormat), bytes)
            }
            // Before format 4 there was but one kind.
            if let bytes = optionalBytes(Setting.checkpoint) { return (Setting.onlyBackboneFormat, bytes) }
            guard optionalBytes(Setting.backboneName) == nil else { return nil }
            throw .damagedSettings(path: path, key: Setting.backboneBytes)
        }
    }

    /// The backbone, which is to make embeddings of this length.
    func backbone(dimension: Int, from backbones: BackboneRegistry) throws(IndexError) -> StoredBackbone {
        guard let kept = try keptBackbone else {
            guard let hash = ContentHash(digits: try bytes(Setting.backbone)) else {
                throw .damagedSettings(path: path, key: Setting.backbone)
            }
            return StoredBackbone(
                named: BackboneIdentity(name: try text(Setting.backboneName), hash: hash))
        }
        let backbone = try StoredBackbone(
            format: kept.format, bytes: kept.bytes, from: backbones, path: path)
        guard backbone.model?.dimension == dimension else {
            throw .damagedSettings(path: path, key: Setting.dimension)
        }
        guard try text(Setting.backbone) == backbone.identity.hash.description else {
            throw .damagedSettings(path: path, key: Setting.backboneBytes)
        }
        return backbone
    }
}
