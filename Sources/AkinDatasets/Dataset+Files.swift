import AkinBasics
import AkinImages

extension Dataset {
    /// A tree of folders, one for each class.
    ///
    /// A picture's label is the name of the folder directly below `folder` in which it lies, however deep:
    /// `seals/bishop/1300/a.png` in `seals` has the label "bishop". `reading` can take it from a deeper folder. Pictures
    /// directly in `folder` have none and are skipped. Links are followed.
    ///
    /// What a file is, its content says. Files that are no pictures, names that begin with a dot, what systems leave in
    /// folders (thumbnails, bins), and what `reading` or a file `.akinignore` names, are passed over: `ignored` counts
    /// them.
    ///
    /// - Throws: `noImages` where there is not one picture, readable or not; `partsOfADataSet` where the folders are called
    ///   train, val, test and the like, and `reading` does not say what to make of them.
    public init(folder: String, _ reading: FolderReading = FolderReading()) throws(DatasetError) {
        self = try Self.walk(absolutePath(folder), label: nil, reading)
    }

    /// Files, and folders as in `init(folder:)`, in any mixture.
    ///
    /// - Parameters:
    ///   - label: the label of all of them, however they lie in folders. Without it, a file given by name is skipped.
    ///   - reading: How the folders are read.
    public init(
        files paths: [String], label: String? = nil, _ reading: FolderReading = FolderReading()
    ) throws(DatasetError) {
        if let label, label.isEmpty { throw .emptyLabel }
        if paths.count == 1, Folder.isFolder(paths[0]) {
            self = try Self.walk(absolutePath(paths[0]), label: label, reading)
            return
        }
        var parts: [Dataset] = []
        var seen: Set<Source> = []
        for path in paths.map(absolutePath) {
            if Folder.isFolder(path) {
                parts.append(
                    try Self.walk(path, label: label, reading)
                        .filtered { seen.insert($0.source).inserted })
            } else if seen.insert(Source(path)).inserted {
                parts.append(Self.file(path, label: label))
            }
        }
        self.init(joining: parts)
    }

    private static func file(_ path: String, label: String?) -> Dataset {
        do throws(FileError) {
            try check(path)
            if let label { return Dataset(samples: [Sample(file: path, label: label)]) }
            let reason = "has no label; put it into a class folder, or add it by itself with a label"
            return Dataset(samples: [], skipped: [Skipped(source: Source(path), reason: reason)])
        } catch {
            return Dataset(samples: [], skipped: [Skipped(source: Source(path), reason: "\(error)")])
        }
    }

    private static func walk(
        _ root: String, label: String?, _ reading: FolderReading
    ) throws(DatasetError) -> Dataset {
        if let depth = reading.labelDepth, depth < 1 { throw .badLabelDepth(depth) }
        let walk = try FolderWalk(root, ignoring: reading.ignored)
        guard !walk.files.isEmpty || !walk.skipped.isEmpty else {
            throw .noImages(path: root, ignored: walk.ignored)
        }
        var dataset =
            if let label {
                Dataset(
                    samples: walk.files.map { Sample(source: Source($0), label: label, group: nil) },
                    skipped: walk.skipped, ignored: walk.ignored, remarks: walk.remarks)
            } else {
                try FolderLabels(walk, of: root).dataset(depth: reading.labelDepth)
            }
        dataset.passedOver = walk.passedOver
        return dataset
    }
}
