import AkinBasics
import AkinImages

extension Dataset {
    /// A folder of Omniglot as its archives unpack (Lake, Salakhutdinov and Tenenbaum 2015), such as
    /// `images_background`: pictures named `ALPHABET/CHARACTER/NNNN_DD.png`.
    ///
    /// A sample's label is `ALPHABET/CHARACTER`, its group `drawer DD`. Pictures that lie elsewhere or are named
    /// otherwise are skipped.
    ///
    /// - Parameter ignored: As in `FolderReading`.
    /// - Throws: `noDrawings` where there is none.
    public init(omniglot folder: String, ignoring ignored: [String] = []) throws(DatasetError) {
        let root = absolutePath(folder)
        let dataset = FolderLabels(try FolderWalk(root, ignoring: ignored), of: root).omniglot()
        guard !dataset.samples.isEmpty else { throw .noDrawings(path: root) }
        self = dataset
    }
}
