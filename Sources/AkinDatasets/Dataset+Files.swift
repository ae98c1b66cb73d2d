import AkinBasics
import AkinImages

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Dataset {
    /// A tree of folders, one for each class.
    ///
    /// A picture's label is the name of the folder directly below `folder` in which it lies, however deep:
    /// `seals/bishop/1300/a.png` in `seals` has the label "bishop". Pictures directly in `folder` have none and
    /// are skipped. Files without a picture's ending and names that begin with a dot are passed over; links are
    /// followed.
    ///
    /// - Throws: `noImages` where there is not one picture, readable or not.
    public init(folder: String) throws(DatasetError) {
        let root = absolutePath(folder)
        let found = try Self.walk(root, label: nil)
        guard !found.samples.isEmpty || !found.skipped.isEmpty else { throw .noImages(path: root) }
        self = found
    }

    /// Files, and folders as in `init(folder:)`, in any mixture.
    ///
    /// - Parameter label: the label of all of them, however they lie in folders. Without it, a file given by name
    ///   is skipped.
    public init(files paths: [String], label: String? = nil) throws(DatasetError) {
        if let label, label.isEmpty { throw .emptyLabel }
        var samples: [Sample] = []
        var skipped: [Skipped] = []
        var seen: Set<Source> = []
        for path in paths.map(absolutePath) {
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                let found = try Self.walk(path, label: label)
                if found.samples.isEmpty, found.skipped.isEmpty { throw .noImages(path: path) }
                samples += found.samples.filter { seen.insert($0.source).inserted }
                skipped += found.skipped
                continue
            }
            guard seen.insert(Source(path)).inserted else { continue }
            do throws(FileError) {
                try FileBytes.check(path)
                if let label {
                    samples.append(Sample(file: path, label: label))
                } else {
                    skipped.append(
                        Skipped(
                            source: Source(path),
                            reason: "has no label; put it into a class folder or give a label"))
                }
            } catch {
                skipped.append(Skipped(source: Source(path), reason: "\(error)"))
            }
        }
        self.init(samples: samples, skipped: skipped)
    }

    private static func walk(_ root: String, label: String?) throws(DatasetError) -> Dataset {
        let walk = try FolderWalk(root)
        var skipped = walk.skipped
        var samples: [Sample] = []
        for file in walk.files {
            let parts = walk.parts(of: file)
            if let label = label ?? (parts.count > 1 ? parts[0] : nil) {
                samples.append(Sample(file: file, label: label))
            } else {
                let reason =
                    "lies directly in the folder, so it has no label; put it into a class folder or give a label"
                skipped.append(Skipped(source: Source(file), reason: reason))
            }
        }
        return Dataset(samples: samples, skipped: skipped)
    }
}
