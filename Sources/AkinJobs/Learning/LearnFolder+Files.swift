import AkinBasics
import AkinDatasets
import AkinEmbedding

/// What is to be written of the result.
extension LearnFolder {
    /// Looks whether `files` can be written, each where it does no harm.
    func checkFiles(_ dataset: Dataset) throws {
        var inputs: Set<FileIdentity>?
        for (number, file) in files.enumerated() {
            try AtomicFile.check(file)
            let path = absolutePath(file)
            if files[..<number].contains(where: { absolutePath($0) == path }) {
                throw JobError.fileInUse(file, by: .another)
            }
            let place = absolutePath(output)
            let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
            let isInside = path == place || path.utf8.starts(with: (place + "/").utf8)
            if isInside || FileIdentity(path: above).map({ $0 == FileIdentity(path: place) }) ?? false {
                throw JobError.fileInUse(file, by: .index)
            }
            // What is not there yet is nothing that is learned from.
            guard let identity = FileIdentity(path: file) else { continue }
            let known = inputs ?? identities(of: dataset)
            inputs = known
            if known.contains(identity) { throw JobError.fileInUse(file, by: .learning) }
        }
    }

    /// Of all files that are learned from, or might be.
    private func identities(of dataset: Dataset) -> Set<FileIdentity> {
        let names = (backbones ?? []).flatMap(\.parts).map(\.text).filter(BackboneFolders.isPath)
        let sources = dataset.samples.map(\.source.path) + dataset.skipped.map(\.source.path)
        return Set(([folder] + names + sources).compactMap { FileIdentity(source: $0) })
    }
}
