import AkinDatasets
import AkinImages
import AkinTensors
import TestSupport

/// 23 pictures of several sizes, some of them damaged.
struct Pictures {
    let folder: TemporaryFolder
    let samples: [Sample]
    /// Positions: 0 and 11 cannot be read, 6 and 15 cannot be decoded.
    let damaged = [0, 6, 11, 15]

    init() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 5)
        samples = try (0..<23).map { number in
            let image = Image.noise(
                width: 4 + number, height: 9, channels: number % 2 == 0 ? 1 : 3, using: &generator)
            var bytes = image.encodedAsPNM()
            if number == 6 { bytes = Array("no picture".utf8) }
            if number == 15 { bytes.removeLast(20) }
            let path = "\(folder.path)/\(number).pnm"
            switch number {
            case 0: break
            case 11: try folder.write("11.pnm/nested", "a folder where a file should be")
            default: try folder.write("\(number).pnm", bytes)
            }
            return Sample(file: path, label: "a")
        }
        self.folder = folder
    }
}
