import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinEvaluation

extension Monitor {
    /// Embeds pictures; fails where not one can be used.
    func embed(_ work: (_ progress: (WorkProgress) -> Void) throws -> HeldOutImages) throws -> HeldOutImages {
        let images = try during("embedding") { current in try work { current.update($0) } }
        if isCancelled { throw JobError.interrupted(.wroteNothing) }
        if images.labels.isEmpty, let first = images.skipped.first {
            throw JobError.noUsablePicture(count: images.skipped.count, first: first)
        }
        return images
    }

    /// Those of a folder with a sub-folder for each class, or of Omniglot's tree.
    func embed(
        _ folder: String, _ reading: FolderReading, with backbone: any Backbone
    ) throws -> HeldOutImages {
        let dataset = try Dataset(folder: folder, reading).withPages(takingAll: false)
        note(dataset)
        return try embed { progress in
            HeldOutImages(dataset, for: backbone) { progress(WorkProgress(done: $0, total: $1)) }
        }
    }
}
