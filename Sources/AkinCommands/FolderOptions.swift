import Akin
import ArgumentParser

/// What of a folder of pictures is passed over.
struct IgnoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Pass over files and folders that a pattern names, as a line of a .gitignore would; can be repeated. A file "
                + ".akinignore in a folder of pictures does the same for all commands.",
            valueName: "pattern"))
    var ignore: [String] = []

    var reading: FolderReading { FolderReading(ignoring: ignore) }
}

/// Which pages of a file become pictures.
enum PageChoice: String, ExpressibleByArgument, CaseIterable {
    case first, all
}

/// How a folder of labelled pictures is read.
struct FolderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the label from the n-th folder below, with the names of those above it: with 2, Korean/character01. (default: "
                + "1, from the first)",
            valueName: "n"))
    var labelDepth: Int?

    @OptionGroup var ignored: IgnoreOptions

    func validate() throws {
        if let labelDepth, labelDepth < 1 { throw ValidationError("--label-depth must be at least 1.") }
    }

    var reading: FolderReading { FolderReading(labelDepth: labelDepth, ignoring: ignored.ignore) }
}
