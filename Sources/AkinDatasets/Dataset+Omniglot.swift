import AkinBasics
import AkinImages

extension Dataset {
    /// A folder of Omniglot as its archives unpack (Lake, Salakhutdinov and Tenenbaum 2015), such as
    /// `images_background`: pictures named `ALPHABET/CHARACTER/NNNN_DD.png`.
    ///
    /// A sample's label is `ALPHABET/CHARACTER`, its group `drawer DD`. Pictures that lie elsewhere or are named
    /// otherwise are skipped.
    ///
    /// - Throws: `noDrawings` where there is none.
    public init(omniglot folder: String) throws(DatasetError) {
        let root = absolutePath(folder)
        let walk = try FolderWalk(root)
        var samples: [Sample] = []
        var skipped = walk.skipped
        for file in walk.files {
            let parts = walk.parts(of: file)
            if parts.count == 3, let drawer = Self.drawer(parts[2]) {
                samples.append(
                    Sample(file: file, label: parts[0] + "/" + parts[1], group: "drawer " + drawer))
            } else {
                let reason =
                    "is not named ALPHABET/CHARACTER/NNNN_DD.png as Omniglot's drawings are; move it away"
                skipped.append(Skipped(source: Source(file), reason: reason))
            }
        }
        guard !samples.isEmpty else { throw .noDrawings(path: root) }
        self.init(samples: samples, skipped: skipped)
    }

    /// The digits between the last underscore and the ending.
    private static func drawer(_ name: String) -> String? {
        guard let mark = name.lastIndex(of: "_"), let dot = name.lastIndex(of: "."), mark < dot else {
            return nil
        }
        let digits = name[name.index(after: mark)..<dot]
        return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) } ? String(digits) : nil
    }
}
