import AkinDescriptors
import AkinEmbedding
import AkinNetworks

/// Says which backbones can be called by a name. A file that is no backbone is left out, with a note.
public struct ListBackbones: Job {
    /// Where files of backbones lie.
    public var folders: BackboneFolders

    /// Nothing is looked at yet.
    public init(in folders: BackboneFolders = .standard) { self.folders = folders }

    /// Reads all of them: those that need no training, and then those in files, by their names.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> [BackboneDescription] {
        let descriptors = Descriptors.all.map { BackboneDescription($0, called: $0.identity.name) }
        // A name of theirs means them.
        let files = folders.files.filter { Descriptors.named($0.key) == nil }
        return descriptors
            + files.sorted { $0.key < $1.key }.compactMap { name, path in
                do throws(CheckpointError) {
                    return try BackboneFile(contentsOf: path).description(called: name, path: path)
                } catch {
                    monitor.note(.unusableBackbone(error))
                    return nil
                }
            }
    }
}
