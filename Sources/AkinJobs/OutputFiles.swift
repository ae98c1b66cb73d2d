import AkinBasics
import AkinDatasets
import AkinIndexing
import AkinItems

extension OutputFile {
    /// Looks, before the work begins, whether files can be written, each where it does no harm.
    ///
    /// - Parameters:
    ///   - files: Those that a job is to write.
    ///   - index: The index that the job works on, or makes; nothing is written into its folder.
    ///   - inputs: The files that the job is done from, as sources are written: none of them is replaced, whatever the user allows. Asked for
    ///     where there is something to replace.
    /// - Throws: `WriteError`, or `JobError.fileInUse`.
    static func check(
        _ files: [OutputFile?], of index: IndexPlace? = nil, madeFrom inputs: () throws -> [String]
    ) throws {
        let files = files.compactMap(\.self)
        var known: Set<FileIdentity>?
        for (number, file) in files.enumerated() {
            try file.check()
            if file.isStream { continue }
            let path = file.ownPath
            if files[..<number].contains(where: { $0.ownPath == path }) {
                throw JobError.fileInUse(file.path, by: .another)
            }
            if let index {
                let place = OutputFile(index.path).ownPath
                if path == place { throw JobError.fileInUse(file.path, by: .index) }
                if path.utf8.starts(with: (place + "/").utf8) {
                    throw JobError.fileInUse(file.path, by: .indexFolder)
                }
            }
            // What is not there yet is no input.
            guard file.replaces, let identity = FileIdentity(path: path) else { continue }
            let inputs = try known ?? Set(inputs().compactMap { FileIdentity(source: $0) })
            known = inputs
            if inputs.contains(identity) { throw JobError.fileInUse(file.path, by: .input) }
        }
    }
}

extension Dataset {
    /// All files that it names, also those that cannot be used.
    var files: [String] { samples.map(\.source.path) + skipped.map(\.source.path) }
}

extension [Item] {
    /// What they were made from.
    var files: [String] { map(\.source.path) }
}
