import Foundation

/// Real data, where it is: in `AKIN_DATA`, or in `shared/data` beside the checkout or any folder above it. A test
/// that needs some is enabled only if it is there.
package enum DataSets {
    private static let root: String? = {
        if let path = ProcessInfo.processInfo.environment["AKIN_DATA"] { return path }
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let data = folder.appendingPathComponent("shared/data").path
            if FileManager.default.fileExists(atPath: data) { return data }
        }
        return nil
    }()

    private static func existing(_ path: String?) -> String? {
        path.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    /// The message for a skipped test.
    package static let advice = "no data; put shared/data beside the checkout or set AKIN_DATA"

    /// The class folders of the 39 HISPAMUS crops.
    package static let hispamus = existing(root.map { $0 + "/hispamus" })
    /// The archive of the thesis' repository, with the crops as numbers.
    package static let hispamusArchive = existing(root.map { $0 + "/hispamus-archive/HEAD.tar.gz" })
    /// The folder of the four IDX files of MNIST.
    package static let mnist = existing(root.map { $0 + "/mnist" })
    /// Omniglot's background set, its open evaluation alphabets and their one-shot runs, packed.
    package static let omniglot = existing(root.map { $0 + "/omniglot" })
    /// The folder of the four IDX files of Fashion-MNIST (Debian's `dataset-fashion-mnist`).
    package static let fashionMNIST = existing("/usr/share/datasets/fashion-mnist")
}
