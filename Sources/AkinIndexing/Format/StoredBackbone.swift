import AkinBasics
import AkinEmbedding
import AkinVectorSearch

/// A backbone as an index keeps it: itself, or only what it is called.
struct StoredBackbone {
    let identity: BackboneIdentity
    let model: (any Backbone)?
    /// Why it is not to be had, though it is kept.
    let problem: IndexError?

    /// Only what it is called.
    init(named identity: BackboneIdentity) {
        (self.identity, model, problem) = (identity, nil, nil)
    }

    /// One that is damaged, of this hash.
    fileprivate init(unreadable hash: ContentHash, _ problem: IndexError) {
        (identity, model) = (BackboneIdentity(name: "unreadable", hash: hash), nil)
        self.problem = problem
    }

    init(_ model: any Backbone) {
        (identity, self.model, problem) = (model.identity, model, nil)
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
            throw problem ?? .noLearnedMetric(backbone: identity.name)
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

    /// The backbone, which is to make embeddings of this length; where it cannot be revived, for it is damaged, with the reason.
    func backbone(dimension: Int, from backbones: BackboneRegistry) throws(IndexError) -> StoredBackbone {
        guard let hash = ContentHash(digits: try bytes(Setting.backbone)) else {
            throw .damagedSettings(path: path, key: Setting.backbone)
        }
        guard let kept = try keptBackbone else {
            return StoredBackbone(
                named: BackboneIdentity(name: try text(Setting.backboneName), hash: hash))
        }
        let backbone: StoredBackbone
        do {
            backbone = StoredBackbone(try backbones.backbone(format: kept.format, bytes: kept.bytes))
        } catch {
            let problem = IndexError.unusableBackbone(path: path, reason: "\(error)")
            // One of a kind that this program does not know is not damaged.
            if case EmbeddingError.unknownFormat = error { throw problem }
            return StoredBackbone(unreadable: hash, problem)
        }
        guard hash == backbone.identity.hash else {
            return StoredBackbone(unreadable: hash, .damagedBackbone(path: path))
        }
        guard backbone.model?.dimension == dimension else {
            throw .damagedSettings(path: path, key: Setting.dimension)
        }
        return backbone
    }
}
