import Akin
import ArgumentParser

/// Which pictures of folders, files or a manifest are taken, and with which labels.
struct LabelledPictures: ParsableArguments {
    @Option(help: "The label of all of them, however they lie in folders.")
    var label: String?

    @Option(help: "Which pages of a TIFF file are taken; scan.tif#2 is the second of scan.tif.")
    var pages: PageChoice = .first

    @OptionGroup var folders: FolderOptions

    /// Refuses what does not go together; `isManifest`: they are named by one.
    func check(isManifest: Bool) throws {
        if isManifest, label != nil {
            throw ValidationError("A manifest brings its own labels; leave out --label.")
        }
        if folders.labelDepth != nil, label != nil || isManifest {
            throw ValidationError(
                "--label-depth says which folder is the label; give no other label with it.")
        }
        if isManifest, !folders.ignored.ignore.isEmpty {
            throw ValidationError("A manifest names its pictures; leave out --ignore.")
        }
        if let label { try checkLabel(label) }
    }
}
