import Akin
import Foundation

/// Writes the pictures of Tools/demo-training: Fashion-MNIST's IDX files as folders of JPEG files, such as a user would have.
///
///     DemoPictures /usr/share/datasets/fashion-mnist demo
///
/// makes, with a sub-folder for each class,
///
/// - `pictures`: 100 of each of six classes, to train on and to index
/// - `new/1st`, `new/2nd-3rd`, `new/4th-5th`: together five of each of the other four classes
/// - `held-out/trained`, `held-out/new`: 200 of each class from the test set, to ask about
@main
struct DemoPictures {
    /// What Fashion-MNIST's authors call the classes 0 to 9.
    static let names = [
        "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot",
    ]
    static let trained = names[..<6]
    static let new = names[6...]

    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            FileHandle.standardError.write(
                Data("usage: DemoPictures FOLDER-OF-IDX-FILES FOLDER-TO-WRITE\n".utf8))
            exit(64)
        }
        let (source, target) = (CommandLine.arguments[1], CommandLine.arguments[2])
        do {
            let training = try dataset(source, "train")
            try write(training, trained, 0..<100, to: target + "/pictures")
            try write(training, new, 0..<1, to: target + "/new/1st")
            try write(training, new, 1..<3, to: target + "/new/2nd-3rd")
            try write(training, new, 3..<5, to: target + "/new/4th-5th")
            let test = try dataset(source, "t10k")
            try write(test, trained, 0..<200, to: target + "/held-out/trained")
            try write(test, new, 0..<200, to: target + "/held-out/new")
        } catch {
            FileHandle.standardError.write(Data("DemoPictures: error: \(error)\n".utf8))
            exit(1)
        }
    }

    static func dataset(_ folder: String, _ part: String) throws -> Dataset {
        try Dataset(
            idxImages: "\(folder)/\(part)-images-idx3-ubyte.gz",
            labels: "\(folder)/\(part)-labels-idx1-ubyte.gz",
            labelNames: names)
    }

    /// The pictures at `positions` among those of each class, by number from 1: `folder/coat/001.jpg`.
    static func write(
        _ dataset: Dataset, _ labels: some Sequence<String>, _ positions: Range<Int>, to folder: String
    ) throws {
        for label in labels {
            let pictures = try dataset.only(labels: [label])
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(label)", withIntermediateDirectories: true)
            for position in positions {
                // Dark on white, as things photographed are; the data set has them bright on black.
                var image = try pictures.image(at: position)
                image.pixels = image.pixels.map { 255 - $0 }
                let number = String("00\(position + 1)".suffix(3))
                try Data(image.encodedAsJPEG(quality: 95))
                    .write(to: URL(fileURLWithPath: "\(folder)/\(label)/\(number).jpg"))
            }
        }
    }
}
