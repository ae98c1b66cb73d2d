import AkinEmbedding

/// Says what a backbone is.
public struct ShowBackbone: Job {
    /// Which.
    public var name: BackboneName

    /// Which is to be described.
    public init(_ name: BackboneName) { self.name = name }

    /// Reads it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> BackboneDescription {
        let backbone = try name.backbone()
        monitor.noteCollapse(of: backbone)
        let path = BackboneFolders.isPath(name.text) ? name.text : name.folders.files[name.text]
        return BackboneDescription(
            backbone, called: name.text, path: backbone is CombinedBackbone ? nil : path)
    }
}
