import Akin
import ArgumentParser
import Synchronization

/// `akin index`: the commands that make and change an index.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Make, fill, change and look into an index.",
        discussion: """
            An index is a folder with one database in it. It holds the backbone that it was made with, and \
            of each item where it comes from, its label and its embedding: the pictures themselves are not \
            copied. Each change is whole or not there at all; a program that is killed leaves a good index.

            For example:

              akin index create seals --backbone seals.safetensors
              akin index add seals pictures/
              akin index add seals new/1.jpg new/2.jpg --label abbot
              akin index relabel seals pictures/king/7.jpg --to bishop
              akin index sync seals pictures/
              akin index stats seals
            """,
        subcommands: [
            IndexCreate.self, IndexAdd.self, IndexRemove.self, IndexRelabel.self, IndexSync.self,
            IndexList.self, IndexStatistics.self, IndexExport.self, IndexImport.self,
            IndexBuild.self, IndexVerify.self, IndexRebuild.self, IndexCompact.self, IndexSnapshot.self,
            IndexHistory.self, IndexUndo.self,
        ])
}

/// The index that a command works on.
struct IndexArgument: ParsableArguments {
    @Argument(help: "The folder of the index.")
    var index: String

    /// Opens it for changes, which say once if they have to wait for another program's.
    func openForChanges() throws -> EmbeddingIndex {
        let hasSaid = Atomic(false)
        return try EmbeddingIndex(
            opening: index,
            whenWaiting: {
                if !hasSaid.exchange(true, ordering: .relaxed) {
                    printError("akin: waiting for another program that is changing the index")
                }
            },
            whenMerging: { labels in
                let names = labels.map { "'\(printable($0))'" }.joined(separator: ", ")
                printError(
                    "akin: note: labels whose accents were written in two ways are one label now: \(names)")
            })
    }
}
