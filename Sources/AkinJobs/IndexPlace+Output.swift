import AkinBasics
import AkinIndexing
import AkinItems

extension IndexPlace {
    /// Looks whether a page or a drawing of the index can be written where it does no harm.
    func check(_ output: String, against items: [Item]) throws {
        try AtomicFile.check(output)
        let path = absolutePath(output)
        let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
        if let folder = FileIdentity(path: above), folder == FileIdentity(path: self.path) {
            throw JobError.fileInUse(output, by: .indexFolder)
        }
        // What is not there yet is no picture.
        guard let identity = FileIdentity(path: output) else { return }
        if items.contains(where: { FileIdentity(source: $0.source.path) == identity }) {
            throw JobError.fileInUse(output, by: .item)
        }
    }
}
