import CAkinLMDB

extension Environment {
    /// What is wrong with the pages of the file that lies at the path, in words; nil if nothing is. O(pages), but for
    /// those of long values. Not to be called inside `read`.
    package func pageFault() throws(StorageError) -> String? {
        let begun = try begin(MDB_RDONLY, doing: "looking at the pages")
        let environment = begun.lease.environment
        environment.abort(begun.handle)
        environment.end()
        defer { extendLifetime(begun.lease) }
        return try environment.pageFault(.all)
    }
}
