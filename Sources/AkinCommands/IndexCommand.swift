import ArgumentParser

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
            IndexBuild.self, IndexCalibrate.self, IndexVerify.self, IndexRebuild.self, IndexCompact.self,
            IndexSnapshot.self,
            IndexHistory.self, IndexUndo.self, IndexRedo.self, IndexPush.self, IndexPull.self,
        ])
}
