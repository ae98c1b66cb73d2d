import AkinBasics
import AkinDescriptors
import AkinEmbedding

/// A backbone as a person calls it: the path of a checkpoint, which has a slash or an ending; a name, `pixels`, `hog`,
/// `shapes` or that of a file in the user's folder of backbones; or several of these with a `+` between them, which
/// stand side by side.
///
/// ```swift
/// let backbone = try BackboneName("hog+shapes").backbone()
/// ```
public struct BackboneName: Sendable, Hashable {
    /// As it was written.
    public let text: String
    /// Where files lie that are called by a name.
    public var folders: BackboneFolders

    /// Nothing is looked at yet.
    public init(_ text: String, in folders: BackboneFolders = .standard) {
        self.text = text
        self.folders = folders
    }

    /// Reads it.
    ///
    /// - Throws: `EmbeddingError` where nothing has that name, or the same is named twice; `CheckpointError`; of a foreign network
    ///   `ONNXError`.
    public func backbone() throws -> any Backbone {
        let backbones = try parts.map { try backbone($0.text) }
        return backbones.count == 1 ? backbones[0] : try CombinedBackbone(backbones)
    }

    /// Those that stand side by side; itself where it is one.
    var parts: [BackboneName] {
        // A path may have a + in it.
        if BackboneFolders.isPath(text), Folder.isThere(text) { return [self] }
        return text.split(separator: "+", omittingEmptySubsequences: false).map {
            BackboneName(String($0), in: folders)
        }
    }

    /// Its files, as far as it has some that can be found.
    var files: [String] {
        parts.compactMap { part in
            BackboneFolders.isPath(part.text) ? part.text : try? folders.file(of: part.text)
        }
    }

    private func backbone(_ name: String) throws -> any Backbone {
        if let descriptor = Descriptors.named(name) { return descriptor }
        return try file(of: name).backbone()
    }

    private func file(of name: String) throws -> BackboneFile {
        let isPath = BackboneFolders.isPath(name)
        return try BackboneFile(
            contentsOf: isPath ? name : folders.file(of: name, others: Self.withoutFile))
    }

    /// What is in its file, which need not be able to embed here; nil where it has none of its own: several stand side by side, or
    /// it needs no training.
    func file() throws -> BackboneFile? {
        parts.count == 1 && Descriptors.named(text) == nil ? try file(of: text) : nil
    }

    /// Of the backbones that have no file.
    static var withoutFile: [String] { Descriptors.all.map(\.identity.name) }
}

extension BackboneName: ExpressibleByStringInterpolation {
    /// As it was written, looked for in the usual places.
    public init(stringLiteral text: String) { self.init(text) }
}
