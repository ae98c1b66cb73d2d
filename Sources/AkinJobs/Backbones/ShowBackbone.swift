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
        guard let file = try name.file() else {
            return BackboneDescription(try name.backbone(), called: name.text)
        }
        if case .own(let checkpoint) = file { monitor.noteCollapse(of: checkpoint) }
        let path = BackboneFolders.isPath(name.text) ? name.text : name.folders.files[name.text]
        return file.description(called: name.text, path: path ?? name.text)
    }
}
