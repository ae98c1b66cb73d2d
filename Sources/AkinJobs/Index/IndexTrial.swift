import AkinBasics
import AkinEmbedding
import AkinIndexing
import AkinItems

/// The items of an index, in memory, to see what a change would make of them. Pictures are read for it as for the change
/// itself, and not embedded.
struct IndexTrial {
    let gallery: MemoryGallery
    let embedder: Embedder
    private let before: [Item]

    /// - Throws: `IndexError.noBackbone` where the index cannot embed pictures.
    init(_ index: EmbeddingIndex) throws {
        embedder = Embedder(onTrial: try index.storedBackbone)
        let (items, nextID) = try index.read { (try $0.items(), try $0.nextID) }
        before = items
        gallery = try MemoryGallery(trying: items, nextID: nextID, backbone: index.backbone)
    }

    /// What has become of the items so far.
    func changes() throws -> [ItemChange] {
        ItemChange.all(from: before, to: try gallery.read { $0.items(label: nil) })
    }
}

extension Monitor {
    /// Work for a trial, of which nothing is left when it is cancelled.
    func tryingOut<R>(
        _ work: (_ isCancelled: () -> Bool, _ progress: (WorkProgress) -> Void) throws -> R
    ) throws -> R {
        let result = try during("reading") { current in try work({ isCancelled }, { current.update($0) }) }
        if isCancelled { throw JobError.interrupted(.changedNothing) }
        return result
    }
}
