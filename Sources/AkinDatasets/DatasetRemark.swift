import AkinBasics

/// What is worth knowing of a data set before its pictures are used: it can be read, and may not be what was meant.
public enum DatasetRemark: Hashable, Sendable {
    /// These folders hold files, of these kinds, and not one picture.
    case foldersWithoutPicture(path: String, [FolderOfOthers])
    /// All pictures of these classes lie in sub-folders, whose names are not in the labels. `isShared`: those are the same
    /// in each.
    case picturesInSubfolders(path: String, classes: [String], subfolders: [String], isShared: Bool)
    /// A tree of Omniglot's drawings, whose labels are `ALPHABET/CHARACTER`.
    case omniglot(path: String)
    /// Columns of a manifest that say nothing a picture has, and those that it could have and lacks.
    case ignoredColumns(path: String, [String], missing: [String])
    /// The fields of a manifest are separated by something else than commas; what.
    case delimiter(path: String, String)
    /// These files have more pages than the one that is taken.
    case morePages([MorePages])

    /// A folder without a picture.
    public struct FolderOfOthers: Hashable, Sendable {
        /// Its path below the folder that was read.
        public let name: String
        /// What lies in it.
        public let ignored: [Ignored]

        /// A folder that holds only these.
        public init(name: String, ignored: [Ignored]) {
            self.name = name
            self.ignored = ignored
        }
    }
}

extension DatasetRemark: CustomStringConvertible {
    /// What there is, in a line.
    public var description: String {
        switch self {
        case .foldersWithoutPicture(let path, let folders):
            "no picture in "
                + Self.few(folders.map { "'\($0.name)' (\(Self.few($0.ignored.map(\.description))))" })
                + " of \(path)"
        case .picturesInSubfolders(let path, let classes, let subfolders, let isShared):
            "the pictures of \(Self.few(classes.map { "'\($0)'" })) in \(path) all lie in sub-folders"
                + (isShared ? ", the same in each" : "")
                + " (\(Self.few(subfolders))), which are not in their labels"
        case .omniglot(let path):
            "\(path) is read as Omniglot's drawings, with labels ALPHABET/CHARACTER"
        case .ignoredColumns(let path, let columns, let missing):
            "columns of \(path) that were left out: \(ColumnName.list(columns, missing: missing))"
        case .delimiter(let path, let delimiter):
            "the fields of \(path) are separated by \(delimiter), not by commas"
        case .morePages(let pages):
            "\(counted(pages.reduce(0) { $0 + $1.more }, "more page")) behind the first that is taken: "
                + Self.few(pages.map(\.description))
        }
    }

    /// The first of many.
    private static func few(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}
