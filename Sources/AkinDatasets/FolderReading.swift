/// How the files of a folder become labelled pictures.
public struct FolderReading: Sendable, Hashable {
    /// From which folder below the one that is read a picture's label is taken: with 1 from the first.
    ///
    /// With more, the label is made of the names down to that folder: with 2 `Korean/character01`. Where the first folders
    /// are the parts of a data set (train, val, test), theirs is left out and becomes the sample's `split`. A picture
    /// that lies less deep has no label.
    ///
    /// Nil is 1, but for what would be wrong then: parts of a data set are an error, and Omniglot's drawings are read
    /// as such.
    public var labelDepth: Int?
    /// Patterns of what is passed over, each as a line of a `.gitignore` that lies in the folder. They come before those
    /// of the files `.akinignore` in the folder and below it; `!` before one takes back what is passed over otherwise.
    public var ignored: [String]

    /// The first folder is the label, and nothing is passed over but what always is.
    public init(labelDepth: Int? = nil, ignoring ignored: [String] = []) {
        self.labelDepth = labelDepth
        self.ignored = ignored
    }
}
