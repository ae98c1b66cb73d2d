import AkinBasics

/// The labels of pictures by the folders in which they lie.
struct FolderLabels {
    private let root: String
    private let files: [(path: String, parts: [String])]
    private let skipped: [Skipped]
    private let ignored: [Ignored]
    private var remarks: [DatasetRemark] = []

    init(_ walk: FolderWalk, of root: String) {
        self.root = root
        files = walk.files.map { ($0, walk.parts(of: $0)) }
        skipped = walk.skipped
        ignored = walk.ignored
        remarks = walk.remarks
    }

    /// As `FolderReading.labelDepth` says.
    func dataset(depth: Int?) throws(DatasetError) -> Dataset {
        if let depth { return dataset(from: depth) }
        if hasParts {
            throw .partsOfADataSet(
                path: root, parts: classes.sorted(by: bytesPrecede),
                classes: Set(deeper.map { $0.parts[1] }).sorted(by: bytesPrecede))
        }
        let labelled = files.filter { $0.parts.count > 1 }
        let isDrawn = labelled.allSatisfy {
            Omniglot.drawing($0.parts) != nil && Omniglot.isNumbered($0.parts)
        }
        var result = self
        if !labelled.isEmpty, isDrawn {
            result.remarks.append(.omniglot(path: root))
            return result.omniglot()
        }
        if let remark = picturesInSubfolders { result.remarks.append(remark) }
        return result.dataset(from: 1)
    }

    /// Drawings as `Dataset(omniglot:)` reads them.
    func omniglot() -> Dataset {
        var samples: [Sample] = []
        var strays: [Skipped] = []
        for (path, parts) in files {
            if let (label, group) = Omniglot.drawing(parts) {
                samples.append(Sample(source: Source(path), label: label, group: group))
            } else {
                let reason =
                    "is not named ALPHABET/CHARACTER/NNNN_DD.png as Omniglot's drawings are; move it away"
                strays.append(Skipped(source: Source(path), reason: reason))
            }
        }
        return dataset(samples, strays)
    }

    private func dataset(_ samples: [Sample], _ more: [Skipped] = []) -> Dataset {
        Dataset(samples: samples, skipped: skipped + more, ignored: ignored, remarks: remarks)
    }

    private func dataset(from depth: Int) -> Dataset {
        var samples: [Sample] = []
        var unlabelled: [Skipped] = []
        let splits = depth > 1 && hasParts
        for (path, parts) in files {
            let folders = parts.dropLast()
            guard folders.count >= depth else {
                unlabelled.append(Skipped(source: Source(path), reason: Self.reason(folders.count, depth)))
                continue
            }
            samples.append(
                Sample(
                    file: path,
                    label: folders.prefix(depth).dropFirst(splits ? 1 : 0).joined(separator: "/"),
                    split: splits ? folders[0] : nil))
        }
        return dataset(samples, unlabelled)
    }

    private static func reason(_ found: Int, _ depth: Int) -> String {
        found == 0
            ? "lies directly in the folder, so it has no label; put it into a folder that is called as its label, or give it one"
            : "lies in \(counted(found, "folder")), and the label is that of folder \(depth); put it into one, or give a "
                + "label"
    }

    private var classes: Set<String> { Set(files.lazy.filter { $0.parts.count > 1 }.map { $0.parts[0] }) }

    /// The pictures in sub-folders of class folders.
    private var deeper: [(path: String, parts: [String])] { files.filter { $0.parts.count > 2 } }

    /// Whether the first folders are no classes but parts of a data set, each with all classes.
    private var hasParts: Bool {
        let (classes, areDeep) = (classes, !deeper.isEmpty)
        return (classes.count > 1 || areDeep && !classes.isEmpty)
            && classes.allSatisfy { PartName.isPart($0, withNumbers: areDeep) }
    }

    private var picturesInSubfolders: DatasetRemark? {
        let flat = Set(files.lazy.filter { $0.parts.count == 2 }.map { $0.parts[0] })
        var subfolders: [String: Set<String>] = [:]
        for file in deeper where !flat.contains(file.parts[0]) {
            subfolders[file.parts[0], default: []].insert(file.parts[1])
        }
        guard !subfolders.isEmpty else { return nil }
        return .picturesInSubfolders(
            path: root, classes: subfolders.keys.sorted(by: bytesPrecede),
            subfolders: subfolders.values.reduce(into: Set()) { $0.formUnion($1) }.sorted(by: bytesPrecede),
            isShared: subfolders.count > 1 && Set(subfolders.values).count == 1)
    }
}

/// What the parts of a data set are called: those to train on, to choose by, to test on.
private enum PartName {
    private static let names: Set<String> = [
        "train", "training", "trn", "val", "valid", "validate", "validation", "dev", "development", "test",
        "testing", "tst", "eval", "evaluation", "holdout", "heldout",
    ]
    private static let numbered: Set<String> = ["fold", "split", "cv"]

    /// Also as in `train_images`, `Test set`; with numbers as in `train2017`, `fold-1`.
    static func isPart(_ name: String, withNumbers: Bool) -> Bool {
        let hasNumber = name.contains(where: \.isNumber)
        guard withNumbers || !hasNumber else { return false }
        var letters = name.lowercased().filter(\.isLetter)
        for ending in ["set", "data", "images", "pictures"] where letters.hasSuffix(ending) {
            letters.removeLast(ending.count)
        }
        return names.contains(letters) || hasNumber && numbered.contains(letters)
    }
}

/// How Omniglot's drawings are named: `ALPHABET/CHARACTER/NNNN_DD.png`.
private enum Omniglot {
    static func drawing(_ parts: [String]) -> (label: String, group: String)? {
        guard parts.count == 3, let drawer = drawer(parts[2]) else { return nil }
        return (parts[0] + "/" + parts[1], "drawer " + drawer)
    }

    /// Whether the character has a number for a name, as in the published archives.
    static func isNumbered(_ parts: [String]) -> Bool { parts[1].wholeMatch(of: /character[0-9]+/) != nil }

    /// The digits between the last underscore and the ending.
    private static func drawer(_ name: String) -> String? {
        guard let mark = name.lastIndex(of: "_"), let dot = name.lastIndex(of: "."), mark < dot else {
            return nil
        }
        let digits = name[name.index(after: mark)..<dot]
        return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) } ? String(digits) : nil
    }
}
